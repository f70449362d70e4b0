# What `./dev check` looks at, fast things first. Sourced by ./dev.
# shellcheck shell=bash

# Debian 12's version decides. Others format here and there differently, which is said, not failed.
clang_format() { command -v clang-format-14 || command -v clang-format; }

# The C++ files of the work tree that git tracks or would, each ended by NUL.
cpp_files() {
  git ls-files -z --cached --others --exclude-standard -- '*.cc' '*.h' |
    while IFS= read -r -d '' file; do
      if [[ -e $file ]]; then printf '%s\0' "$file"; fi
    done
}

check_format() {
  local tool version files
  tool=$(clang_format)
  version=$("$tool" --version | sed -n 's/.*version \([0-9]*\).*/\1/p')
  files=$(cpp_files | tr -dc '\0' | wc -c)
  if cpp_files | xargs -0 -r "$tool" --dry-run -Werror; then
    echo "$files C++ files by clang-format $version"
  elif [[ $version != 14 ]]; then
    echo "$files C++ files; clang-format $version sees some otherwise, 14 decides"
  else
    echo "$files C++ files by clang-format $version; ./dev fmt helps"
    return 1
  fi
}

check_build() {
  # Descriptor 3 is the terminal: ninja's progress. The presets turn warnings into errors.
  build_targets release all unit_tests scenario_handlers chat-lambda test-lambda bench >&3 2>&3 &&
    echo "every target builds without a warning"
}

# Instructions per message of the hot paths against bench/instructions.json.
check_instructions() {
  build_targets release hot_paths >&3 2>&3 && "$python" bench/instructions.py
}

# step NAME COMMAND…: its last line of output says what was checked; the rest shows on failure.
step() {
  local name=$1 log code=0
  shift
  log=$(mktemp)
  "$@" >"$log" 2>&1 || code=$?
  if ((code == 0)); then
    printf 'ok   %s: %s\n' "$name" "$(tail -n 1 "$log")"
  else
    printf 'FAIL %s\n' "$name"
    cat "$log"
    failed_steps+=("$name")
  fi
  rm -f "$log"
}

check() {
  failed_steps=()
  exec 3>&1
  need check
  # shellcheck disable=SC2154  # python is set in test.sh
  step tools "$python" tools/check_test.py
  step bench "$python" bench/bench_test.py
  step floors "$python" tools/check_floors.py
  step dead "$python" tools/check_dead.py
  step text "$python" tools/check_text.py
  step links "$python" tools/check_links.py
  step tables "$python" tools/tables_page.py --check
  step format check_format
  need build gtest instructions
  step build check_build
  step instructions check_instructions
  if ((${#failed_steps[@]} > 0)); then
    echo "check failed: ${failed_steps[*]}"
    return 1
  fi
}
