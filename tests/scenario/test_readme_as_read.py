"""README.md from its first line on, as somebody new reads it: each step in the state in which the
one before left things, on the one port, gatehouse on nobody's PATH, lines pasted as printed."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess

import pytest
from harness import ROOT, WAIT_SECONDS, until
from readme import AWS, aftermath, blocks, prepare

pytestmark = pytest.mark.skipif(not AWS.exists(), reason="no /usr/bin/aws (package awscli)")

NETWORK = """
import fcntl, socket, struct, sys
with socket.socket() as s:
    flags = struct.pack("16sh14x", b"lo", 1 | 64)  # up and running; SIOCSIFFLAGS
    fcntl.ioctl(s, 0x8914, flags)
print("up", flush=True)
sys.stdin.read()
"""


class Reader:
    """Terminals in one folder, on a network of their own where port 4566 is free."""

    def __init__(self, folder, network):
        self.folder = folder
        self.environment = prepare(folder)
        self.enter = ["nsenter", "--net", "--target", str(network), "--"]

    def open(self, script, **settings):
        settings = {"cwd": self.folder, "stdin": subprocess.PIPE, "stdout": subprocess.PIPE,
                    "stderr": subprocess.PIPE, **settings}
        return subprocess.Popen([*self.enter, "bash", "-euo", "pipefail", "-c", script],
                                env=self.environment, text=True, **settings)

    def run(self, script, text="", **settings):
        with self.open(script, **settings) as terminal:
            out, err = terminal.communicate(text, timeout=100)
        return subprocess.CompletedProcess(script, terminal.returncode, out, err)

    @contextlib.contextmanager
    def serving(self, script, ready):
        """A server in a terminal until Ctrl-C; gives what it printed."""
        printed = self.folder / "printed"
        with open(printed, "w", encoding="utf-8") as out:
            terminal = self.open(f"trap : INT; {script}", stdout=out, stderr=subprocess.STDOUT,
                                 start_new_session=True)
        try:
            def says():
                assert terminal.poll() is None, printed.read_text()
                text = printed.read_text()
                return text if ready in text else None
            yield until(says, f"{ready!r}")
        finally:
            os.killpg(terminal.pid, signal.SIGINT)  # as Ctrl-C does
            terminal.communicate(timeout=WAIT_SECONDS)


@pytest.fixture
def reader(tmp_path, monkeypatch):
    (tmp_path / "runtime").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    if not shutil.which("unshare") or not shutil.which("nsenter"):
        pytest.skip("no unshare")
    with subprocess.Popen(["unshare", "--net", "/usr/bin/python3", "-c", NETWORK], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as network:
        if network.stdout.readline() != "up\n":
            pytest.skip(f"no network of one's own: {network.stderr.read()}")
        (tmp_path / "clone").mkdir()
        yield Reader(tmp_path / "clone", network.pid)
        network.stdin.close()


def two_talk(reader, ann_line, bob_line, **settings):
    """What bob sees of what ann types; bob's connection id."""
    with reader.open(bob_line, **settings) as bob:
        connection_id = re.search("connection id: (.*)", _line_with(bob.stderr, "connection id"))[1]
        said = reader.run(ann_line, "hello\n", **settings)
        assert said.returncode == 0 and said.stdout == "📨 Message from ann: hello\n", said
        line = bob.stdout.readline()
        bob.communicate("", timeout=WAIT_SECONDS)
    assert bob.returncode == 0
    return line, connection_id


def _line_with(stream, words):
    seen = ""
    for line in stream:
        seen += line
        if words in line:
            return line
    raise AssertionError(f"no {words!r} in {seen!r}")


def block_with(words, kind="sh"):
    return next(block for block in blocks(kind) if words in block)


def paste(reader, box, folder):
    """The lines of the box, in terminals that stand elsewhere."""
    lines = [line.strip() for line in box.splitlines() if line.startswith("  ")]
    ann, bob = [line for line in lines if " --username " in line]
    assert two_talk(reader, ann, bob, cwd=folder)[0] == "📨 Message from ann: hello\n"
    with reader.open(bob, cwd=folder) as client:
        connection_id = re.search("connection id: (.*)", _line_with(client.stderr, "id: "))[1]
        post = next(line for line in lines if line.startswith("curl")).replace("ID", connection_id)
        assert reader.run(post, cwd=folder).returncode == 0
        assert client.stdout.readline() == '📨 Message from server: {"note":"hello"}\n'
        client.communicate("", timeout=WAIT_SECONDS)
    aws = lines[next(i for i, line in enumerate(lines) if line.startswith("eval")):]
    assert aws.pop() == "aws cloudformation delete-stack --stack-name websocket-chat-demo"
    said = reader.run("\n".join(aws), cwd=folder)
    assert said.returncode == 0 and '"StatusCode": 200' in said.stdout, said
    output = json.loads((folder / "output.json").read_text())
    assert output == {"statusCode": 200, "body": '{"status": "Message sent"}'}


def test_from_the_first_line_on(reader, tmp_path):
    assert "./dev run " in blocks("sh")[0]
    assert 'exec build/gatehouse up "$@"' in (ROOT / "dev").read_text()
    start = block_with("gatehouse up --empty")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with reader.serving("build/gatehouse up", "aws cloudformation delete-stack") as box:
        ann, bob = block_with("chat --username ann").splitlines()
        assert two_talk(reader, ann, bob)[0] == "📨 Message from ann: hello\n"
        filtered = reader.run(block_with("--username cron"))
        assert filtered.stdout == "📨 Message from cron: hello from a script\n", filtered
        paste(reader, box, elsewhere)
        early = reader.run(start)  # the first is not stopped yet
        assert early.returncode == 1 and "has it; stop that" in early.stderr, early
    with reader.serving(start, "no stack yet") as box:
        assert "no template, data in memory\n" in box and "websocket-chat-demo" not in box
        aftermath(reader.run("\n".join(blocks())), reader.folder)
    # What the first chat kept is still there, and an --empty start says so.
    with reader.serving("build/gatehouse up --empty", "delete-stack") as box:
        assert ": no template, data in " in box
        assert "the data directory has from before: websocket-chat-demo (" in box
