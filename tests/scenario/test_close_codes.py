"""How connections end, as the client sees it (docs/aws/websocket-api.md §10)."""

import asyncio
import json
import struct

import pytest
from harness import (CLOSE, RawWebSocket, closed, connection_id, frame, management, open_socket,
                     receive, until)


@pytest.mark.parametrize("code", [1000, 1001, 1011, 3000, 4999])
async def test_the_clients_code_comes_back(gatehouse, code):
    async with open_socket(gatehouse) as client:
        await client.close(code, "bye")
        assert (await closed(client))[0] == code


def test_close_frame_is_echoed_and_the_socket_closed(gatehouse):
    for payload in (b"", b"\x03\xe8", b"\x0f\xa1because", b"\x03\xe8" + b"x" * 123):
        with RawWebSocket(gatehouse) as client:
            client.send(frame(CLOSE, payload))
            code, _ = client.read_close()
            assert code == (struct.unpack(">H", payload[:2])[0] if payload else 1005)
            assert client.is_at_end()


async def test_delete_is_1000(gatehouse):
    async with open_socket(gatehouse) as client:
        client_id = await connection_id(client)
        management(gatehouse).delete_connection(ConnectionId=client_id)
        assert await closed(client) == (1000, "Connection Closed Normally")


def test_the_answer_to_our_close_frame_ends_it(gatehouse):
    with RawWebSocket(gatehouse) as client:
        management(gatehouse).delete_connection(ConnectionId=client.connection_id())
        assert client.read_close() == (1000, "Connection Closed Normally")
        client.send(frame(CLOSE, b"\x03\xe8"))
        assert client.is_at_end()


async def test_idle_is_1001(start_gatehouse):
    server = start_gatehouse("--idle-seconds", "1")
    async with open_socket(server) as client:
        assert await closed(client) == (1001, "Going away")


async def test_pings_are_no_traffic(start_gatehouse):
    server = start_gatehouse("--idle-seconds", "1")
    async with open_socket(server, ping_interval=0.1) as client:
        assert await closed(client) == (1001, "Going away")


async def test_pings_are_traffic_if_asked_for(start_gatehouse):
    """Of two connections the one that does not ping is closed, the other lives on."""
    server = start_gatehouse("--idle-seconds", "1", "--pings-count-as-traffic")
    async with open_socket(server, ping_interval=0.1) as pinging, \
            open_socket(server, ping_interval=None) as silent:
        assert await closed(silent) == (1001, "Going away")
        assert await connection_id(pinging)


async def test_age_is_1001_whatever_the_traffic(start_gatehouse):
    server = start_gatehouse("--age-seconds", "1")
    async with open_socket(server) as client:
        async def talk():
            while True:
                await client.send('{"action":"getConnectionId"}')
                await asyncio.sleep(0.1)
        talking = asyncio.ensure_future(talk())
        assert await closed(client) == (1001, "Going away")
        talking.cancel()


async def test_sigterm_is_1001_and_an_orderly_exit(start_gatehouse, tmp_path):
    server = start_gatehouse(data=tmp_path / "data")
    async with open_socket(server) as ann, open_socket(server) as bob:
        await connection_id(ann)
        server.process.terminate()
        for client in (ann, bob):
            assert await closed(client) == (1001, "Going away")
    assert server.wait_for_end() == 0
    assert not server.ready_file.exists()


async def test_sigterm_does_not_wait_for_who_does_not_answer(start_gatehouse):
    server = start_gatehouse()
    with RawWebSocket(server) as client:
        client.connection_id()
        server.process.terminate()
        assert client.read_close() == (1001, "Going away")
        assert server.wait_for_end() == 0
        assert client.is_at_end()


def test_a_lost_socket_removes_the_connection(gatehouse):
    for leave in (RawWebSocket.reset, lambda client: client.socket.close()):
        client = RawWebSocket(gatehouse)
        lost_id = client.connection_id()
        leave(client)
        gone = management(gatehouse).exceptions.GoneException

        def is_gone(client=management(gatehouse), lost_id=lost_id):
            try:
                client.get_connection(ConnectionId=lost_id)
            except gone:
                return True
            return False
        until(is_gone, "the connection to be gone")


async def test_a_failing_message_closes_nothing(gatehouse):
    async with open_socket(gatehouse) as client:
        for text in ("x", '{"action":"sendDirect"}', '{"action":"nope"}'):
            await client.send(text)
            assert json.loads(await receive(client))
        assert await connection_id(client)
