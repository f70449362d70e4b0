#!/usr/bin/env python3
"""./dev bench lambda: the chat's sendMessage as a process, by the C++ Lambda package and by Python.

Not a load: a function is started anew and then invoked directly, one call after the other, with one
client connected, so that an invocation is one Scan and one post, both signed and over TLS. Times
are what gatehouse reports as AWS does (Init Duration, Duration); CPU and memory are the process's.
"""

import argparse
import base64
import contextlib
import json
import os
import pathlib
import re
import statistics
import sys
import tempfile
import threading

import report

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

PACKAGE = ROOT / "build/chat-lambda.zip"
WAYS = {"C++ package": "ws-starter-lambda.yaml", "Python, boto3": "ws-starter-python.yaml"}
WARM_UP, CALLS = 20, 300
CLOCK = os.sysconf("SC_CLK_TCK")


def drain(client):
    """Reads on until the connection ends, so that no post is refused."""
    def read():
        with contextlib.suppress(OSError, EOFError):
            while True:
                client.read_frame()
    threading.Thread(target=read, daemon=True).start()


def function_process(server, name):
    """The process that runs a function of that name."""
    for folder in pathlib.Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) != server.pid:
                continue
            if f"AWS_LAMBDA_FUNCTION_NAME={name}\0" in (folder / "environ").read_text():
                return int(folder.name)
    raise RuntimeError(f"no process runs {name}")


def cpu_ms(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / CLOCK


class Caller:
    def __init__(self, server):
        import boto3
        self.functions = boto3.client("lambda", endpoint_url=server.endpoint)
        self.name = server.stack["outputs"]["SendMessageHandlerName"]

    def __call__(self):
        """The milliseconds of Init Duration (None: it was there) and Duration."""
        answer = self.functions.invoke(FunctionName=self.name, Payload='{"message":"hello"}',
                                       LogType="Tail")
        assert json.load(answer["Payload"])["statusCode"] == 200
        log = base64.b64decode(answer["LogResult"]).decode()
        init = re.search(r"Init Duration: ([\d.]+) ms", log)
        return init and float(init[1]), float(re.search(r"\tDuration: ([\d.]+) ms", log)[1])


def measure(template, folder):
    from harness import RawWebSocket, Server, anonymous_kb
    server = Server(folder, ROOT / "examples/chat" / template)
    try:
        with RawWebSocket(server) as client:
            drain(client)
            call = Caller(server)
            init, first = call()
            pid = function_process(server, call.name)
            started = cpu_ms(pid)
            for _ in range(WARM_UP):
                call()
            before, durations = cpu_ms(pid), [call()[1] for _ in range(CALLS)]
            return {"init": init, "first": first, "started": started,
                    "duration": statistics.median(durations),
                    "cpu": (cpu_ms(pid) - before) / CALLS, "memory": anonymous_kb(pid) / 1024}
    finally:
        server.stop()


ROWS = (("init", "cold start (Init Duration)", "{:.0f} ms"),
        ("first", "first invocation: two TLS connections", "{:.1f} ms"),
        ("started", "CPU until the first answer", "{:.0f} ms"),
        ("duration", "an invocation", "{:.2f} ms"),
        ("cpu", "its CPU in the function's process", "{:.2f} ms"),
        ("memory", "the process's own memory", "{:.1f} MB"))


def table(runs):
    lines = ["|  | " + " | ".join(runs) + " |", "| --- |" + " --- |" * len(runs)]
    for key, title, form in ROWS:
        cells = []
        for results in runs.values():
            values = sorted(result[key] for result in results)
            middle, low, high = statistics.median(values), values[0], values[-1]
            cells.append(f"{form.format(middle)} [{form.format(low)}–{form.format(high)}]")
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    size = PACKAGE.stat().st_size / 1e6
    return "\n".join([*lines, "", f"The package has {size:.1f} MB (zip)."])


def run(rounds, folder):
    """{way: [result, …]}, the ways in turn."""
    from harness import ENVIRONMENT
    os.environ.update(ENVIRONMENT)
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    os.environ["XDG_DATA_HOME"] = str(folder / "data")
    runs = {way: [] for way in WAYS}
    for number in range(rounds):
        for way in list(WAYS)[::-1 if number % 2 else 1]:
            runs[way].append(measure(WAYS[way], folder))
    return runs


def main():
    parser = argparse.ArgumentParser(prog="./dev bench lambda", description="The chat as processes")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true",
                        help="one round; docs/benchmarks.md stays as it is")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = table(run(1 if options.quick else options.rounds, pathlib.Path(folder)))
    print(found)
    if not options.quick:
        report.write_section("lambda", found + "\n\n" + report.machine())


if __name__ == "__main__":
    main()
