#!/usr/bin/env python3
"""Tests of what the benchmarks conclude: ratios, verdicts, counts. No server, no valgrind."""

import pathlib
import sys
import unittest

import instructions
import parts
import report
import servers


def run(cost, disturbed=False, process=None):
    """A run of 100 operations at so many microseconds of the core each."""
    core = cost * 100 / 1e6
    return {"operations": 100, "seconds": 1.0, "core_seconds": core, "disturbed": disturbed,
            "process_seconds": core if process is None else process * 100 / 1e6}


class Ratios(unittest.TestCase):
    def test_median_and_spread_over_the_median_of_the_reference(self):
        rows = {"a": [run(1), run(3), run(2)], "b": [run(4), run(4), run(100)]}
        self.assertEqual(report.ratio(rows, "a", "b"), (0.5, 0.25, 0.75))

    def test_disturbed_runs_do_not_count(self):
        rows = {"a": [run(2), run(50, disturbed=True)], "b": [run(4)]}
        self.assertEqual(report.ratio(rows, "a", "b"), (0.5, 0.5, 0.5))

    def test_without_a_quiet_run_both_are_judged_by_their_own_time(self):
        rows = {"a": [run(50, disturbed=True, process=1)], "b": [run(4, process=2)]}
        self.assertEqual(report.ratio(rows, "a", "b")[0], 0.5)

    def test_a_goal_is_reached_up_to_its_limit_and_missed_beyond(self):
        goal = report._ratio_goal("x", "a", "b", 0.88)  # pylint: disable=protected-access
        self.assertEqual(goal({"x": {"a": [run(88)], "b": [run(100)]}}), ("0.88", True))
        self.assertEqual(goal({"x": {"a": [run(90)], "b": [run(100)]}}), ("0.90", False))

    def test_a_signed_post_is_judged_by_an_unsigned_one(self):
        goal = report._signed_goal(1.5)  # pylint: disable=protected-access
        runs = {"post": {"gatehouse": [run(10)]}, "signed": {"gatehouse": [run(15)]}}
        self.assertEqual(goal(runs), ("1.50", True))
        runs["signed"]["gatehouse"] = [run(16)]
        self.assertEqual(goal(runs), ("1.60", False))

    def test_memory_is_growth_by_the_connections_between(self):
        found = report.per_connection({"anonymous_before": 1000, "anonymous_after": 8000,
                                       "connections": 10, "more": 20})
        self.assertEqual(found, 700)


class Rows(unittest.TestCase):
    def test_every_scenario_names_servers_that_exist_and_a_reference_among_them(self):
        for part in parts.PARTS:
            for scenario in part.scenarios:
                self.assertIn(scenario.reference, scenario.servers)
                for server in scenario.servers:
                    self.assertIn(server, servers.KINDS)

    def test_every_part_has_a_place_in_the_document_and_every_goal_a_part(self):
        text = report.DOCUMENT.read_text(encoding="utf-8")
        names = [part.name for part in parts.PARTS]
        for name in names + ["goals", "machine"]:
            self.assertEqual(text.count(f"<!-- begin {name} -->"), 1)
            self.assertEqual(text.count(f"<!-- end {name} -->"), 1)
        for goal in report.GOALS:
            self.assertIn(goal[0], names)


class Counts(unittest.TestCase):
    PROFILE = """ob=(1) /x/hot_paths
fl=(1) a.cc
fn=(1) gatehouse::api::F()
10 100
cob=(2) /lib/libc.so
cfn=(2) memcpy
calls=3 0
11 5000
cfn=(3) operator new(unsigned long)
calls=2 0
12 70
13 5
fn=(4) gatehouse::net::MemoryNetwork::Send()
20 900
ob=(2)
fn=(2)
1 4000
"""

    def test_only_our_own_functions_count_without_what_they_call(self):
        profile = instructions.Profile(self.PROFILE)
        self.assertEqual(profile.costs, {"gatehouse::api::F()": 105})
        self.assertEqual(profile.allocations, {"gatehouse::api::F()": 2})

    def test_five_percent_more_is_too_much(self):
        kept = {"echo": {"instructions": 100, "allocations": 2.0}}
        small = {"echo": {"instructions": 105, "allocations": 2.0}}
        large = {"echo": {"instructions": 106, "allocations": 2.2}}
        self.assertEqual(instructions.compare(kept, small), [])
        self.assertEqual(len(instructions.compare(kept, large)), 2)
        self.assertEqual(len(instructions.compare({}, small)), 2)  # a new path wants to be kept

    def test_every_path_is_kept(self):
        text = pathlib.Path(instructions.KEPT).read_text(encoding="utf-8")
        for path in instructions.MESSAGES:
            self.assertIn(f'"{path}"', text)


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=0).result
    print(f"{result.testsRun} tests of the benchmarks' conclusions")
    sys.exit(not result.wasSuccessful())
