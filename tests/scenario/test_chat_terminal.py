"""`gatehouse chat` in a pseudo-terminal, seen through a terminal emulator (issue 2, "Must show").

The server is Python's websockets, which sends what it is told to, also what no gatehouse would.
"""

import asyncio
import json
import os
import pty
import queue
import re
import signal
import termios
import threading
import time

import pexpect
import pyte
import pytest
import websockets
from harness import BINARY, COMPLAINT, WAIT_SECONDS, until

ROWS, COLUMNS = 24, 80
LEFT, HOME, END, UP = "\x1b[D", "\x01", "\x05", "\x1b[A"


class Server:
    """A WebSocket server on a thread of its own."""

    def __init__(self):
        self.received = queue.Queue()
        self.closes = queue.Queue()
        self.connections = []
        self.ready = threading.Event()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_until_complete, args=(self._main(),))
        self.thread.start()
        assert self.ready.wait(WAIT_SECONDS)

    async def _main(self):
        self.stopped = asyncio.Event()
        server = await websockets.serve(self._serve, "127.0.0.1", 0, max_size=None)
        self.url = "ws://127.0.0.1:%d/production" % server.sockets[0].getsockname()[1]
        self.ready.set()
        await self.stopped.wait()
        server.close()
        await server.wait_closed()

    async def _serve(self, connection, _path=None):
        self.connections.append(connection)
        try:
            async for message in connection:
                self.received.put(message)
        except websockets.ConnectionClosedError:
            pass
        self.closes.put(connection.close_code)

    def send(self, text):
        asyncio.run_coroutine_threadsafe(self.connections[-1].send(text), self.loop).result(20)

    def close(self, code):
        asyncio.run_coroutine_threadsafe(self.connections[-1].close(code), self.loop).result(20)

    def take(self):
        return self.received.get(timeout=WAIT_SECONDS)

    def take_message(self):
        frame = json.loads(self.take())
        assert frame["action"] == "sendMessage"
        return frame["message"]

    def stop(self):
        self.loop.call_soon_threadsafe(self.stopped.set)
        self.thread.join()


class Terminal:
    """A client in a pseudo-terminal; `screen` is what a person sees of it."""

    def __init__(self, url, *options):
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.stream = pyte.ByteStream(self.screen)
        self.bytes = b""
        self.child = pexpect.spawn(str(BINARY), ["chat", url, "--username", "ann", *options],
                                   dimensions=(ROWS, COLUMNS), timeout=WAIT_SECONDS,
                                   env={"TERM": "xterm-256color", "LC_ALL": "C",
                                        "ASAN_OPTIONS": "detect_stack_use_after_return=1"})
        # Held open, for the kernel resets the modes of a terminal that nobody has open.
        self.device = os.open(f"/proc/{self.child.pid}/fd/0", os.O_RDWR | os.O_NOCTTY)

    def type(self, keys):
        self.child.send(keys.encode())

    def resize(self, rows, columns):
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def read(self):
        try:
            data = self.child.read_nonblocking(1 << 16, timeout=0.02)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return
        self.bytes += data
        self.stream.feed(data)

    def lines(self):
        self.read()
        return [line.rstrip() for line in self.screen.display]

    def wait(self, text):
        """Until some row of the screen shows that."""
        until(lambda: any(text in line for line in self.lines()), f"{text!r} in {self.lines()}")

    def wait_for_input(self, *rows):
        """Until the last rows of the screen are these, the cursor in them marked by a |."""
        text = "\n".join(rows)
        column, row = None, None
        for number, line in enumerate(rows):
            if "|" in line:
                column, row = width(line[:line.index("|")]), number - len(rows)
        wanted = text.replace("|", "").split("\n")

        def is_there():
            lines = self.lines()
            while lines and not lines[-1]:
                lines.pop()
            # An empty row in which the cursor stands is one of ours.
            lines += [""] * (self.screen.cursor.y + 1 - len(lines))
            cursor = (self.screen.cursor.x, self.screen.cursor.y - len(lines))
            return lines[-len(wanted):] == [line.rstrip() for line in wanted] and \
                cursor == (column, row)
        try:
            until(is_there, "the input line")
        except AssertionError:
            shown = "\n".join(self.lines())
            pytest.fail(f"wanted {rows}\nscreen:\n{shown}\ncursor {self.screen.cursor.x}, "
                        f"{self.screen.cursor.y}")

    def wait_for_end(self):
        until(lambda: self.read() or not self.child.isalive(), "the client to end")
        for _ in range(5):
            self.read()
        assert not COMPLAINT.search(self.bytes.decode(errors="replace"))
        return self.child.exitstatus if self.child.exitstatus is not None \
            else -self.child.signalstatus

    def has_its_modes_back(self):
        """Whether they are those of a new pseudo-terminal."""
        fresh = pty.openpty()
        modes = [termios.tcgetattr(device) for device in (fresh[1], self.device)]
        for file in fresh:
            os.close(file)
        return modes[0] == modes[1]

    def close(self):
        self.child.close(force=True)
        os.close(self.device)


