#!/usr/bin/env python3
"""./dev bench [all|PART…] [--rounds N] [--quick]: measures, prints, writes docs/benchmarks.md.

By the rules of fast-path.md: one generator for all servers, the server on core 0 and the generator
on core 1, servers in turn and in reverse order every other round, a peer against itself, the busy
time of core 0 as figure. A run waits for a quiet machine; one in which core 0 worked for others
more than 15 % of the time is repeated once and then left out.
"""

import argparse
import json
import subprocess
import sys
import time

import parts
import report
import servers

FOREIGN_MAX = 0.15
QUIET_BUSY_MAX = 0.10   # of both cores, over QUIET_LOOK_SECONDS
QUIET_LOOK_SECONDS = 0.2
QUIET_WAIT_SECONDS = 8  # before one run
LOAD_SECONDS_MAX = 180  # of one run of the generator
RESULTS = servers.PLACE / "results"


def cores():
    """(busy, all) jiffies of the server's and the generator's core together."""
    busy = total = 0
    with open("/proc/stat", encoding="ascii") as file:
        for line in file:
            name, *fields = line.split()
            if name in (f"cpu{servers.SERVER_CORE}", f"cpu{servers.CLIENT_CORE}"):
                jiffies = [int(field) for field in fields[:8]]
                total += sum(jiffies)
                busy += sum(jiffies) - jiffies[3] - jiffies[4]
    return busy, total


class Patience:
    """How long a whole suite may wait for neighbours, beyond its own work."""

    def __init__(self, seconds):
        self.left = seconds

    def wait_for_quiet(self):
        begun = time.monotonic()
        while True:
            before = cores()
            time.sleep(QUIET_LOOK_SECONDS)
            after = cores()
            if after[0] - before[0] <= QUIET_BUSY_MAX * (after[1] - before[1]):
                return
            waited = time.monotonic() - begun
            if waited > min(QUIET_WAIT_SECONDS, self.left):
                self.left -= waited
                return


def load(scenario, server, seconds):
    """One run: what bench/load printed, with how much of the core others used."""
    kind = servers.KINDS[server]
    with servers.running(kind) as (port, pid):
        words = [str(servers.PLACE / "load"), scenario.mode, "--port", str(port), "--pid", str(pid),
                 "--core", str(servers.SERVER_CORE), "--path", kind.path,
                 "--seconds", str(parts.REST_SECONDS if scenario.mode == "idle" else seconds),
                 "--action", parts.ACTIONS.get(server, "broadcast"), *scenario.options]
        done = subprocess.run(words, capture_output=True, text=True, check=False,
                              timeout=LOAD_SECONDS_MAX,
                              preexec_fn=servers.pinned(servers.CLIENT_CORE))
    if done.returncode != 0:
        raise servers.Failure(f"{scenario.title}, {server}: {done.stderr.strip()}")
    result = json.loads(done.stdout)
    if "core_seconds" in result:
        foreign = result["core_seconds"] - result["process_seconds"]
        result["foreign"] = foreign / result["seconds"]
    return result


def run(scenario, server, options, patience):
    """A run that counts, or one marked as disturbed."""
    patience.wait_for_quiet()
    begun = time.monotonic()
    result = load(scenario, server, options.seconds)
    if "operations" in result and result["foreign"] > FOREIGN_MAX and patience.left > 0:
        patience.left -= time.monotonic() - begun
        patience.wait_for_quiet()
        result = load(scenario, server, options.seconds)
    result["disturbed"] = result.get("foreign", 0) > FOREIGN_MAX
    return result


def say(what):
    """Where we are, on a terminal."""
    if sys.stderr.isatty():
        print("\r" + what.ljust(78) + "\r", end="", file=sys.stderr, flush=True)


def measure(part, options, patience):
    """{scenario: {server: [run, …]}}, round by round."""
    runs = {s.key: {server: [] for server in s.servers} for s in part.scenarios}
    for number in range(min(options.rounds, part.rounds_max)):
        for scenario in part.scenarios[::-1 if number % 2 else 1]:
            for server in scenario.servers[::-1 if number % 2 else 1]:
                say(f"{part.name} {number + 1}: {scenario.title}, {server}")
                runs[scenario.key][server].append(run(scenario, server, options, patience))
    say("")
    return runs


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__.split("\n", 1)[0])
    names = ["all"] + [part.name for part in parts.PARTS]
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(names))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true",
                        help="one short round; docs/benchmarks.md stays as it is")
    options = parser.parse_args()
    for name in options.parts:
        if name not in names:
            parser.error(f"there is no part {name} (there are {', '.join(names)})")
    if options.rounds < 1:
        parser.error("--rounds is at least 1")
    options.seconds = 0.3 if options.quick else 0.8
    if options.quick:
        options.rounds = 1
    return options


def main():
    options = arguments()
    if not options.parts:
        for part in parts.PARTS:
            print(f"{part.name:10} {part.about}")
        return 0
    chosen = [part for part in parts.PARTS if {part.name, "all"} & set(options.parts)]
    patience = Patience(0 if options.quick else 120)
    begun = time.monotonic()
    RESULTS.mkdir(parents=True, exist_ok=True)
    try:
        servers.prepare_peers()
        for part in chosen:
            runs = measure(part, options, patience)
            text = json.dumps(runs, indent=1)
            if not options.quick:
                (RESULTS / f"{part.name}.json").write_text(text, encoding="utf-8")
            print(report.table(part, runs), flush=True)
    except (servers.Failure, subprocess.SubprocessError, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    if not options.quick:
        report.write(RESULTS, [part.name for part in chosen])
    print(f"{time.monotonic() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
