#!/usr/bin/env python3
"""Checks the look of the text: check_text.py [FOLDER].

Code: at most 100 columns; C++: no tabs. Everything: no blanks at the end of a line, no leftovers
(what is marked to be done now, merge markers). Every room in src/ has a README.md of at most 20
lines.
"""

import os
import pathlib
import re
import subprocess
import sys

COLUMNS_MAX = 100
README_LINES_MAX = 20
CPP = {".cc", ".h"}
CODE = CPP | {".py", ".sh", ".cmake"}
TEXT = CODE | {".md", ".txt", ".json", ".yaml", ".yml", ".js", ".mjs", ".cjs", ".toml"}
# Written in two halves, so that this file does not report itself.
LEFTOVER = re.compile("TODO" r"\(now\)|\bFIX" r"ME\b|^<{7} |^>{7} |^\|{7} ")


def tracked(root):
    """What git tracks or would; everything if there is no git."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others",
               "--exclude-standard"]
    try:
        listing = subprocess.run(command, check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return sorted(path for path in root.rglob("*") if path.is_file())
    names = sorted(set(os.fsdecode(listing).split("\0")) - {""})
    return [root / name for name in names if (root / name).is_file()]


def kind(path):
    """A suffix that says what a file is, also for scripts without one; None is not looked at."""
    if path.name == "CMakeLists.txt":
        return ".cmake"
    if path.suffix in TEXT:
        return path.suffix
    if not path.suffix or path.parent.name == ".ci":
        with path.open("rb") as file:
            if re.match(rb"#!.*\b(ba)?sh\b", file.readline()):
                return ".sh"
    return None


def faults(path, kind_of_file):
    """Pairs of line number and complaint."""
    text = path.read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.split("\n"), 1):
        if kind_of_file in CODE and len(line) > COLUMNS_MAX:
            yield number, f"{len(line)} columns, at most {COLUMNS_MAX}"
        if kind_of_file in CPP and "\t" in line:
            yield number, "a tab"
        if line != line.rstrip():
            yield number, "blanks at the end"
        if LEFTOVER.search(line):
            yield number, "a leftover"
    if text and not text.endswith("\n"):
        yield number, "no newline at the end of the file"


def rooms_without_readme(root):
    for room in sorted(path for path in (root / "src").glob("*") if path.is_dir()):
        readme = room / "README.md"
        if not readme.is_file():
            yield f"{room.relative_to(root)}: no README.md"
        elif len(readme.read_text(encoding="utf-8").splitlines()) > README_LINES_MAX:
            yield f"{readme.relative_to(root)}: more than {README_LINES_MAX} lines"


def complaints(root):
    found, files = [], 0
    for path in tracked(root):
        kind_of_file = kind(path)
        if kind_of_file is None:
            continue
        files += 1
        found += [f"{path.relative_to(root)}:{number}: {what}"
                  for number, what in faults(path, kind_of_file)]
    return found + list(rooms_without_readme(root)), files


def main(arguments):
    found, files = complaints(pathlib.Path(arguments[0] if arguments else "."))
    print(*found, sep="\n", end="\n" if found else "")
    print(f"{files} text files, {len(found)} complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
