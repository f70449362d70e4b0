#!/usr/bin/env python3
"""Counts instructions and allocations per message of the hot paths: instructions.py [--renew].

bench/hot_paths runs under callgrind, which counts what a processor would do, so neither neighbours
nor the clock matter. Counted are the functions of our own program; those of libraries (memcpy,
simdjson, zlib pick their code by the processor) and of the simulated network are not. So the counts
are the same on every x86-64 machine with the same compiler and headers. bench/instructions.json
keeps them; one that grows by more than 5 % fails, until the file is renewed along with the change.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
KEPT = ROOT / "bench/instructions.json"
PROGRAM = ROOT / "build/bench/hot_paths"
GROWTH_MAX = 0.05
MESSAGES = {"broadcast": 20, "decision": 2000, "echo": 200, "post": 1000, "routing_key": 2000}
DELIVERIES = {"broadcast": 1000, "echo": 16}  # of one Send; the others have one
SIMULATION = re.compile(r"MemoryNetwork|MemoryClock|gatehouse::bench::|\bCut\b")
ALLOCATION = re.compile(r"^operator new\(")


class Profile:
    """What callgrind wrote: cost of each of our functions, calls of operator new by caller."""

    def __init__(self, text):
        self.costs, self.allocations = {}, {}
        names, skip = {}, False
        here = called = ours = None
        for line in text.splitlines():
            mark = re.match(r"(c?)(ob|fn|fi|fl|fe|file)=(?:\((\d+)\))?\s*(.*)", line)
            if mark:
                kind, number, name = mark[2], mark[3], mark[4]
                group = kind if kind in ("ob", "fn") else "file"
                if number and name:
                    names[group, number] = name
                name = name or names.get((group, number), "")
                if kind == "ob" and not mark[1]:
                    ours = name.endswith(PROGRAM.name)
                elif kind == "fn":
                    here, called = (here, name) if mark[1] else (name, called)
            elif line.startswith("calls="):
                skip = True
                if ALLOCATION.match(called or ""):
                    count = int(line[6:].split()[0])
                    self.allocations[here] = self.allocations.get(here, 0) + count
            elif re.match(r"[+\-*\d]", line):
                if ours and not skip and not SIMULATION.search(here):
                    cost = int(line.split()[1])
                    self.costs[here] = self.costs.get(here, 0) + cost
                skip = False


def profile(path):
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "callgrind.out"
        subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}",
             "--toggle-collect=gatehouse::bench::MeasuredMessages*",
             str(PROGRAM), path, str(MESSAGES[path])],
            check=True, capture_output=True, text=True)
        return Profile(out.read_text(encoding="utf-8"))


def count(path):
    """Instructions and allocations of one message, or of one delivery of a broadcast."""
    found = profile(path)
    each = MESSAGES[path] * DELIVERIES.get(path, 1)
    return {"instructions": round(sum(found.costs.values()) / each, 1),
            "allocations": round(sum(found.allocations.values()) / each, 2)}


def show(path):
    """The dearest functions of a path, for a person who makes it cheaper."""
    found = profile(path)
    each = MESSAGES[path] * DELIVERIES.get(path, 1)
    for title, costs in (("instructions", found.costs), ("allocations", found.allocations)):
        print(f"{sum(costs.values()) / each:8.1f} {title}")
        for name, cost in sorted(costs.items(), key=lambda item: -item[1])[:45]:
            print(f"{cost / each:8.2f} {name[:150]}")


def compare(kept, found):
    """What has grown too much, as sentences."""
    complaints = []
    for path, counts in found.items():
        for what, now in counts.items():
            before = kept.get(path, {}).get(what, 0)
            if now > before * (1 + GROWTH_MAX):
                complaints.append(f"{path}: {now} {what} a message, {before} are kept")
    return complaints


def main(words):
    if words[:1] == ["--show"] and len(words) == 2 and words[1] in MESSAGES:
        show(words[1])
        return 0
    if words not in ([], ["--renew"]):
        print("usage: instructions.py [--renew | --show PATH]", file=sys.stderr)
        return 2
    found = {path: count(path) for path in MESSAGES}
    if words:
        KEPT.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        print(f"{KEPT.relative_to(ROOT)} renewed")
        return 0
    complaints = compare(json.loads(KEPT.read_text(encoding="utf-8")), found)
    for line in complaints:
        print(line)
    if complaints:
        print("if it is worth it: ./dev bench instructions --renew, and commit the file with it")
        return 1
    print("; ".join(f"{path} {counts['instructions']} instructions, {counts['allocations']} "
                    "allocations" for path, counts in found.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
