"""Spec §10, row by row: what the client sees and what $disconnect gets, by either handler."""

import struct

import pytest
from harness import BINARY_DATA, CLOSE, TEXT, RawWebSocket, ask, frame
from spec_rows import ROUTE_KEY, Template, events, function, mock


@pytest.fixture(scope="module")
def server(tmp_path_factory, handler):
    rate = {"ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": 1}
    template = Template(stage={"RouteSettings": {"rare": rate}}).use_function(handler)
    template.route("$disconnect", function())
    template.route("rare", ROUTE_KEY, two_way=True)
    template.route("me", mock('{"statusCode": 200}', ("$default", "$context.connectionId")),
                   two_way=True)
    running = template.start(tmp_path_factory.mktemp("closes"), "--throttled-messages", "3")
    yield running
    running.stop()


class Client(RawWebSocket):
    def __init__(self, server):
        super().__init__(server)
        self.server = server
        self.before = len(server.events.read_text().splitlines()) if server.events.exists() else 0
        self.send_text('{"action":"me"}')
        self.id = self.read_text()

    def disconnect(self):
        """(code, reason) that $disconnect got."""
        record = events(self.server, self.before + 1)[self.before]
        assert record["connectionId"] == self.id
        return record["disconnectStatusCode"], record["disconnectReason"]


def test_client_closes_without_a_code(server):
    with Client(server) as client:
        client.send(frame(CLOSE))
        assert client.read_close() == (1005, "")
        assert client.disconnect() == (1005, "Client-side close frame status not set")


def test_browser_tab_closed(server):
    with Client(server) as client:
        client.send(frame(CLOSE, struct.pack(">H", 1001)))
        assert client.disconnect() == (1001, "")


@pytest.mark.parametrize("code, reason", [(1000, "bye"), (3000, ""), (4999, "grün")])
def test_client_closes_with_code_and_reason(server, code, reason):
    with Client(server) as client:
        client.send(frame(CLOSE, struct.pack(">H", code) + reason.encode()))
        assert client.read_close()[0] == code
        assert client.disconnect() == (code, reason)


@pytest.mark.parametrize("how", ["reset", "end"])
def test_client_vanishes(server, how):
    client = Client(server)
    client.reset() if how == "reset" else client.socket.close()
    assert client.disconnect() == (1006, "")


def test_delete(server):
    with Client(server) as client:
        ask(server.port, "DELETE", f"/rows/@connections/{client.id}")
        assert client.read_close() == (1000, "Connection Closed Normally")
        assert client.disconnect() == (1000, "Connection Closed Normally")


@pytest.mark.parametrize("row, data, code, reason", [
    ("binary frame", frame(BINARY_DATA, b"x"), 1003, "binary messages are not supported"),
    ("frame too big", frame(TEXT, b"x" * 32769), 1009, None),
    ("message too big", frame(TEXT, b"x" * 32768, fin=False) + frame(0, b"x" * 32768, fin=False) * 3
     + frame(0, b"x"), 1009, "message too big"),
    ("text that is not UTF-8", frame(TEXT, b"\xff"), 1007, "text is not UTF-8"),
    ("reserved bits", frame(TEXT, b"x", reserved=1), 1002, None),
    ("unmasked frame", frame(TEXT, b"x", mask=b""), 1002, None),
    ("too many requests", frame(TEXT, b'{"action":"rare"}') * 4, 1008, "too many requests"),
])
def test_protocol(server, row, data, code, reason):
    with Client(server) as client:
        client.send(data)
        opcode, payload, _ = client.read_frame()
        while opcode == TEXT:
            opcode, payload, _ = client.read_frame()
        seen = struct.unpack(">H", payload[:2])[0], payload[2:].decode()
        assert opcode == CLOSE and seen[0] == code, row
        assert reason is None or seen[1] == reason
        assert client.disconnect() == seen


def test_idle(tmp_path, handler):
    template = Template().use_function(handler).route("$disconnect", function())
    template.route("me", mock('{"statusCode": 200}', ("$default", "$context.connectionId")),
                   two_way=True)
    server = template.start(tmp_path, "--idle-seconds", "1")
    with Client(server) as client:
        assert client.read_close() == (1001, "Going away")
        assert client.disconnect() == (1001, "Going away")
    server.stop()


def test_gatehouse_stops(tmp_path, handler):
    template = Template().use_function(handler).route("$disconnect", function())
    template.route("me", mock('{"statusCode": 200}', ("$default", "$context.connectionId")),
                   two_way=True)
    server = template.start(tmp_path)
    with Client(server) as client:
        server.process.terminate()
        assert client.read_close() == (1001, "Going away")
        assert client.disconnect() == (1001, "Going away")
    server.stop()


def test_handler_failures_never_close_a_connection(tmp_path, handler):
    template = Template().use_function(handler).route("function", function())
    server = template.route("$default", ROUTE_KEY, two_way=True).start(tmp_path)
    with RawWebSocket(server) as client:
        client.send_text('{"action":"function","do":"raise"}')
        assert "Internal server error" in client.read_text()
        client.send_text("x")
        assert client.read_text() == "route $default"
    server.stop()
