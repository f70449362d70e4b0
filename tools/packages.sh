# Which packages each kind of work needs, and how they get onto the machine. Sourced by ./dev.
# A group is one of: build (the binary), gtest (unit tests), test (scenario tests), check, interop,
# bench, instructions, cross, fresh. Root is asked for only when something is missing.
# shellcheck shell=bash

say() { printf 'dev: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

# The codename decides, so that Debian's and Ubuntu's derivatives count as what they are made of.
codename() {
  local name
  # shellcheck source=/dev/null
  name=$(. /etc/os-release 2>/dev/null &&
    echo "${UBUNTU_CODENAME:-${DEBIAN_CODENAME:-${VERSION_CODENAME:-}}}")
  case $name in
    bookworm | trixie | noble) echo "$name" ;;
    *) echo other ;;
  esac
}

# packages GROUP CODENAME: the names, for a system we do not know Debian 13's.
packages() {
  local boost=libboost1.83-dev awscli=awscli
  if [[ $2 == bookworm ]]; then boost=libboost1.81-dev; fi
  if [[ $2 == noble ]]; then awscli=; fi # Ubuntu 24.04 dropped it; its scenario tests skip
  case $1 in
    build)
      echo g++ cmake ninja-build ccache pkg-config "$boost" libsimdjson-dev libssl-dev \
        zlib1g-dev libsqlite3-dev libspdlog-dev libfmt-dev libcli11-dev libyaml-cpp-dev libzip-dev \
        prometheus-cpp-dev libpcre2-dev libabsl-dev
      ;;
    gtest) echo libgtest-dev ;;
    test)
      echo python3 python3-pytest python3-boto3 python3-websockets python3-pexpect \
        python3-pyte python3-debugpy $awscli node-ws strace zsh json-schema-test-suite
      ;;
    check) echo clang-format git python3 ;;
    tidy) if [[ $2 == bookworm ]]; then echo clang-tidy-16; else echo clang-tidy; fi ;;
    interop)
      echo python3 python3-venv ca-certificates chromium curl unzip "$(node_packages)" \
        "$(java_packages)"
      ;;
    bench) echo python3 ca-certificates "$(node_packages)" ;;
    instructions) echo python3 valgrind ;;
    cross) echo g++-aarch64-linux-gnu ;;
    fresh) echo debootstrap git ;;
  esac
}

# npm belongs to the node that is there: Debian's needs Debian's npm package, NodeSource's and
# others bring their own, with which Debian's package conflicts.
node_packages() {
  local version
  if command -v npm >/dev/null; then return 0; fi
  version=$(dpkg-query -W -f='${Version}' nodejs 2>/dev/null) || version=
  if ! command -v node >/dev/null || [[ -n $version && $version != *nodesource* ]]; then
    echo nodejs npm
  fi
}

# A machine may have a JDK and a Maven of its own.
java_packages() {
  if ! command -v javac >/dev/null; then echo default-jdk-headless; fi
  if ! command -v mvn >/dev/null; then echo maven; fi
}

# missing NAME…: those of the packages that are not installed.
missing() {
  local present name
  present=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
    sed -n 's/^installed //p') || true
  for name in "$@"; do
    if ! grep -qxF -- "$name" <<<"$present"; then echo "$name"; fi
  done
}

# need GROUP…: installs what is missing of these groups.
need() {
  local system wanted=() lacking=() group
  system=$(codename)
  for group in "$@"; do
    # shellcheck disable=SC2207  # names have no blanks
    wanted+=($(packages "$group" "$system"))
  done
  if ((${#wanted[@]} == 0)); then return 0; fi
  if [[ $system == other ]]; then
    unknown_system "${wanted[@]}"
    return
  fi
  mapfile -t lacking < <(missing "${wanted[@]}")
  if ((${#lacking[@]} == 0)); then return 0; fi
  if ((EUID != 0)) && [[ ${lacking[*]} == ccache ]]; then return 0; fi # wanted, not needed
  install "${lacking[@]}"
}

# Says once what a system we know no package names of must have, and lets the build try.
unknown_system() {
  if [[ -n ${GATEHOUSE_SAID_UNKNOWN:-} ]]; then return 0; fi
  export GATEHOUSE_SAID_UNKNOWN=1
  say "this system is none of Debian 12, Debian 13, Ubuntu 24.04: nothing is installed by me."
  say "needed are (by Debian's names): $*"
  local tool
  for tool in g++ cmake ninja; do
    command -v "$tool" >/dev/null || die "$tool is missing; install the above and come again"
  done
}

install() {
  local root=() update=(apt-get -q -o DPkg::Lock::Timeout=300 update)
  local add=(apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@")
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null || ! { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
      say "packages are missing and I am not root. As root, run this, then come again:"
      say "  apt-get update && apt-get install -y --no-install-recommends $*"
      exit 1
    fi
    root=(sudo)
  fi
  say "installing ${#} packages: $*"
  "${root[@]}" "${update[@]}" >&2 || say "apt-get update had trouble; trying with what there is"
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive "${add[@]}" >&2 </dev/null ||
    die "apt-get could not install: $*"
}
