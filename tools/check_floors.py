#!/usr/bin/env python3
"""Checks who includes whom: check_floors.py [FOLDER] prints each include against the floors.

A room of src/ includes itself, rooms on lower floors and the public headers in include/gatehouse.
The public headers include themselves and the C++ standard library. Handlers of the chat see only
the public headers; the rest of the chat also base, wire and net. Boost.Beast is for wire alone.
"""

import pathlib
import re
import sys

FLOORS = {
    "gatehouse": -1,
    "base": 0,
    "wire": 1,
    "net": 2, "store": 2, "auth": 2,
    "api": 3, "event": 3, "function": 3, "parameter": 3, "table": 3,
    "stack": 4, "cluster": 4, "lambda": 4,
    "server": 5,
}
CHAT_SEES = {"gatehouse", "base", "wire", "net", "chat"}
CHAT_SEEN_BY = {"server"}
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
STANDARD = re.compile(r"^[a-z_0-9]+$")
TEST_LIBRARY = re.compile(r"^(gtest|gmock)/")


def place(path):
    """The room a file stands in: one of FLOORS, chat, handlers, or None where anything goes."""
    parts = path.parts
    if parts[0] == "include":
        return "gatehouse"
    if parts[0] == "src" and len(parts) > 2:
        return parts[1]
    if parts[:2] == ("apps", "chat"):
        is_handler = len(parts) == 3 and not path.stem.endswith("_test")  # not client/
        return "handlers" if is_handler else "chat"
    return None


def named(quote, target):
    """The room that an include names, its own place in it, or None for a library's header."""
    target = target.removeprefix("apps/")
    room, slash, rest = target.partition("/")
    if slash and (room in FLOORS or room == "chat"):
        # <net/if.h> is the system's; our rooms are written in quotes.
        return (room, rest) if quote == '"' or room == "gatehouse" else None
    return None


def wrong(path, quote, target):
    """Why this file may not include that, or None."""
    here = place(path)
    if target.startswith("boost/beast") and here != "wire":
        return "only wire may include Boost.Beast"
    if quote == '"' and target.startswith("."):
        return 'includes are written from the root of the rooms: "room/file.h"'
    found = named(quote, target)
    if found is None:
        return wrong_library(here, quote, target)
    room, rest = found
    if here is None or room == here:
        return None
    if here == "handlers":
        own = room == "chat" and "/" not in rest
        return None if own or room == "gatehouse" else "handlers include only gatehouse/"
    if here == "chat":
        return None if room in CHAT_SEES else f"the chat may not include {room}"
    if room == "chat":
        return None if here in CHAT_SEEN_BY else f"{here} may not include the chat"
    if FLOORS[room] < FLOORS[here]:
        return None
    direction = "upward" if FLOORS[room] > FLOORS[here] else "sideways"
    return f"{direction}: {here} is on floor {FLOORS[here]}, {room} on floor {FLOORS[room]}"


def wrong_library(here, quote, target):
    if here in ("gatehouse", "handlers"):
        if quote == '"' or not STANDARD.match(target):
            return "here only the C++ standard library and gatehouse/ may be included"
    elif here is not None and quote == '"' and not TEST_LIBRARY.match(target):
        return 'no such room; libraries are included with <>, ours as "room/file.h"'
    return None


def violations(root):
    """Lines `file:line: include: reason`, and how many files were read."""
    found, files = [], 0
    for top in ("include", "src", "apps", "tests", "bench"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix not in (".h", ".cc"):
                continue
            files += 1
            relative = path.relative_to(root)
            if relative.parts[0] == "src" and place(relative) not in FLOORS:
                found.append(f"{relative}: no room of that name has a floor in check_floors.py")
                continue
            for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                match = INCLUDE.match(text)
                reason = match and wrong(relative, match[1], match[2])
                if reason:
                    found.append(f"{relative}:{number}: {match[2]}: {reason}")
    return found, files


def main(arguments):
    found, files = violations(pathlib.Path(arguments[0] if arguments else "."))
    print(*found, sep="\n", end="\n" if found else "")
    print(f"includes of {files} files, {len(found)} against the floors")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
