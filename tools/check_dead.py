#!/usr/bin/env python3
"""Finds C++ files that no CMakeLists.txt names: check_dead.py [FOLDER]. Such a file is dead.

A CMakeLists.txt names a file by its path from the folder it stands in, or from the root after
${PROJECT_SOURCE_DIR}/ or ${CMAKE_SOURCE_DIR}/; a .cmake file only from the root.
"""

import pathlib
import re
import sys

TOPS = ("src", "apps", "include", "tests", "bench")
COMMENT = re.compile(r"#.*")
WORD = re.compile(r'[^\s()";]+')
ROOT = re.compile(r"^\$\{(PROJECT|CMAKE|gatehouse)_SOURCE_DIR\}/")
HERE = re.compile(r"^\$\{CMAKE_CURRENT_(SOURCE|LIST)_DIR\}/")


def lists(root):
    yield from sorted(root.glob("CMakeLists.txt"))
    yield from sorted(root.glob("cmake/*.cmake"))
    for top in TOPS:
        yield from sorted((root / top).rglob("CMakeLists.txt"))


def named(root):
    """Every path that some list names."""
    paths = set()
    for path in lists(root):
        text = COMMENT.sub("", path.read_text(encoding="utf-8"))
        for word in WORD.findall(text):
            if ROOT.match(word):
                paths.add((root / ROOT.sub("", word)).resolve())
            else:
                paths.add((path.parent / HERE.sub("", word)).resolve())
    return paths


def dead(root):
    """Files that nobody builds, and how many there are in all."""
    files = [path for top in TOPS for path in sorted((root / top).rglob("*"))
             if path.suffix in (".cc", ".h") and "node_modules" not in path.parts]
    known = named(root)
    return [path for path in files if path.resolve() not in known], len(files)


def main(arguments):
    root = pathlib.Path(arguments[0] if arguments else ".")
    found, files = dead(root)
    for path in found:
        print(f"{path.relative_to(root)}: no CMakeLists.txt names it")
    print(f"{files} C++ files, {len(found)} that no CMakeLists.txt names")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
