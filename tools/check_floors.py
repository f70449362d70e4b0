#!/usr/bin/env python3
"""Checks who includes whom: check_floors.py [FOLDER] prints each include against the floors.

A room of src/ includes itself, rooms on lower floors and the public headers in include/gatehouse.
Within a room of several sub-rooms the same holds for these: lower ones, never beside or above.
What only tests include (x_test.cc, test_x.h, x_fuzz.cc) may look at all of its own room.
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
    "aws": 2,
    "net": 3, "store": 3, "auth": 3,
    "process": 4,
    "api": 5, "event": 5, "function": 5, "parameter": 5, "table": 5,
    "stack": 6, "cluster": 6, "lambda": 6,
    "server": 7,
}
# The sub-rooms of a room, from the ground up; those of one tuple do not know each other.
SUB_ROOMS = {
    "api": [("language",), ("stage",), ("serve",), ("define",)],
    "auth": [("signature",), ("policy",)],
    "function": [("define",), ("code",), ("process",), ("invoke",), ("wire",)],
    "net": [("loop",), ("socket",), ("tls",), ("dial",), ("http", "websocket")],
    "server": [("access",), ("edge",), ("node",), ("command",)],
    "stack": [("tree",), ("sam",), ("template",), ("resource",), ("engine",),
              ("provide", "check", "wire")],
    "table": [("value",), ("expression",), ("operation",), ("wire",)],
}
SUB_FLOORS = {
    room: {name: floor for floor, names in enumerate(floors) for name in names}
    for room, floors in SUB_ROOMS.items()
}
OF_TESTS = re.compile(r"(^test_|_(test|fuzz|fixture)$)")
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
    if here is None:
        return None
    if room == here:
        return wrong_within(room, path, rest)
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


def wrong_within(room, path, rest):
    """Why a file may not include that one of its own room, or None."""
    floors = SUB_FLOORS.get(room)
    if floors is None or OF_TESTS.search(path.stem):
        return None
    sub, slash, _ = rest.partition("/")
    here = path.parts[2]
    if not slash or sub not in floors:
        return f"{room} has no sub-room for that"
    if sub == here or floors[sub] < floors[here]:
        return None
    direction = "upward" if floors[sub] > floors[here] else "sideways"
    return f"{direction}: {room}/{here} is below or beside {room}/{sub}"


def wrong_library(here, quote, target):
    if here in ("gatehouse", "handlers"):
        if quote == '"' or not STANDARD.match(target):
            return "here only the C++ standard library and gatehouse/ may be included"
    elif here is not None and quote == '"' and not TEST_LIBRARY.match(target):
        return 'no such room; libraries are included with <>, ours as "room/file.h"'
    return None


def lost(relative):
    """Whether a file of a room with sub-rooms stands in none of them."""
    floors = SUB_FLOORS.get(relative.parts[1]) if relative.parts[0] == "src" else None
    return floors is not None and relative.parts[2] not in floors


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
            if lost(relative):
                found.append(f"{relative}: its room has sub-rooms, and this is in none of them")
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
