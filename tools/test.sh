# Runs test programs and sums what they report. Sourced by ./dev.
# Each run has a folder of results (JUnit files; tools/count.py adds them up).
# shellcheck shell=bash

python=$([[ -x /usr/bin/python3 ]] && echo /usr/bin/python3 || echo python3)
results=

begin_results() {
  results=build/results/$1
  rm -rf "$results"
  mkdir -p "$results"
}

# Prints the sum as the last line of all; its exit code is the verdict.
end_results() { "$python" tools/count.py "$results"; }

crashed() {
  printf 'FAIL %s: %s\n' "$1" "$2"
  echo "$2" >"$results/$1.crash"
}

# Leaves out of a GoogleTest log what says only that a test passed.
failures_of() {
  awk '/^\[ RUN      \]/ { held = $0; next }
       /^\[       OK \]/ { held = ""; next }
       /^\[(-+|=+)\]/ || /^$/ || /^Note: Google Test filter/ || /^Running main/ { next }
       { if (held != "") print held; held = ""; print }
       END { if (held != "") print held " ... and the program ended" }' "$1"
}

# unit_test BINARY FILTER: one GoogleTest program, in full if it fails.
unit_test() {
  local name log code=0
  name=$(basename "$1")
  log=$results/$name.log
  timeout --foreground 900 "$1" --gtest_color=no --gtest_filter="$2" \
    --gtest_output="xml:$results/$name.xml" >"$log" 2>&1 </dev/null || code=$?
  if ((code == 0)) && [[ -s $results/$name.xml ]]; then
    printf 'ok   %s: %s\n' "$name" "$(sed -n 's/^\[=*\] \(.*\) ran\./\1/p' "$log")"
    return
  fi
  printf 'FAIL %s\n' "$name"
  failures_of "$log"
  if ((code == 124)); then
    crashed "$name" "no end within 900 s"
  elif ! grep -qs '<failure' "$results/$name.xml"; then
    crashed "$name" "ended with exit code $code and no failed test"
  fi
}

# unit_tests FOLDER PATTERN: all GoogleTest programs there.
unit_tests() {
  local binary filter='*'
  if [[ -n $2 ]]; then filter="*$2*"; fi
  for binary in "$1"/*_test; do
    if [[ -x $binary ]]; then unit_test "$binary" "$filter"; fi
  done
}

# python_tests FOLDER PYTHON PATTERN: pytest's tests there.
python_tests() {
  local name code=0 pattern=${3//\*/} select=()
  name=pytest_$(basename "$1")
  if ! compgen -G "$1/test_*.py" >/dev/null; then return 0; fi
  if [[ -n $pattern ]]; then select=(-k "$pattern"); fi
  timeout --foreground 2400 "$2" -m pytest -q -ra -p no:cacheprovider \
    --junitxml="$results/$name.xml" "${select[@]}" "$1" </dev/null || code=$?
  if ((code != 0 && code != 5)) && ! grep -qsE '<(failure|error)' "$results/$name.xml"; then
    crashed "$name" "pytest ended with exit code $code and no failed test"
  fi
}

# Sanitizers report to the end and fail the program; address randomisation upsets g++ 12's tsan.
sanitize() {
  export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1}
  export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
  export TSAN_OPTIONS=${TSAN_OPTIONS:-second_deadlock_stack=1}
  if [[ -z ${GATEHOUSE_CALM:-} ]] && setarch -R true 2>/dev/null; then
    GATEHOUSE_CALM=1 exec setarch -R ./dev test "$@"
  fi
}

# test_preset PRESET PATTERN: builds it and runs what it has.
test_preset() {
  local folder
  folder=$(build_folder "$1")
  need build gtest test
  begin_results "$1"
  if ! build_targets "$1" gatehouse unit_tests scenario_handlers chat-lambda test-lambda; then
    crashed build "preset $1 does not build"
  else
    ninja -C "$folder" -t cleandead >/dev/null || true
    unit_tests "$folder/tests" "$2"
    local pattern=$2
    # The thread sanitizer is slow, and finds something where there are several loops.
    if [[ $1 == tsan ]]; then pattern="test_threads${2:+ and $2}"; fi
    # Debian's wscat finds its modules by Debian's node alone, NodeSource's must be told where.
    GATEHOUSE_BIN=$PWD/$folder/gatehouse NODE_PATH=/usr/share/nodejs:/usr/lib/nodejs \
      GATEHOUSE_TEST_HANDLERS=$PWD/$folder/tests/scenario_handlers.so \
      GATEHOUSE_TEST_LAMBDA=$PWD/$folder/chat-lambda.zip \
      python_tests tests/scenario "$python" "$pattern"
  fi
  end_results
}

# recent FILE…: all of them are there and less than a day old.
recent() {
  local file
  for file in "$@"; do
    if [[ -z $(find "$file" -mtime -1 2>/dev/null) ]]; then return 1; fi
  done
}

