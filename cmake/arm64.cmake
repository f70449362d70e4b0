# For packages of arm64 made on another machine (CMAKE_PROJECT_INCLUDE of `./dev package lambda
# arm64`): rooms find the headers of this machine's libraries, which are the same for all; the
# program itself names its archives.
set(CMAKE_LIBRARY_ARCHITECTURE ${CMAKE_HOST_SYSTEM_PROCESSOR}-linux-gnu)
