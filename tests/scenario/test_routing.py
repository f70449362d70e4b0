"""Which route a message takes, and what answers when there is none
(docs/aws/websocket-api.md §4, design §7.5)."""

import json
import re

import pytest
from harness import ID, connection_id, open_socket, receive

# Exactly this spacing (docs/aws/websocket-api.md §4.3).
FORBIDDEN = r'\{"message": "Forbidden", "connectionId":"(%s)", "requestId":"(%s)"\}' % (ID, ID)


@pytest.mark.parametrize("text", [
    '{"action":"getConnectionId"}',
    ' \t\r\n{ "action" : "getConnectionId" }\n',
    '{"other":[1,{"action":"nope"}],"action":"getConnectionId"}',
    '{"action":"nope","action":"getConnectionId"}',
    '{"\\u0061ction":"getConnection\\u0049d"}',
    '{"action":"getConnectionId","number":1e400}',
    # Liberties that AWS takes, and those that we take with it:
    '{action:"getConnectionId"}',
    '{"action":"getConnectionId", body:"hello"}',
    "{'action':'getConnectionId'}",
    "{action:'getConnectionId', \"n\":1.50}",
])
async def test_routed(gatehouse, text):
    async with open_socket(gatehouse) as client:
        await client.send(text)
        assert re.fullmatch(r'\{"connectionId":"%s"\}' % ID, await receive(client))


@pytest.mark.parametrize("text", [
    "hello",
    "",
    " ",
    '{"action":"nope"}',
    '{"action":"GETCONNECTIONID"}',
    '{"action":"getConnectionId "}',
    '{"Action":"getConnectionId"}',
    '{"request":{"action":"getConnectionId"}}',
    '{"action":{"action":"getConnectionId"}}',
    '{"action":["getConnectionId"]}',
    '{"action":"getConnectionId","action":"nope"}',
    '{"action":null}',
    '{"action":5}',
    '{"action":true}',
    '{"action":""}',
    "{}",
    '[{"action":"getConnectionId"}]',
    '"getConnectionId"',
    "7",
    "null",
    '{"action":"getConnectionId"',
    '{"action":"getConnectionId"}}',
    '{"action":"getConnectionId"} x',
    '{"action":"getConnectionId",}',
    "[" * 5000,
    '{"a":' * 5000,
])
async def test_forbidden(gatehouse, text):
    async with open_socket(gatehouse) as client:
        own_id = await connection_id(client)
        await client.send(text)
        answer = re.fullmatch(FORBIDDEN, await receive(client))
        assert answer and answer[1] == own_id and answer[2] != own_id
        assert await connection_id(client) == own_id  # it stays open


@pytest.mark.parametrize("action", ["$connect", "$disconnect", "$default"])
async def test_lifecycle_routes_are_not_for_messages(gatehouse, action):
    async with open_socket(gatehouse, "?username=ann") as client:
        await client.send(json.dumps({"action": action}))
        assert re.fullmatch(FORBIDDEN, await receive(client))
        await client.send('{"action":"sendMessage","message":"I still have a row"}')
        assert json.loads(await receive(client))["payload"]["user"] == "ann"


async def test_every_error_frame_has_a_request_id_of_its_own(gatehouse):
    async with open_socket(gatehouse) as client:
        seen = set()
        for _ in range(50):
            await client.send("x")
            seen.add(re.fullmatch(FORBIDDEN, await receive(client))[2])
        assert len(seen) == 50