# A private folder of today's PyPI and npm packages, renewed once a day: without npm's notes of
# what it installed, it takes the newest again. aws-lambda-ric's addon is not built
# (runtime_shim.cjs stands in for it).
prepare_interop() {
  local place=build/interop
  mkdir -p "$place"
  if ! recent "$place/venv/renewed" ||
    ! "$place/venv/bin/python" -c "import samtranslator, awslambdaric" 2>/dev/null; then
    say "fetching pytest, boto3, awscli and others from PyPI into $place/venv"
    "$python" -m venv "$place/venv" &&
      "$place/venv/bin/pip" install -q --upgrade pytest boto3 awscli websockets \
        aws-sam-translator awslambdaric &&
      touch "$place/venv/renewed" || return 1
  fi
  if ! recent "$place/installed.json" ||
    ! cmp -s tests/interop/package.json "$place/installed.json"; then
    say "fetching npm packages of tests/interop/package.json into $place"
    rm -rf "$place/node_modules" "$place/package-lock.json"
    cp tests/interop/package.json "$place/" &&
      npm install --prefix "$place" --ignore-scripts --no-audit --no-fund --no-package-lock \
        --loglevel=error &&
      cp tests/interop/package.json "$place/installed.json" || return 1
  fi
  build_go_client "$place" && build_java "$place/java" tests/interop/java/Chat.java &&
    build_java "$place/velocity" tests/interop/velocity/Judge.java
}

# The toolchain that go.mod asks for comes from Go's own module proxy where there is none.
go_program() {
  local place=$1 version=1.26.8 name
  if [[ "$(go env GOVERSION 2>/dev/null)" =~ ^go1\.(2[5-9]|[3-9]) ]]; then
    command -v go
    return
  fi
  name=golang.org/toolchain@v0.0.1-go$version.linux-$(dpkg --print-architecture)
  if [[ ! -x $place/$name/bin/go ]]; then
    say "fetching Go $version into $place"
    curl -fsSL -o "$place/go.zip" "https://proxy.golang.org/${name/@//@v/}.zip" &&
      unzip -q -o "$place/go.zip" -d "$place" && rm "$place/go.zip" &&
      chmod -R u+x "$place/$name/bin" "$place/$name/pkg/tool" || return 1
  fi
  echo "$PWD/$place/$name/bin/go"
}

# tests/interop/go: versions and checksums are go.mod's and go.sum's.
build_go_client() {
  local go
  go=$(go_program "$1") &&
    "$go" -C tests/interop/go build -buildvcs=false -o "$PWD/$1/go_chat" .
}

# build_java FOLDER SOURCE: packages of the pom.xml beside it are fetched anew when that changed.
build_java() {
  local folder=$1 pom
  pom=$(dirname "$2")/pom.xml
  if ! cmp -s "$pom" "$folder/pom.xml"; then
    say "fetching Maven's packages of $pom into $folder"
    rm -rf "$folder"
    mvn -q -B -f "$pom" \
      org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy-dependencies \
      -DoutputDirectory="$PWD/$folder/lib" && cp "$pom" "$folder/" || return 1
  fi
  javac -encoding UTF-8 -cp "$folder/lib/*" -d "$folder/classes" "$2"
}

# Clients newer than Debian's, from the registries; tests find npm's in NODE_PATH.
test_interop() {
  need build interop
  begin_results interop
  if ! build_targets release gatehouse; then
    crashed build "gatehouse does not build"
  elif ! prepare_interop; then
    crashed interop "its packages could not be fetched"
  else
    GATEHOUSE_BIN=$PWD/build/gatehouse NODE_PATH=$PWD/build/interop/node_modules \
      GATEHOUSE_GO_CHAT=$PWD/build/interop/go_chat GATEHOUSE_JAVA_CHAT=$PWD/build/interop/java \
      GATEHOUSE_VELOCITY=$PWD/build/interop/velocity \
      python_tests tests/interop build/interop/venv/bin/python "$1"
  fi
  end_results
}

# The suite is Python 2.7's, whose interpreter no system of ours has a package of; pyenv may.
python2() {
  local found
  for found in python2.7 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/2.7.*/bin/python2.7; do
    if "$found" -m pip --version >/dev/null 2>&1; then
      echo "$found"
      return
    fi
  done
  return 1
}

# test_autobahn CASE…: PyPI's autobahntestsuite against tests/autobahn/echo.cc; no case: all.
test_autobahn() {
  local place=build/autobahn old
  need build
  build_targets release autobahn_echo >&2
  old=$(python2) || die "the Autobahn suite needs Python 2.7 with pip; none is on PATH or in pyenv"
  if [[ ! -e $place/suite/installed ]]; then
    say "fetching autobahntestsuite from PyPI into $place/suite"
    rm -rf "$place/suite"
    "$old" -m pip install -q --disable-pip-version-check --target "$place/suite" \
      autobahntestsuite 2>"$place/pip.log" || die "pip could not: $(tail -n 3 "$place/pip.log")"
    touch "$place/suite/installed"
  fi
  "$python" tests/autobahn/run.py "$place/autobahn_echo" "$old" "$PWD/$place/suite" \
    "$place/reports" "$@"
}
