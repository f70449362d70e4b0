#!/usr/bin/env python3
"""Runs the Autobahn suite against the echo server: run.py ECHO PYTHON2 PACKAGES FOLDER [CASES…].

The suite is Python 2.7's; PYTHON2 is that interpreter, PACKAGES where the suite was installed.
FOLDER takes the reports (FOLDER/index.html is for people). The last line counts the cases.
"""

import json
import os
import pathlib
import subprocess
import sys

CASES = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "9.*", "10.*", "12.*", "13.*"]
PASSES = {"OK", "NON-STRICT", "INFORMATIONAL"}  # the suite's own words
SUITE_SECONDS = 1800
# addsitedir, because zope.interface is there by a .pth file only.
RUN = ("import os, site; site.addsitedir(os.environ['SUITE']);"
       "from autobahntestsuite.wstest import run; run()")


def run_suite(python, packages, folder, port, cases):
    spec = {"outdir": str(folder), "servers": [{"agent": "gatehouse",
                                                "url": f"ws://127.0.0.1:{port}"}],
            "cases": cases, "exclude-cases": [], "exclude-agent-cases": {}}
    (folder / "spec.json").write_text(json.dumps(spec))
    subprocess.run([python, "-c", RUN, "-m", "fuzzingclient", "-s", folder / "spec.json"],
                   env={**os.environ, "SUITE": str(packages)}, timeout=SUITE_SECONDS,
                   stdin=subprocess.DEVNULL, stdout=open(folder / "log", "wb"),
                   stderr=subprocess.STDOUT, check=True)
    return json.loads((folder / "index.json").read_text())["gatehouse"]


def main(echo, python, packages, folder, *cases):
    folder = pathlib.Path(folder).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.json").unlink(missing_ok=True)
    with subprocess.Popen([echo], stdout=subprocess.PIPE, text=True) as server:
        try:
            port = int(server.stdout.readline())
            results = run_suite(python, packages, folder, port, list(cases) or CASES)
            assert server.poll() is None, f"the server ended with {server.returncode}"
        finally:
            server.terminate()
    failed = 0
    for name, result in sorted(results.items()):
        verdicts = {result["behavior"], result["behaviorClose"]}
        if not verdicts <= PASSES:
            failed += 1
            print(f"FAIL {name}: {result['behavior']}, close {result['behaviorClose']} "
                  f"({folder / result['reportfile']})")
    words = [result["behavior"] for result in results.values()]
    print(", ".join(f"{words.count(word)} {word}" for word in sorted(set(words))))
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed or not results else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
