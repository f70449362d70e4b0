"""The chat through PyPI's newest websockets, its asyncio and its threading client."""

import json
import re

import pytest
import websockets.sync.client
from harness import ID, closed, connection_id, open_socket, receive

HI = '{"type":"message","payload":{"user":"ann","message":"hi"}}'


async def test_asyncio(gatehouse):
    async with open_socket(gatehouse, "?username=ann") as ann, open_socket(gatehouse) as bob:
        ann_id, bob_id = await connection_id(ann), await connection_id(bob)
        await ann.send('{"action":"sendMessage","message":"hi"}')
        assert await receive(ann) == await receive(bob) == HI
        await ann.send('{"action":"sendDirect","connectionId":"%s","operationType":"signing",'
                       '"message":{"amount":1.50}}' % bob_id)
        assert await receive(bob) == ('{"operationType":"signing","from":"%s","user":"ann",'
                                      '"message":{"amount":1.50}}' % ann_id)
        await (await ann.ping(b"are you there"))
        await bob.send(b"binary")
        assert (await closed(bob))[0] == 1003


async def test_fragments(gatehouse):
    async with open_socket(gatehouse) as client:
        text = '{"action":"getConnectionId","padding":"%s"}' % ("x" * 100_000)
        await client.send([text[at:at + 10_000] for at in range(0, len(text), 10_000)])
        assert re.fullmatch(r'\{"connectionId":"%s"\}' % ID, await receive(client))


def test_threading(gatehouse):
    with websockets.sync.client.connect(gatehouse.url + "?username=ann") as ann:
        ann.send('{"action":"sendMessage","message":"hi"}')
        assert ann.recv(10) == HI
        ann.send('{"action":"getConnectionId"}')
        assert re.fullmatch(ID, json.loads(ann.recv(10))["connectionId"])


async def test_unknown_stage(gatehouse):
    with pytest.raises(websockets.exceptions.InvalidStatus, match="403"):
        async with websockets.connect(f"ws://localhost:{gatehouse.port}/staging"):
            pass
