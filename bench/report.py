"""Runs become tables: medians and spread relative to a reference, and the verdict of each goal."""

import datetime
import json
import os
import pathlib
import re
import statistics

import parts

DOCUMENT = pathlib.Path(__file__).resolve().parent.parent / "docs/benchmarks.md"
KB, MB = 1024, 1024 * 1024


def costs(runs):
    """Microseconds an operation of each run that counts; (list, whether they are the process's
    own time because every run was disturbed)."""
    quiet = [run for run in runs if not run["disturbed"]]
    name = "core_seconds" if quiet else "process_seconds"
    values = [run[name] * 1e6 / run["operations"] for run in quiet or runs if run["operations"]]
    return values, not quiet


def ratio(rows, server, reference):
    """(median, lowest, highest) of a server's costs over the reference's median; None without."""
    own, own_noisy = costs(rows[server])
    other, other_noisy = costs(rows[reference])
    if not own or not other:
        return None
    if own_noisy != other_noisy:  # one measure for both
        own = [run["process_seconds"] / run["operations"] * 1e6 for run in rows[server]]
        other = [run["process_seconds"] / run["operations"] * 1e6 for run in rows[reference]]
    base = statistics.median(other)
    return statistics.median(own) / base, min(own) / base, max(own) / base


def _markdown(head, rows):
    lines = ["| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows]]
    return "\n".join(lines)


def _cost_table(part, runs):
    rows = []
    for scenario in part.scenarios:
        measured = runs[scenario.key]
        for server in scenario.servers:
            values, noisy = costs(measured[server])
            found = ratio(measured, server, scenario.reference)
            rate = [run["operations"] / run["seconds"] for run in measured[server]]
            kept = sum(not run["disturbed"] for run in measured[server])
            rows.append([
                scenario.title, server, f"{statistics.median(values):.3f}" + ("†" if noisy else ""),
                f"{found[0]:.2f} [{found[1]:.2f}–{found[2]:.2f}]" if found else "",
                f"{statistics.median(rate):,.0f}", f"{kept} of {len(measured[server])}"])
    reference = " or ".join(dict.fromkeys(scenario.reference for scenario in part.scenarios))
    head = ["", "server", "µs each", f"of {reference}", "each second", "runs"]
    text = _markdown(head, rows)
    if "†" in text:
        text += "\n\n† every run was disturbed: the process's own CPU time instead of its core's."
    return text


def per_connection(run):
    grown = run["anonymous_after"] - run["anonymous_before"]
    return grown / (run["more"] - run["connections"])


def idle_cpu(run):
    return run["process_seconds"] / run["seconds"]


def _memory_table(part, runs):
    rows = []
    for scenario in part.scenarios:
        for server in scenario.servers:
            run = runs[scenario.key][server][0]
            rows.append([scenario.title, server, f"{per_connection(run):,.0f} B",
                         f"{run['anonymous_after'] / MB:.1f} MB", f"{idle_cpu(run):.2%}"])
    return _markdown(["", "server", "a connection", "with 15,000", "CPU at rest"], rows)


def _stalled_table(part, runs):
    rows = []
    for scenario in part.scenarios:
        own = runs[scenario.key]["gatehouse"]
        grown = max(run["anonymous_most"] - run["anonymous_before"] for run in own)
        rows.append([scenario.title] + [
            f"{statistics.median(run[name] for run in own):.1f} ms"
            for name in ("p50_ms", "p99_ms", "max_ms")] + [f"{grown / MB:.1f} MB"])
    return _markdown(["", "p50", "p99", "longest", "memory grew by"], rows)


def table(part, runs):
    """The part's table in Markdown."""
    kinds = {"cost": _cost_table, "memory": _memory_table, "stalled": _stalled_table}
    return f"{part.name}: {part.about}\n\n{kinds[part.kind](part, runs)}\n"


def _ratio_goal(scenario, server, reference, limit):
    def judge(runs):
        found = ratio(runs[scenario], server, reference)
        return (f"{found[0]:.2f}", found[0] <= limit) if found else ("no run", False)
    return judge


def _signed_goal(limit):
    """Of a signed post over an unsigned one of the same server."""
    def judge(runs):
        rows = {"signed": runs["signed"]["gatehouse"], "unsigned": runs["post"]["gatehouse"]}
        found = ratio(rows, "signed", "unsigned")
        return (f"{found[0]:.2f}", found[0] <= limit) if found else ("no run", False)
    return judge


def _stalled_p99(runs):
    own = {key: statistics.median(run["p99_ms"] for run in runs[key]["gatehouse"])
           for key in ("with", "without")}
    found = own["with"] / own["without"]
    return f"{found:.2f}", found <= 1.2


def _stalled_memory(runs):
    own = runs["with"]["gatehouse"]
    grown = max(run["anonymous_most"] - run["anonymous_before"] for run in own)
    return f"{grown / MB:.1f} MB", grown <= 64 * MB


def _memory_goal(scenario, server, limit):
    def judge(runs):
        found = per_connection(runs[scenario][server][0])
        return f"{found:,.0f} B", found <= limit
    return judge


def _idle_cpu(runs):
    found = idle_cpu(runs["idle"]["gatehouse"][0])
    return f"{found:.2%}", found <= 0.01


GOALS = (
    ("broadcast", "broadcast to 1,000", "≤ 1.00 of uws",
     _ratio_goal("b1000", "gatehouse", "uws", 1)),
    ("broadcast", "broadcast to 10,000", "≤ 0.88 of uws",
     _ratio_goal("b10000", "gatehouse", "uws", 0.88)),
    ("broadcast", "bursts of 8 to 1,000", "≤ 0.97 of uws",
     _ratio_goal("burst", "gatehouse", "uws", 0.97)),
    ("chat", "the chat's sendMessage to 1,000", "≤ 1.5 of our broadcast",
     _ratio_goal("chat", "chat", "gatehouse", 1.5)),
    ("echo", "echo, 64 B, depth 1", "≤ 1.15 of bun", _ratio_goal("e1", "gatehouse", "bun", 1.15)),
    ("echo", "echo, 1 KiB, depth 1", "≤ 1.15 of bun", _ratio_goal("e1k", "gatehouse", "bun", 1.15)),
    ("echo", "echo, 64 B, depth 16", "≤ 1.6 of our floor",
     _ratio_goal("e16", "gatehouse", "echo floor", 1.6)),
    ("echo", "echo, 1 KiB, depth 16", "≤ 1.6 of our floor",
     _ratio_goal("e16k", "gatehouse", "echo floor", 1.6)),
    ("post", "POST @connections", "≤ 1.5 of our floor",
     _ratio_goal("post", "gatehouse", "post floor", 1.5)),
    ("post", "POST @connections, signed by a role", "≤ 1.5 of an unsigned one", _signed_goal(1.5)),
    ("memory", "idle connection", "≤ 500 B", _memory_goal("idle", "gatehouse", 500)),
    ("memory", "idle connection of the chat", "≤ 800 B", _memory_goal("idle_chat", "chat", 800)),
    ("memory", "15,000 idle connections", "≤ 1 % CPU", _idle_cpu),
    ("stalled", "p99 of good readers beside 500 stalled", "≤ 1.2 of without", _stalled_p99),
    ("stalled", "memory of 500 stalled readers", "≤ 64 MB", _stalled_memory),
)


def verdicts(results):
    """The table of goals, for those parts that have results."""
    rows = []
    for part, what, goal, judge in GOALS:
        if part in results:
            found, reached = judge(results[part])
            rows.append([what, goal, found, "reached" if reached else "**missed**"])
    return _markdown(["", "goal", "measured", ""], rows)


def machine():
    """One sentence: what this was measured on, and when."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = re.search(r"model name\s*: (.*)", file.read())
    day = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    return (f"{os.cpu_count()} cores of {model[1] if model else 'an unknown processor'}, Linux "
            f"{os.uname().release.split('-')[0]}, {day}.")


def _replace(text, name, content):
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{content}\n{end}{after}"


def write_section(name, content):
    """Puts it between its marks in docs/benchmarks.md."""
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(_replace(text, name, content), encoding="utf-8")


def write(folder, names):
    """Puts the tables of these parts, and the goals, into docs/benchmarks.md."""
    results = {part.name: json.loads((folder / f"{part.name}.json").read_text(encoding="utf-8"))
               for part in parts.PARTS if (folder / f"{part.name}.json").exists()}
    text = DOCUMENT.read_text(encoding="utf-8")
    for part in parts.PARTS:
        if part.name in names:
            text = _replace(text, part.name, table(part, results[part.name]).split("\n\n", 1)[1])
    text = _replace(text, "goals", verdicts(results))
    text = _replace(text, "machine", machine())
    DOCUMENT.write_text(text, encoding="utf-8")
