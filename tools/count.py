#!/usr/bin/env python3
"""Sums the JUnit files of a test run: count.py FOLDER prints `N passed, M failed[, K skipped]`.

Each FOLDER/*.xml was written by GoogleTest or pytest. Each FOLDER/*.crash stands for a program
that ended badly without a failed test to show for it. Exit code 0 if something ran and all passed.
"""

import pathlib
import sys
import xml.etree.ElementTree as ElementTree


def outcome(case):
    """passed, failed, skipped, or None for a test that was switched off."""
    if case.find("failure") is not None or case.find("error") is not None:
        return "failed"
    if case.get("status") == "notrun":
        return None
    if case.find("skipped") is not None or case.get("result") == "skipped":
        return "skipped"
    return "passed"


def count(folder):
    totals = {"passed": 0, "failed": 0, "skipped": 0}
    for path in sorted(pathlib.Path(folder).glob("*.xml")):
        try:
            cases = ElementTree.parse(path).iter("testcase")
        except ElementTree.ParseError:
            totals["failed"] += 1
            continue
        for case in cases:
            result = outcome(case)
            if result:
                totals[result] += 1
    totals["failed"] += len(list(pathlib.Path(folder).glob("*.crash")))
    return totals


def line(totals):
    text = f"{totals['passed']} passed, {totals['failed']} failed"
    return text + (f", {totals['skipped']} skipped" if totals["skipped"] else "")


def main(arguments):
    totals = count(arguments[0])
    print(line(totals))
    return 0 if totals["failed"] == 0 and sum(totals.values()) > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
