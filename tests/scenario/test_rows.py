"""However a connection ends, its row goes with it (issue 2, "its row gone").

A broadcast's log line says how many rows it found and how many of them were open.
"""

import json

import pytest
from harness import (CLOSE, ROWS_LOGGED, TEXT, UPGRADE, RawWebSocket, Wire, frame, management,
                     request, rows_at_broadcasts, until)

SAY = frame(TEXT, b'{"action":"sendMessage","message":"hi"}')

ENDS = {
    "close frame": lambda client, _: client.send(frame(CLOSE, b"\x03\xe8")),
    "DELETE": lambda client, server:
        management(server).delete_connection(ConnectionId=client.own_id),
    "FIN": lambda client, _: client.socket.close(),
    "RST": lambda client, _: client.reset(),
    "FIN in a frame": lambda client, _: (client.send(SAY[:20]), client.socket.close()),
    "RST behind messages": lambda client, _: (client.send(SAY * 50), client.reset()),
    "binary": lambda client, _: client.send(frame(2)),
    "protocol error": lambda client, _: client.send(frame(3)),
    "frame too big": lambda client, _: client.send(frame(TEXT, b"x" * 40000)[:100]),
}


@pytest.fixture
def server(start_gatehouse, tmp_path):
    return start_gatehouse(*ROWS_LOGGED, data=tmp_path / "data")


def count(server, route):
    return server.log().count(f'"route":"{route}"')


def rows_found(server, ann):
    """What one broadcast finds: (rows, open ones)."""
    before = len(rows_at_broadcasts(server))
    ann.send_text('{"action":"sendMessage","message":"from ann"}')
    while json.loads(ann.read_text())["payload"]["message"] != "from ann":
        pass
    until(lambda: len(rows_at_broadcasts(server)) > before, "the log")
    return rows_at_broadcasts(server)[-1]


@pytest.mark.parametrize("name", ENDS)
def test_row_goes(server, name):
    with RawWebSocket(server) as ann:
        clients = [RawWebSocket(server) for _ in range(10)]
        for client in clients:
            client.own_id = client.connection_id()
        assert rows_found(server, ann) == (11, 11)
        for client in clients:
            ENDS[name](client, server)
        until(lambda: count(server, "$disconnect") == 10, "$disconnect of all")
        assert rows_found(server, ann) == (1, 1)
        for client in clients:
            client.socket.close()


def test_who_leaves_in_the_handshake_leaves_no_row(server):
    upgrade = request(server.port, "GET", "/production", fields=UPGRADE)
    leave = [Wire.reset, lambda wire: wire.socket.close()]
    with RawWebSocket(server) as ann:
        for number in range(200):
            wire = Wire(server.port)
            wire.send(upgrade[:number] if number % 4 else upgrade)
            leave[number % 2](wire)
        until(lambda: rows_found(server, ann) == (1, 1), "one row")
    server.stop()
    assert count(server, "$connect") == count(server, "$disconnect") > 1