def width(text):
    """Columns; pyte shows a wide character as itself and an empty cell."""
    return sum(pyte.screens.wcwidth(character) for character in text)


@pytest.fixture
def server():
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def terminal(server):
    """A client that has connected and asked for its id."""
    terminal = Terminal(server.url)
    assert server.take() == '{"action":"getConnectionId"}'
    server.send('{"connectionId":"X="}')
    terminal.wait("connection id: X=")
    terminal.wait_for_input("> |")
    yield terminal
    terminal.close()


def message(text):
    return json.dumps({"type": "message", "payload": {"user": "bob", "message": text}})


def test_messages_leave_the_input_line_whole(server, terminal):
    terminal.type("hello" + LEFT + LEFT)
    terminal.wait_for_input("> hel|lo")
    server.send(message("one"))
    server.send(message("two"))
    terminal.wait_for_input("📨 Message from bob: one", "📨 Message from bob: two", "> hel|lo")
    terminal.type("X\r")
    assert server.take_message() == "helXlo"
    terminal.wait_for_input("> helXlo", "> |")


def test_wrapped_line(server, terminal):
    text = "0123456789" * 20
    terminal.type(text + HOME + "Z")
    rows = ["> Z|" + text[:77], text[77:157], text[157:]]
    terminal.wait_for_input(*rows)
    server.send(message("one"))
    terminal.wait_for_input("📨 Message from bob: one", *rows)
    terminal.type(END)
    rows = ["> Z" + text[:77], text[77:157], text[157:] + "|"]
    terminal.wait_for_input("📨 Message from bob: one", *rows)
    terminal.type("\r")
    assert server.take_message() == "Z" + text


def test_line_that_fills_its_row(server, terminal):
    terminal.type("x" * 78)
    terminal.wait_for_input("> " + "x" * 78, "|")
    server.send(message("one"))
    terminal.wait_for_input("📨 Message from bob: one", "> " + "x" * 78, "|")
    terminal.type("\x7f")
    terminal.wait_for_input("📨 Message from bob: one", "> " + "x" * 77 + "|")


def test_line_longer_than_the_screen(server, terminal):
    terminal.resize(5, 20)
    text = "".join(chr(ord("a") + number) * 20 for number in range(12))
    terminal.type(text)
    terminal.wait_for_input("hh" + "i" * 18, "ii" + "j" * 18, "jj" + "k" * 18, "kk" + "l" * 18,
                            "ll|")
    terminal.type(HOME)
    until(lambda: terminal.lines()[0] == "> " + "a" * 18, "the line's first row")
    server.send(message("one"))
    until(lambda: terminal.lines()[0] == "> " + "a" * 18, "the line's first row again")
    terminal.type("\r")
    assert server.take_message() == text


