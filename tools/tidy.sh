# `./dev tidy`: clang-tidy over the product's files, by what .clang-tidy says. Sourced by ./dev.
# shellcheck shell=bash

# Debian 12's version 14 does not know the standard's coroutines; its 16 does, as later ones do.
clang_tidy() { command -v clang-tidy-16 || command -v clang-tidy; }

# tidy_files [all|PART/OF]: every OF-th of the product's .cc files, from the PART-th on.
tidy_files() {
  local part=1 of=1
  if [[ $1 == */* ]]; then part=${1%/*} of=${1#*/}; fi
  git ls-files -- 'src/*.cc' 'apps/*.cc' | grep -vE '_(test|fuzz)\.cc$' |
    awk -v part="$part" -v of="$of" 'NR % of == part % of'
}

# The part that a commit's hash chooses: over some commits all are looked at.
tidy_part_of_commit() {
  local hash
  hash=$(git rev-parse --short=7 HEAD)
  echo "$((16#$hash % $1 + 1))/$1"
}

tidy() {
  local part=${1:-all} files tool
  if [[ $part == commit/* ]]; then part=$(tidy_part_of_commit "${part#*/}"); fi
  if [[ ! $part =~ ^(all|[1-9][0-9]*/[1-9][0-9]*)$ ]]; then
    die "tidy takes all, 2/3 or commit/3"
  fi
  mapfile -t files < <(tidy_files "$part")
  if ((${#files[@]} == 0)); then die "no file in part $part"; fi
  tool=$(clang_tidy)
  say "$tool, ${#files[@]} files (part $part)"
  # The commands of single files, which a build in batches has not.
  cmake --preset release -B build/tidy -DGATEHOUSE_UNITY=OFF -DGATEHOUSE_TESTS=OFF >/dev/null
  # Descriptor 1 has findings only; how many warnings system headers hid is of no use to anybody.
  if printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" "$tool" --quiet -p build/tidy \
    --extra-arg=-Wno-unknown-warning-option 2>/dev/null; then
    echo "${#files[@]} files without a finding"
    echo "1 passed, 0 failed"
  else
    echo "0 passed, 1 failed"
    return 1
  fi
}
