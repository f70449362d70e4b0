"""Two `gatehouse chat` through pipes: one line in, one message out (issue 2, point 8)."""

import re
import subprocess
import threading
import time

import pytest
from harness import BINARY, COMPLAINT, ID, WAIT_SECONDS, RawWebSocket, management


class Lines:
    """What a process writes to a pipe, line by line."""

    def __init__(self, pipe):
        self.lines = []
        self._more = threading.Condition()
        threading.Thread(target=self._read, args=(pipe,), daemon=True).start()

    def _read(self, pipe):
        for line in pipe:
            with self._more:
                self.lines.append(line.rstrip("\n"))
                self._more.notify_all()

    def _find(self, pattern, since):
        for line in self.lines[since:]:
            match = re.fullmatch(pattern, line)
            if match:
                return match
        return None

    def comes(self, pattern, since=0, seconds=WAIT_SECONDS):
        """The first line from number `since` on that matches; None if none comes in time."""
        with self._more:
            self._more.wait_for(lambda: self._find(pattern, since), seconds)
            return self._find(pattern, since)

    def expect(self, pattern, since=0):
        match = self.comes(pattern, since)
        assert match, f"no line {pattern!r} in {self.lines}"
        return match


class Chat:
    def __init__(self, url, *options):
        self.process = subprocess.Popen([BINARY, "chat", url, *options], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.out, self.err = Lines(self.process.stdout), Lines(self.process.stderr)

    def connection_id(self):
        """The id that it says it has; the last one if it reconnected."""
        self.err.expect(f"connection id: {ID}")
        said = [re.fullmatch(f"connection id: ({ID})", line) for line in self.err.lines]
        return [match[1] for match in said if match][-1]

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def times_connected(self):
        return self.err.lines.count("connected")

    def leave(self):
        """The end of its input; it leaves with exit code 0."""
        self.process.stdin.close()
        assert self.process.wait(WAIT_SECONDS) == 0, self.err.lines


@pytest.fixture
def chat():
    """Starts a client and waits until it knows its id."""
    started = []

    def start(server, name, *options):
        client = Chat(server.url, "--username", name, *options)
        started.append(client)
        client.connection_id()
        return client

    yield start
    for client in started:
        if client.process.poll() is None:
            client.process.kill()
            client.process.wait(WAIT_SECONDS)
        assert not COMPLAINT.search("\n".join(client.err.lines))


def test_broadcast(gatehouse, chat):
    ann, bob = chat(gatehouse, "ann"), chat(gatehouse, "bob")
    bob.say("hi")
    ann.say("Grüße 😀 \"quoted\" \\back")
    for client in (ann, bob):
        client.out.expect("📨 Message from bob: hi")
        client.out.expect(re.escape('📨 Message from ann: Grüße 😀 "quoted" \\back'))
    for client in (ann, bob):
        client.leave()
        assert len(client.out.lines) == 2


def test_direct(gatehouse, chat):
    ann, bob = chat(gatehouse, "ann"), chat(gatehouse, "bob")
    ann.say("/direct %s signing {\"txId\": \"abc123\", \"amount\": 1.50, \"big\": 1e400}"
            % bob.connection_id())
    bob.out.expect(re.escape('📨 Message from ann [signing]: '
                             '{"txId": "abc123", "amount": 1.50, "big": 1e400}'))
    ann.leave()
    assert ann.out.lines == []


def test_forbidden_and_posts_from_outside(gatehouse, chat):
    ann = chat(gatehouse, "ann")
    api = management(gatehouse)
    for text in ('{"message": "Forbidden", "connectionId":"x", "requestId":"y"}', "plain text",
                 "two\nlines \x1b[31m \u202e", '{"unknown":1.50}'):
        api.post_to_connection(ConnectionId=ann.connection_id(), Data=text.encode())
    ann.out.expect("⚠️ Forbidden")
    ann.out.expect("📨 Message from server: plain text")
    ann.out.expect(re.escape("📨 Message from server: two\\nlines \\x1b[31m \\u202e"))
    ann.out.expect(re.escape('📨 Message from server: {"unknown":1.50}'))


def test_json_prints_raw_frames(gatehouse, chat):
    ann, bob = chat(gatehouse, "ann", "--json"), chat(gatehouse, "bob")
    ann_id = ann.connection_id()
    ann.out.expect(re.escape('{"connectionId":"%s"}' % ann_id))
    bob.say("hi")
    ann.out.expect(re.escape('{"type":"message","payload":{"user":"bob","message":"hi"}}'))


def test_the_other_killed(gatehouse, chat):
    """The one that stays works on, and the row of the killed one is gone."""
    ann, bob = chat(gatehouse, "ann"), chat(gatehouse, "bob")
    bob_id = bob.connection_id()
    bob.process.kill()
    bob.process.wait(WAIT_SECONDS)
    ann.say("/direct %s signing {}" % bob_id)
    ann.out.expect(re.escape(f"⚠️ no such connection: {bob_id}"))
    ann.say("anybody?")
    ann.out.expect(re.escape("📨 Message from ann: anybody?"))
    with pytest.raises(management(gatehouse).exceptions.GoneException):
        management(gatehouse).get_connection(ConnectionId=bob_id)


def test_a_whole_script_through_a_pipe(gatehouse, chat):
    """Lines that are there before the connection is; it leaves by itself at the end of input."""
    ann = chat(gatehouse, "ann")
    count = 500
    text = "".join(f"line {number}\n" for number in range(count))
    result = subprocess.run([BINARY, "chat", gatehouse.url, "--username", "script"], input=text,
                            capture_output=True, text=True, timeout=WAIT_SECONDS, check=False)
    assert result.returncode == 0, result.stderr
    expected = [f"📨 Message from script: line {number}" for number in range(count)]
    assert result.stdout.splitlines() == expected
    ann.out.expect(expected[-1])
    assert ann.out.lines == expected


def test_exit_codes(gatehouse):
    def code(*arguments, lines=""):
        result = subprocess.run([BINARY, "chat", *arguments], input=lines, capture_output=True,
                                text=True, timeout=WAIT_SECONDS, check=False)
        assert result.stdout == ""
        return result.returncode
    assert code(gatehouse.url) == 0
    assert code(gatehouse.url, lines="/quit\n") == 0
    assert code(gatehouse.url, lines="/nosuch\n") == 2
    assert code(gatehouse.url, "--no-such-option") == 2
    assert code("http://localhost/production") == 2
    assert code(f"ws://localhost:{gatehouse.port}/staging") == 1
    with RawWebSocket(gatehouse) as closed:
        port = closed.socket.getsockname()[1]  # nobody listens there
    assert code(f"ws://127.0.0.1:{port}/production", "--attempts", "1") == 1


def test_a_server_restart_takes_one_reconnect(start_gatehouse, chat, tmp_path):
    first = start_gatehouse(data=tmp_path / "data")
    ann, bob = chat(first, "ann"), chat(first, "bob")
    former_ids = {client: client.connection_id() for client in (ann, bob)}
    said = {client: len(client.err.lines) for client in (ann, bob)}
    first.stop()
    start_gatehouse(data=tmp_path / "data", port=first.port)
    for client in (ann, bob):
        client.err.expect(f"connection id: {ID}", since=said[client])
        assert client.connection_id() != former_ids[client]
    ann.say("back again")
    for client in (ann, bob):
        client.out.expect("📨 Message from ann: back again")
        assert client.times_connected() == 2


def test_an_idle_limit_of_6_seconds_is_survived_for_30(start_gatehouse, chat):
    server = start_gatehouse("--idle-seconds", "6")
    ann = chat(server, "ann", "--refresh-seconds", "3")
    bob = chat(server, "bob", "--refresh-seconds", "3")
    ann_id, bob_id = ann.connection_id(), bob.connection_id()
    with RawWebSocket(server) as silent:  # shows that the limit is there
        begin = time.monotonic()
        assert silent.read_close() == (1001, "Going away")
    left = begin + 30 - time.monotonic()
    assert ann.err.comes(".*(closed|lost|reconnecting).*", seconds=left) is None
    for client in (ann, bob):
        assert client.times_connected() == 1
    ann.say("/direct %s late 1" % bob_id)
    bob.out.expect(re.escape("📨 Message from ann [late]: 1"))
    assert (ann.connection_id(), bob.connection_id()) == (ann_id, bob_id)