def test_utf8(server, terminal):
    terminal.type("Grüße 中文 😀 e\u0301x" + LEFT)
    server.send(message("one"))
    until(lambda: terminal.screen.cursor.x == width("> Grüße 中文 😀 é") or terminal.read(),
          "the cursor behind the accent")
    terminal.type("\x7f\r")  # erases the letter with its accent
    assert server.take_message() == "Grüße 中文 😀 x"
    family = "👨\u200d👩\u200d👧"
    terminal.type("a" + family + "b" + LEFT + "\x7f\r")
    assert server.take_message() == "ab"
    terminal.type(family + "\r")
    assert server.take_message() == family


def test_resize(server, terminal):
    text = "0123456789" * 9
    terminal.type(text)
    terminal.wait_for_input("> " + text[:78], text[78:] + "|")
    terminal.resize(20, 40)
    terminal.wait_for_input("> " + text[:38], text[38:78], text[78:] + "|")
    server.send(message("one"))
    terminal.wait_for_input("📨 Message from bob: one", "> " + text[:38], text[38:78],
                            text[78:] + "|")
    terminal.resize(24, 100)
    terminal.wait_for_input("📨 Message from bob: one", "> " + text + "|")
    terminal.type("!\r")
    assert server.take_message() == text + "!"


HOSTILE = {
    "escape sequences": "\x1b[2J\x1b[H\x1b[31m\x1b]0;title\x07\x1bc\x1b[?1049h\x1b[6n",
    "NUL and controls": "a\0b\x07\x08\x7f\x0e\x9b31m\r\n\t",
    "bidirectional marks": "\u202eabc\u202c\u2066x\u2069\u200f\u061c",
    "line separators": "a\u2028b\u2029c\u0085d",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("wrap", [
    message,
    lambda text: text,
    lambda text: json.dumps({"operationType": text, "from": "X=", "user": text, "message": text},
                            ensure_ascii=False),
    lambda text: json.dumps({"connectionId": text}, ensure_ascii=False),
    lambda text: json.dumps({"error": text, "connectionId": text}),
], ids=["broadcast", "text", "direct", "id", "error"])
def test_hostile_text(server, terminal, text, wrap):
    terminal.type("draft" + LEFT)
    terminal.wait_for_input("> draf|t")
    terminal.bytes = b""
    server.send(wrap(text))
    server.send(message("after"))
    terminal.wait_for_input("📨 Message from bob: after", "> draf|t")
    for character in set(text) - set("\r\n"):
        if not character.isalnum() and character not in "[];?":
            seen = terminal.bytes
            for own in (rb"\x1b\[[0-9]*[ACJ]", rb"\x1b\[\?2004h"):  # what draws the input line
                seen = re.sub(own, b"", seen)
            assert character.encode() not in seen, ascii(character)
    terminal.type("\r")
    assert server.take_message() == "draft"


def test_100_kb_of_emoji(server, terminal):
    terminal.type("draft" + LEFT)
    terminal.wait_for_input("> draf|t")
    text = "😀" * (100 * 1024 // 4)
    server.send(message(text))
    server.send(message("after"))
    terminal.wait_for_input("📨 Message from bob: after", "> draf|t")
    assert text.encode() in terminal.bytes
    terminal.type("\r")
    assert server.take_message() == "draft"


def test_a_flood_while_typing(server, terminal):
    typed = "what is typed while a flood arrives"
    for number, character in enumerate(typed):
        for part in range(10):
            server.send(message(f"flood {number}.{part}"))
        terminal.type(character)
    terminal.wait_for_input(f"📨 Message from bob: flood {len(typed) - 1}.9", f"> {typed}|")
    terminal.type("\r")
    assert server.take_message() == typed


def test_history_and_editing(server, terminal):
    for line in ("first", "second"):
        terminal.type(line + "\r")
        assert server.take_message() == line
    terminal.type("draft" + UP + UP + "!\r")
    assert server.take_message() == "first!"
    terminal.type("one two" + "\x17" + "three\x1b[1;5D\x19\r")
    assert server.take_message() == "one twothree"


def test_paste_is_one_message(server, terminal):
    assert b"\x1b[?2004h" in terminal.bytes
    terminal.type("\x1b[200~two\r\nlines\x1b[201~")
    terminal.wait_for_input("> two\\nlines|")
    terminal.type("\r")
    assert server.take_message() == "two\nlines"


def test_commands(server, terminal):
    terminal.type("/help\r")
    terminal.wait("/direct ID TYPE JSON")
    terminal.type("/what\r")
    terminal.wait("no command /what")
    terminal.type("/direct Y= signing nonsense\r")
    terminal.wait("must be JSON")
    terminal.type('/direct Y= signing {"a": 1.50}\r')
    assert server.take() == ('{"action":"sendDirect","connectionId":"Y=",'
                             '"operationType":"signing","message":{"a": 1.50}}')
    terminal.type("/id\r")
    assert server.take() == '{"action":"getConnectionId"}'
    server.send('{"connectionId":"X="}')
    until(lambda: sum("connection id: X=" in line for line in terminal.lines()) == 2, "the id")


def test_reconnect_keeps_the_line(server, terminal):
    terminal.type("draft")
    server.close(1001)
    terminal.wait("connection closed: 1001")
    assert server.take() == '{"action":"getConnectionId"}'
    terminal.wait_for_input("connected", "> draft|")
    terminal.type("\r")
    assert server.take_message() == "draft"


@pytest.mark.parametrize("leave, code", [("\x03", 130), ("\x04", 0), ("/quit\r", 0)],
                         ids=["ctrl-c", "ctrl-d", "quit"])
def test_leaves_cleanly(server, terminal, leave, code):
    assert not terminal.has_its_modes_back()
    terminal.type(leave)
    assert terminal.wait_for_end() == code
    assert server.closes.get(timeout=WAIT_SECONDS) == 1000
    assert terminal.has_its_modes_back()
    assert terminal.bytes.endswith(b"\x1b[?2004l")
    assert terminal.lines()[terminal.screen.cursor.y] == "" and terminal.screen.cursor.x == 0


@pytest.mark.parametrize("number, code", [(signal.SIGTERM, 143), (signal.SIGINT, 130),
                                          (signal.SIGHUP, 129)])
def test_signals_restore_the_terminal(server, terminal, number, code):
    terminal.type("a line half typed " * 10 + HOME)
    terminal.wait("half typed")
    terminal.child.kill(number)
    assert terminal.wait_for_end() == code
    assert server.closes.get(timeout=WAIT_SECONDS) == 1000
    assert terminal.has_its_modes_back()
    assert not any("half" in line for line in terminal.lines())


def test_a_slow_terminal_holds_the_server(server, terminal):
    """Nobody reads the pseudo-terminal for a while: nothing is lost, the connection stays."""
    for number in range(20):
        server.send(message(f"{number}" + "x" * 100_000))
    server.send(message("after"))
    terminal.type("still here\r")
    time.sleep(0.5)
    terminal.wait("📨 Message from bob: after")
    for number in range(20):
        assert f"bob: {number}x".encode() in terminal.bytes
    assert server.take_message() == "still here"
    assert len(server.connections) == 1


def test_ends_though_its_terminal_takes_nothing(server, terminal):
    for _ in range(20):
        server.send(message("x" * 100_000))
    time.sleep(0.2)
    terminal.child.kill(signal.SIGTERM)
    deadline = time.monotonic() + WAIT_SECONDS
    while terminal.child.isalive() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert terminal.child.exitstatus == 143
    assert terminal.has_its_modes_back()


def test_stop_and_continue(server, terminal):
    terminal.type("draft")
    terminal.wait_for_input("> draft|")
    terminal.type("\x1a")
    state = f"/proc/{terminal.child.pid}/stat"

    def is_stopped():
        terminal.read()
        with open(state, encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] == "T"
    until(is_stopped, "the client to stop")
    assert terminal.has_its_modes_back()
    terminal.child.kill(signal.SIGCONT)
    terminal.wait_for_input("> draft|")
    server.send(message("one"))
    terminal.wait_for_input("📨 Message from bob: one", "> draft|")
    terminal.type("\r")
    assert server.take_message() == "draft"
