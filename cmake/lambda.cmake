# How handlers become a Lambda package: gatehouse_lambda(TARGET NAME SOURCES …).
# The target NAME makes CMAKE_BINARY_DIR/NAME.zip, which holds one program, `bootstrap`, for the
# runtime provided.al2023. One of the sources says GATEHOUSE_EXPORT_HANDLERS (gatehouse/export.h).
# Made on Debian 12 the program wants glibc 2.34 alone; made with a younger glibc or a sanitizer it
# is linked as usual and serves this machine only (docs/lambda-handlers.md).

find_library(GATEHOUSE_STATIC_SSL libssl.a)
find_library(GATEHOUSE_STATIC_CRYPTO libcrypto.a)
include(CheckCXXSourceCompiles)
check_cxx_source_compiles("
#include <features.h>
#if !__GLIBC_PREREQ(2, 34) || __GLIBC_PREREQ(2, 37)
#error
#endif
int main() {}" GATEHOUSE_GLIBC_FITS_LAMBDA)

# Shared libraries are named nowhere: the archives of the rooms and of OpenSSL are all there is.
function(gatehouse_lambda_link bootstrap)
  set(rooms lambda table function auth net aws wire base)
  list(TRANSFORM rooms REPLACE "(.+)" "$<TARGET_FILE:gatehouse_\\1>" OUTPUT_VARIABLE archives)
  target_sources(${bootstrap} PRIVATE $<TARGET_OBJECTS:gatehouse_lambda_stand_ins>)
  target_link_options(${bootstrap} PRIVATE
    -static-libstdc++ -static-libgcc LINKER:--gc-sections LINKER:--strip-all)
  target_link_libraries(${bootstrap} PRIVATE
    -Wl,--start-group ${archives} ${GATEHOUSE_STATIC_SSL} ${GATEHOUSE_STATIC_CRYPTO}
    -Wl,--end-group)
  add_dependencies(${bootstrap} gatehouse_lambda)
endfunction()

function(gatehouse_lambda)
  cmake_parse_arguments(ARG "" "TARGET" "SOURCES" ${ARGN})
  set(bootstrap ${ARG_TARGET}_bootstrap)
  set(folder ${CMAKE_BINARY_DIR}/lambda/${ARG_TARGET})
  set(package ${CMAKE_BINARY_DIR}/${ARG_TARGET}.zip)
  add_executable(${bootstrap} EXCLUDE_FROM_ALL
    ${ARG_SOURCES} $<TARGET_OBJECTS:gatehouse_lambda_main>)
  target_compile_features(${bootstrap} PRIVATE cxx_std_20)
  set_target_properties(${bootstrap} PROPERTIES
    OUTPUT_NAME bootstrap RUNTIME_OUTPUT_DIRECTORY ${folder})
  target_link_libraries(${bootstrap} PRIVATE gatehouse_interface)
  if(PROJECT_NAME STREQUAL "gatehouse")  # our own sources, by our own rules
    target_link_libraries(${bootstrap} PRIVATE gatehouse_flags)
  endif()
  if(GATEHOUSE_GLIBC_FITS_LAMBDA AND NOT GATEHOUSE_SANITIZE)
    gatehouse_lambda_link(${bootstrap})
  else()
    target_link_libraries(${bootstrap} PRIVATE gatehouse_lambda)
  endif()
  # The time in the zip is fixed, so that the same program makes the same zip.
  add_custom_command(OUTPUT ${package} DEPENDS ${bootstrap} WORKING_DIRECTORY ${folder} VERBATIM
    COMMAND ${CMAKE_COMMAND} -E rm -f ${package}
    COMMAND ${CMAKE_COMMAND} -E tar cf ${package} --format=zip "--mtime=2020-01-01 00:00:00 UTC"
      bootstrap
    COMMENT "Packing ${ARG_TARGET}.zip")
  add_custom_target(${ARG_TARGET} DEPENDS ${package})
endfunction()
