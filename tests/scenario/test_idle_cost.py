"""What a server costs that has nothing to do (issue 2, "Must show")."""

import pathlib
import re
import shutil
import signal
import subprocess

import pytest
from harness import RawWebSocket, is_sanitizer_build

STRACE = shutil.which("strace")
SECONDS = 5
CALLS_PER_SECOND = 2
RESIDENT_KB_MAX = 15 * 1024


def system_calls(pid):
    """How many system calls a process and its threads make in SECONDS."""
    strace = subprocess.Popen([STRACE, "-c", "-f", "-U", "calls,name", "-p", str(pid)],
                              stderr=subprocess.PIPE, text=True)
    try:
        strace.wait(SECONDS)
    except subprocess.TimeoutExpired:
        strace.send_signal(signal.SIGINT)
    said = strace.communicate()[1]
    if "attached" not in said:
        pytest.skip(f"strace may not look here: {said.strip()}")
    return said, sum(int(n) for n in re.findall(r"^ *(\d+) (?!total)", said, re.MULTILINE))


@pytest.mark.skipif(not STRACE, reason="no strace here")
@pytest.mark.parametrize("threads", ["1", "4"])
def test_system_calls_of_an_idle_server(start_gatehouse, tmp_path, threads):
    server = start_gatehouse("--threads", threads, data=tmp_path / "data")
    with RawWebSocket(server) as client:  # open, and idle as the server
        client.connection_id()
        table, calls = system_calls(server.pid)
        assert calls < CALLS_PER_SECOND * SECONDS, table


def test_resident_memory_at_rest(start_gatehouse, tmp_path):
    if is_sanitizer_build():
        pytest.skip("sanitizers want memory of their own")
    start_gatehouse().stop()  # the first one of a user makes the authority, which stays in memory
    server = start_gatehouse(data=tmp_path / "data")
    status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
    resident_kb = int(re.search(r"VmRSS:\s+(\d+) kB", status)[1])
    assert resident_kb <= RESIDENT_KB_MAX
