# How a room is built: gatehouse_room(NAME SOURCES … LIBS … [TESTS …] [FUZZERS …]).
# One static library `gatehouse_NAME` from the files listed, one GoogleTest binary tests/NAME_test
# from TESTS, one fuzz/X binary for each X.cc of FUZZERS. Headers are listed among SOURCES, so that
# `./dev check` sees which files nobody builds.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(gatehouse_flags INTERFACE)
target_include_directories(gatehouse_flags INTERFACE
  ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR})
target_compile_options(gatehouse_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
  -Wno-maybe-uninitialized)  # g++ 12 and 13 warn falsely on std::optional and std::variant
if(GATEHOUSE_SANITIZE)
  target_compile_options(gatehouse_flags INTERFACE
    -fsanitize=${GATEHOUSE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(gatehouse_flags INTERFACE -fsanitize=${GATEHOUSE_SANITIZE})
endif()
target_link_libraries(gatehouse_flags INTERFACE Threads::Threads)

# Several .cc files as one unit: half of the compiler's time goes into headers read again and again.
# Names in anonymous namespaces must then differ within a room, which they do not yet everywhere, so
# no preset turns it on.
option(GATEHOUSE_UNITY "Compile a room's files in batches" OFF)
set(GATEHOUSE_UNITY_BATCH 6)  # an edited file is there again within 10 s
if(GATEHOUSE_UNITY)
  # A type with a member from an anonymous namespace, in what unity makes "another file".
  target_compile_options(gatehouse_flags INTERFACE -Wno-subobject-linkage)
endif()

if(GATEHOUSE_TESTS)
  find_package(GTest REQUIRED)
  add_custom_target(unit_tests)
endif()
add_custom_target(fuzzers)

# gatehouse_test(NAME LIBS … SOURCES …): one GoogleTest binary tests/NAME, part of unit_tests.
function(gatehouse_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  if(NOT GATEHOUSE_TESTS)
    return()
  endif()
  add_executable(${name} EXCLUDE_FROM_ALL ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} gatehouse_flags GTest::gtest_main)
  add_dependencies(unit_tests ${name})
endfunction()

function(gatehouse_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;TESTS;FUZZERS;LIBS" ${ARGN})
  set(room gatehouse_${name})
  add_library(${room} STATIC ${ARG_SOURCES})
  set_target_properties(${room} PROPERTIES
    UNITY_BUILD ${GATEHOUSE_UNITY} UNITY_BUILD_BATCH_SIZE ${GATEHOUSE_UNITY_BATCH})
  target_link_libraries(${room} PUBLIC ${ARG_LIBS} PRIVATE gatehouse_flags)
  target_include_directories(${room} PUBLIC
    ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/src)
  if(ARG_TESTS)
    gatehouse_test(${name}_test SOURCES ${ARG_TESTS} LIBS ${room})
  endif()
  if(GATEHOUSE_FUZZERS)
    foreach(source ${ARG_FUZZERS})
      get_filename_component(fuzzer ${source} NAME_WE)
      add_executable(${fuzzer} EXCLUDE_FROM_ALL ${source} ${PROJECT_SOURCE_DIR}/src/base/fuzz.cc)
      set_target_properties(${fuzzer} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
      target_link_libraries(${fuzzer} PRIVATE ${room} gatehouse_flags)
      add_dependencies(fuzzers ${fuzzer})
    endforeach()
  endif()
endfunction()

# gatehouse_embed(ROOM NAME FILE): puts the text of FILE into the room's library. A header of the
# room declares it: namespace gatehouse::ROOM { extern const std::string_view NAME; }
function(gatehouse_embed room name file)
  get_filename_component(path ${file} ABSOLUTE)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
  file(READ ${path} bytes HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.cc)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT
"#include <string_view>
namespace gatehouse::${room} {
namespace { constexpr char kBytes[] = {\n${bytes}'\\0'}; }
extern const std::string_view ${name};
const std::string_view ${name}{kBytes, sizeof kBytes - 1};
}
")
  target_sources(gatehouse_${room} PRIVATE ${source})
endfunction()
