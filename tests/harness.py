"""What scenario and interop tests share: a gatehouse process, TCP as bytes, fixtures.

Loopback only. Nothing here sleeps to be on time: every wait is for an event and has a limit.
"""

import asyncio
import inspect
import json
import os
import pathlib
import re
import signal
import socket
import ssl
import struct
import subprocess
import tempfile
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = pathlib.Path(os.environ.get("GATEHOUSE_BIN", ROOT / "build/gatehouse")).absolute()

WAIT_SECONDS = 20  # the longest wait for any one event; a sanitizer build on a busy machine is slow
STOP_SECONDS = 11  # design §7.14: 10 s in all
TEST_SECONDS = 120

ID = r"[A-Za-z0-9_-]{15}="  # docs/aws/websocket-api.md §2
COMPLAINT = re.compile(r"Sanitizer|runtime error:|CHECK failed|terminate called|DEADLYSIGNAL")

# Clients of AWS want keys; proxies and the user's own configuration must not come between.
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_PAGER": "",
    "NO_PROXY": "localhost,127.0.0.1,::1",
    "no_proxy": "localhost,127.0.0.1,::1",
}


def until(condition, what, seconds=WAIT_SECONDS):
    """The first true value of condition(), asked again and again."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.005)


def anonymous_kb(pid):
    """Memory that is the process's own: no file's pages."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+) kB", status)[1])


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_sanitizer_build():
    return re.search(rb"__(asan|tsan)_init", BINARY.read_bytes()) is not None


# ---- gatehouse as a process ----


class ChatRoute:
    """A row of the chat's list of routes (apps/chat/routes.inc)."""

    def __init__(self, kind, key, name):
        self.is_alias = kind == "ALIAS"
        self.key = key
        self.handler = "chat/" + name
        self.logical_id = name[0].upper() + name[1:] + "Handler"


CHAT_ROUTES = [ChatRoute(*row) for row in re.findall(
    r'(?m)^CHAT_(ROUTE|ALIAS)\("([^"]+)",.*?"([^"]+)"\)$',
    (ROOT / "apps/chat/routes.inc").read_text())]


class Server:
    """One `gatehouse up`. It logs into a file; its end is checked by stop()."""

    def __init__(self, folder, *options, port=0, data=":memory:", variables=None, prefix=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=folder))
        self.ready_file = self.folder / "ready.json"
        self.log_file = self.folder / "log"
        command = [*prefix, BINARY, "up", "--port", str(port), "--data", str(data)]
        command += ["--ready-file", self.ready_file, *options]
        with open(self.folder / "out", "wb") as out, open(self.log_file, "wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=log, cwd=self.folder,
                                            env={**os.environ, **(variables or {})})
        try:
            until(self._is_ready, "gatehouse to be ready")
        except AssertionError:
            self.process.kill()
            raise
        self.ready = json.loads(self.ready_file.read_text())
        self.port = self.ready["port"]
        self.endpoint = self.ready["endpoint"]
        self.pid = self.ready["pid"]
        if self.ready["stacks"]:
            self._take(self.ready["stacks"][0])

    def _take(self, stack):
        self.stack = stack
        if not stack["apis"]:
            return  # a template without an API has no URL
        self.api = self.stack["apis"][0]
        self.stage = self.api["stages"][0]
        self.url = self.stage["websocketUrl"]
        self.management_url = self.stage["managementUrl"]

    def _is_ready(self):
        assert self.process.poll() is None, f"gatehouse did not start: {self.log()}"
        return self.ready_file.exists()

    def log(self):
        return self.log_file.read_text(errors="replace")

    def wait_for_log(self, words):
        """Until the log has them: it is written behind the answer."""
        until(lambda: words in self.log(), f"{words!r} in the log")

    def kill(self):
        """As a machine that loses its power."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(WAIT_SECONDS)

    def wait_for_end(self):
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            pytest.fail(f"gatehouse did not stop within {STOP_SECONDS} s of SIGTERM")

    def stop(self):
        """SIGTERM to this very process; an orderly end, and nothing bad in the log."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            code = self.wait_for_end()
            assert code == 0, f"exit code {code}:\n{self.log()}"
        complaint = COMPLAINT.search(self.log())
        assert not complaint, self.log()


