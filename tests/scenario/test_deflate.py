"""permessage-deflate with clients that are not ours, and with one that cheats
(docs/aws/websocket-api.md §1.5)."""

import json
import os
import re
import shutil
import subprocess
import zlib

import pytest
from harness import (ACCEPT, BINARY_DATA, CLOSE, ID, PING, TEXT, UPGRADE, RawWebSocket, Wire,
                     connection_id, frame, open_socket, receive, request)
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory as Deflate

PLAIN_ANSWER = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
BROWSER = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
ASK = b'{"action":"getConnectionId"}'
FIRST_BIT = 4


def deflated(data, level=9):
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return (packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


# ---- websockets ----


@pytest.mark.parametrize("offers", [
    [Deflate()],
    [Deflate(client_max_window_bits=True)],
    [Deflate(client_max_window_bits=9)],
    [Deflate(server_max_window_bits=12, client_max_window_bits=12)],
    [Deflate(server_no_context_takeover=True, client_no_context_takeover=True)],
    [Deflate(server_max_window_bits=15), Deflate()],
])
async def test_websockets_offers(gatehouse, offers):
    async with open_socket(gatehouse, extensions=offers, compression=None) as client:
        # The library has renamed it in its version 14.
        head = client.response.headers if hasattr(client, "response") else client.response_headers
        answer = head["Sec-WebSocket-Extensions"]
        assert answer.startswith(PLAIN_ANSWER)
        own_id = await connection_id(client)
        for size in (0, 1, 100, 20_000):
            await client.send(json.dumps({"action": "sendDirect", "connectionId": own_id,
                                          "operationType": "x",
                                          "message": "x" * size}))
            assert json.loads(await receive(client))["message"] == "x" * size


@pytest.mark.parametrize("offers", [[Deflate()], [Deflate(server_max_window_bits=9)]])
async def test_messages_come_compressed_when_asked_for(start_gatehouse, offers):
    server = start_gatehouse("--deflate-bytes-min", "64")
    async with open_socket(server, extensions=offers, compression=None) as client:
        async with open_socket(server, compression=None) as plain:
            plain_id = await connection_id(plain)
            await connection_id(client)
            for size in (1, 1000, 100_000):
                text = json.dumps({"action": "sendMessage", "message": "y" * size})
                await client.send([text[at:at + 30_000] for at in range(0, len(text), 30_000)])
                for each in (client, plain):
                    assert json.loads(await receive(each))["payload"]["message"] == "y" * size
            assert await connection_id(plain) == plain_id


# ---- Node's ws ----

WS = """
const WebSocket = require('ws')
const ws = new WebSocket(process.argv[1], {perMessageDeflate: {threshold: 0}})
let left = 200
ws.on('open', () => ws.send('{"action":"getConnectionId"}'))
ws.on('message', data => {
  const {connectionId: id, error} = JSON.parse(data)
  if (error) process.exit(3)
  if (id) {
    for (let i = 0; i < left; i++)
      ws.send(JSON.stringify({action: 'sendDirect', connectionId: id, operationType: 'x',
                              message: 'z'.repeat(i * 50)}))
  } else if (--left === 0) {
    console.log(ws.extensions)
    ws.close(1000)
  }
})
ws.on('close', code => process.exit(code === 1000 ? 0 : 1))
ws.on('error', error => { console.error(error); process.exit(2) })
"""


@pytest.mark.skipif(not shutil.which("node"), reason="no node here")
@pytest.mark.parametrize("options", [(), ("--deflate-bytes-min", "1")])
def test_node_ws(start_gatehouse, options):
    server = start_gatehouse(*options)
    paths = os.environ.get("NODE_PATH", "/usr/share/nodejs:/usr/lib/nodejs")
    result = subprocess.run(["node", "-e", WS, server.url], capture_output=True, text=True,
                            timeout=20, env={**os.environ, "NODE_PATH": paths}, check=False)
    if "Cannot find module 'ws'" in result.stderr:
        pytest.skip("no ws for node here")
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == "permessage-deflate"


# ---- Byte by byte ----


@pytest.fixture
def raw(gatehouse, tls):
    with RawWebSocket(gatehouse, fields=[BROWSER], tls=tls) as client:
        yield client


def test_what_a_browser_offers(gatehouse):
    with Wire(gatehouse.port) as wire:
        wire.send(request(gatehouse.port, "GET", "/production", fields=[*UPGRADE, BROWSER]))
        answer = wire.response(has_body=False)
        assert answer.status == 101 and answer.fields["sec-websocket-accept"] == ACCEPT
        assert answer.fields["sec-websocket-extensions"] == PLAIN_ANSWER


@pytest.mark.parametrize("offer", [
    "permessage-deflate; server_max_window_bits=7", "permessage-deflate; unknown",
    "permessage-deflate; server_no_context_takeover=1", "x-webkit-deflate-frame", "a, b; c=d",
])
def test_offers_that_are_declined(gatehouse, offer):
    with Wire(gatehouse.port) as wire:
        fields = [*UPGRADE, "Sec-WebSocket-Extensions: " + offer]
        wire.send(request(gatehouse.port, "GET", "/production", fields=fields)
                  + frame(TEXT, deflated(ASK), reserved=FIRST_BIT))
        answer = wire.response(has_body=False)
        assert answer.status == 101
        assert "sec-websocket-extensions" not in answer.fields
        assert wire.read(4)[2:] == b"\x03\xea"  # 1002: nobody agreed on that bit


def test_offers_that_are_no_list_are_400(gatehouse):
    with Wire(gatehouse.port) as wire:
        fields = [*UPGRADE, "Sec-WebSocket-Extensions: permessage-deflate; ;"]
        wire.send(request(gatehouse.port, "GET", "/production", fields=fields))
        assert wire.response().status == 400


def test_compressed_and_plain_messages_in_turn(raw):
    raw.send(frame(TEXT, deflated(ASK), reserved=FIRST_BIT) + frame(TEXT, ASK)
             + frame(TEXT, deflated(ASK, 0), reserved=FIRST_BIT))
    assert len({raw.read_text() for _ in range(3)}) == 1


def test_fragments_of_a_compressed_message(raw):
    data = deflated(ASK)
    raw.send(frame(TEXT, data[:1], fin=False, reserved=FIRST_BIT) + frame(PING, b"")
             + b"".join(frame(0, data[at:at + 1], fin=False) for at in range(1, len(data)))
             + frame(0))
    assert raw.read_frame()[0] == 10
    assert re.fullmatch(ID, json.loads(raw.read_text())["connectionId"])


def test_the_message_limit_counts_inflated_bytes(raw):
    head = b'{"action":"getConnectionId","padding":"'
    whole = head + b"x" * (131072 - len(head) - 2) + b'"}'
    raw.send(frame(TEXT, deflated(whole), reserved=FIRST_BIT))
    assert json.loads(raw.read_text())["connectionId"]
    raw.send(frame(TEXT, deflated(whole + b" "), reserved=FIRST_BIT))
    assert raw.read_close()[0] == 1009


WRONG = {
    "reserved bit on a continuation": (1002, frame(TEXT, deflated(ASK)[:4], fin=False, reserved=4)
                                       + frame(0, deflated(ASK)[4:], reserved=4)),
    "reserved bit on a ping": (1002, frame(PING, b"", reserved=4)),
    "reserved bit on a close": (1002, frame(CLOSE, b"\x03\xe8", reserved=4)),
    "second reserved bit": (1002, frame(TEXT, deflated(ASK), reserved=2)),
    "third reserved bit": (1002, frame(TEXT, deflated(ASK), reserved=5)),
    "no DEFLATE data": (1007, frame(TEXT, ASK, reserved=4)),
    "cut amid a block": (1007, frame(TEXT, deflated(ASK)[:-4], reserved=4)),
    "not UTF-8": (1007, frame(TEXT, deflated(b"\xff" * 40), reserved=4)),
    "binary": (1003, frame(BINARY_DATA, deflated(ASK), reserved=4)),
    "bomb": (1009, frame(TEXT, deflated(b"x" * 30_000_000), reserved=4)),
    "frame too long": (1009, frame(TEXT, b"x" * 32769, reserved=4)),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_closes_a_connection(raw, name):
    code, data = WRONG[name]
    raw.send(data)
    assert raw.read_close()[0] == code
