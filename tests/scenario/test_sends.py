"""What a message to a thousand costs the system, as strace counts: one send each (design §5)."""

import contextlib
import pathlib
import re
import resource
import shutil
import signal
import subprocess

import pytest
from harness import WAIT_SECONDS, RawWebSocket, until

CLIENTS = 1000


@contextlib.contextmanager
def counted_sends(pid, folder):
    """A dictionary that has the server's sends afterwards: system call → how often."""
    out = folder / "strace.txt"
    words = ["strace", "-f", "-c", "-e", "trace=sendto,sendmsg,writev", "-o", str(out),
             "-p", str(pid)]
    tracer = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    counts = {}
    try:
        def is_attached():
            if tracer.poll() is not None:
                pytest.skip(f"strace cannot attach here: {tracer.stdout.read()}")
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            return int(re.search(r"TracerPid:\s+(\d+)", status)[1]) == tracer.pid
        until(is_attached, "strace to attach")
        yield counts
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.wait(WAIT_SECONDS)
    for line in out.read_text().splitlines():
        row = re.match(r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)(?:\s+\d+)?\s+(\w+)$", line)
        if row and row[2] != "total":
            counts[row[2]] = int(row[1])


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is missing")
def test_a_message_to_a_thousand_is_a_thousand_sends(gatehouse, tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * CLIENTS:
        pytest.skip("too few descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * CLIENTS), hard))
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(RawWebSocket(gatehouse)) for _ in range(CLIENTS)]
        with counted_sends(gatehouse.pid, tmp_path) as counts:
            clients[0].send_text('{"action":"sendMessage","message":"hi"}')
            for client in clients:
                assert '"message":"hi"' in client.read_text()
        assert counts == {"sendto": CLIENTS}