ROWS_LOGGED = ("--log", "json", "--log-level", "debug")


def rows_at_broadcasts(server):
    """(rows in the chat's table, messages queued) of every broadcast so far, from the log."""
    lines = [json.loads(line) for line in server.log().splitlines(True) if line.endswith("\n")]
    return [(line["connections"], line["queued"]) for line in lines
            if "connections" in line and "queued" in line]


@pytest.fixture(scope="session", autouse=True)
def environment(tmp_path_factory):
    if not BINARY.exists():
        pytest.exit(f"no {BINARY}; ./dev build, or set GATEHOUSE_BIN", returncode=1)
    os.environ.update(ENVIRONMENT)
    folder = tmp_path_factory.mktemp("user")  # instances and authority of the tests, not the user's
    folder.chmod(0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    os.environ["XDG_DATA_HOME"] = str(folder / "data")
    for name in [name for name in os.environ if name.startswith("GATEHOUSE_")]:
        del os.environ[name]


@pytest.fixture(scope="session")
def gatehouse(tmp_path_factory):
    """The server that tests share; they leave no open connection behind."""
    server = Server(tmp_path_factory.mktemp("gatehouse"))
    yield server
    server.stop()


@pytest.fixture
def start_gatehouse(tmp_path):
    """Starts servers of one's own: start_gatehouse("--idle-seconds", "1", data=folder)."""
    servers = []

    def start(*options, **settings):
        servers.append(Server(tmp_path, *options, **settings))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """A test may be a coroutine."""
    test = pyfuncitem.obj
    if not inspect.iscoroutinefunction(test):
        return None
    names = inspect.signature(test).parameters
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    asyncio.run(asyncio.wait_for(test(**arguments), TEST_SECONDS))
    return True


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failure shows what the shared server logged."""
    report = (yield).get_result()
    server = getattr(item, "funcargs", {}).get("gatehouse")
    if report.failed and server:
        lines = server.log().splitlines()[-20:]
        report.sections.append(("end of gatehouse's log", "\n".join(lines)))


# ---- TCP as bytes ----


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def tls(request):  # pylint: disable=redefined-outer-name
    """Whether a test speaks TLS on the one port: it runs both ways."""
    return request.param


def without_verification():
    """For clients that test what comes after the handshake."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Response:
    def __init__(self, head):
        lines = head.decode("latin-1").split("\r\n")
        self.version, status, self.reason = lines[0].split(" ", 2)
        self.status = int(status)
        self.names = [line.partition(":")[0] for line in lines[1:]]
        self.fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.fields[name.lower()] = value.strip()
        self.body = b""

    def json(self):
        return json.loads(self.body)


class Wire:
    """A TCP connection of which a test writes and reads every byte."""

    def __init__(self, port, host="127.0.0.1", tls=False):  # pylint: disable=redefined-outer-name
        self.socket = socket.create_connection((host, port), WAIT_SECONDS)
        if tls:
            self.socket = without_verification().wrap_socket(self.socket,
                                                             server_hostname="localhost")
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def _receive(self):
        part = self.socket.recv(1 << 16)
        if not part:
            raise EOFError(f"the server closed; unread: {self.buffer[:200]!r}")
        self.buffer += part

    def read(self, size):
        while len(self.buffer) < size:
            self._receive()
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def read_until(self, mark):
        while mark not in self.buffer:
            self._receive()
        return self.read(self.buffer.index(mark) + len(mark))

    def response(self, has_body=True):
        response = Response(self.read_until(b"\r\n\r\n")[:-4])
        if has_body:
            response.body = self.read(int(response.fields.get("content-length", 0)))
        return response

    def is_at_end(self):
        """Whether the server closes without another byte."""
        try:
            self._receive()
        except (EOFError, ConnectionResetError):
            return self.buffer == b""
        return False

    def reset(self):
        """Goes away without a word: RST instead of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def request(port, method, target, body=b"", *, host=None, fields=()):
    """The bytes of one HTTP request; fields are lines."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host or f'localhost:{port}'}", *fields]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def ask(port, *arguments, tls=False, **settings):  # pylint: disable=redefined-outer-name
    """One request on a socket of its own."""
    with Wire(port, tls=tls) as wire:
        wire.send(request(port, *arguments, **settings))
        return wire.response(has_body=arguments[0] != "HEAD")


KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455's own example
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
UPGRADE = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
           f"Sec-WebSocket-Key: {KEY}")

TEXT, BINARY_DATA, CLOSE, PING, PONG = 1, 2, 8, 9, 10
MASK = b"\x37\xfa\x21\x3d"


def masked(payload, mask=MASK):
    key = (mask * (len(payload) // 4 + 1))[:len(payload)]
    number = int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")
    return number.to_bytes(len(payload), "big")


def frame(opcode, payload=b"", *, fin=True, mask=MASK, reserved=0):
    """The bytes of one frame as a client sends it."""
    size, mask_bit = len(payload), 0x80 if mask else 0
    head = bytes([(0x80 if fin else 0) | reserved << 4 | opcode])
    if size < 126:
        head += bytes([mask_bit | size])
    elif size < 1 << 16:
        head += bytes([mask_bit | 126]) + struct.pack(">H", size)
    else:
        head += bytes([mask_bit | 127]) + struct.pack(">Q", size)
    return head + (mask + masked(payload, mask) if mask else payload)


class RawWebSocket(Wire):
    """A WebSocket client that may break every rule."""

    def __init__(self, server, query="", fields=(), **settings):
        super().__init__(server.port, **settings)
        target = f"/{server.stage['name']}{query}"
        self.send(request(server.port, "GET", target, fields=[*UPGRADE, *fields]))
        answer = self.response()
        assert answer.status == 101, (answer.status, answer.body)

    def send_text(self, text):
        self.send(frame(TEXT, text.encode()))

    def read_frame(self):
        """(opcode, payload, fin) of the server's next frame."""
        first, second = self.read(2)
        assert first & 0x70 == 0 and second & 0x80 == 0, "reserved bits, or masked by a server"
        size = second & 0x7F
        if size == 126:
            size = struct.unpack(">H", self.read(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self.read(8))[0]
        return first & 0x0F, self.read(size), first & 0x80 != 0

    def read_text(self):
        """The next message, which may come in frames."""
        opcode, data, fin = self.read_frame()
        assert opcode == TEXT, (opcode, data)
        while not fin:
            opcode, part, fin = self.read_frame()
            assert opcode == 0
            data += part
        return data.decode()

    def read_close(self):
        """(code, reason) of the server's close frame; code 1005: it has none."""
        opcode, payload, fin = self.read_frame()
        assert opcode == CLOSE and fin, (opcode, payload)
        code = struct.unpack(">H", payload[:2])[0] if payload else 1005
        return code, payload[2:].decode()

    def connection_id(self):
        self.send_text('{"action":"getConnectionId"}')
        return json.loads(self.read_text())["connectionId"]


# ---- Python's websockets, Debian's or PyPI's ----


def open_socket(server, query="", **options):
    import websockets
    return websockets.connect(server.url + query, max_size=None, **options)


async def receive(socket_):
    return await asyncio.wait_for(socket_.recv(), WAIT_SECONDS)


async def connection_id(socket_):
    await socket_.send('{"action":"getConnectionId"}')
    return json.loads(await receive(socket_))["connectionId"]


async def closed(socket_):
    """(code, reason) of the close frame that the server sent; (1006, "") if none came."""
    import websockets
    try:
        while True:
            await receive(socket_)
    except websockets.exceptions.ConnectionClosed as error:
        return (error.rcvd.code, error.rcvd.reason) if error.rcvd else (1006, "")


# ---- boto3 ----


def management(server, stage=None):
    """The SDK's client of @connections; it tries once."""
    import boto3
    from botocore.config import Config
    url = server.management_url if stage is None else f"{server.endpoint}/{stage}"
    return boto3.client("apigatewaymanagementapi", endpoint_url=url,
                        config=Config(retries={"max_attempts": 0}))
