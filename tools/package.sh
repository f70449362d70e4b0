# Makes Lambda packages of the chat. Sourced by ./dev.
# shellcheck shell=bash

# arm64_openssl FOLDER: Debian's libssl-dev for arm64, unpacked there. apt fetches and verifies it
# with lists of its own; nothing is installed, and this system's apt stays as it is.
arm64_openssl() {
  local folder=$1 apt=(apt-get -q -o APT::Architecture=arm64 -o APT::Architectures=arm64)
  if [[ -e $folder/usr/lib/aarch64-linux-gnu/libssl.a ]]; then return 0; fi
  rm -rf "$folder" "$folder.apt"
  mkdir -p "$folder" "$folder.apt"/{lists,state,cache/archives}/partial
  touch "$folder.apt/state/status"
  apt+=(-o "Dir::State=$folder.apt/state" -o "Dir::State::status=$folder.apt/state/status"
    -o "Dir::State::Lists=$folder.apt/lists" -o "Dir::Cache=$folder.apt/cache"
    -o APT::Sandbox::User=)
  say "fetching libssl-dev for arm64 into $folder"
  "${apt[@]}" update >&2 &&
    (cd "$folder.apt" && "${apt[@]}" download libssl-dev >&2) &&
    dpkg -x "$folder.apt"/libssl-dev_*_arm64.deb "$folder" && rm -rf "$folder.apt"
}

# By Debian's cross compiler. The headers of all other libraries are those of this machine.
package_arm64() {
  local folder=$PWD/build/arm64 openssl=$PWD/build/arm64/openssl
  need cross
  arm64_openssl "$openssl" || die "libssl-dev for arm64 could not be fetched"
  if [[ ! -e $folder/build.ninja ]]; then
    say "configuring $folder"
    cmake -S . -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=None -DGATEHOUSE_TESTS=OFF \
      -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64 \
      -DCMAKE_CXX_COMPILER=aarch64-linux-gnu-g++ \
      -DCMAKE_CXX_FLAGS="-O2 -g1 -isystem $openssl/usr/include/aarch64-linux-gnu" \
      -DCMAKE_PROJECT_INCLUDE="$PWD/cmake/arm64.cmake" \
      -DGATEHOUSE_STATIC_SSL="$openssl/usr/lib/aarch64-linux-gnu/libssl.a" \
      -DGATEHOUSE_STATIC_CRYPTO="$openssl/usr/lib/aarch64-linux-gnu/libcrypto.a" >&2 || return 1
  fi
  cmake --build "$folder" --target chat-lambda >&2 && echo build/arm64/chat-lambda.zip
}

package_lambda() {
  need build
  case ${1:-x86_64} in
    x86_64) build_targets release chat-lambda >&2 && echo build/chat-lambda.zip ;;
    arm64) package_arm64 ;;
    *) die "packages are for x86_64 or arm64, not $1" ;;
  esac
}
