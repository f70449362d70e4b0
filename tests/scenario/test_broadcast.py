"""sendMessage reaches everybody, the sender included (issue 2, point 7)."""

import asyncio
import json

import pytest
from harness import RawWebSocket, connection_id, management, open_socket, receive


def message(user, text):
    return json.dumps({"type": "message", "payload": {"user": user, "message": text}},
                      separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize("action", ["sendMessage", "sendmessage"])
async def test_everybody_gets_it(gatehouse, action):
    async with open_socket(gatehouse, "?username=ann") as ann, \
            open_socket(gatehouse, "?username=bob") as bob, open_socket(gatehouse) as third:
        await ann.send('{"action":"%s","message":"hi"}' % action)
        for client in (ann, bob, third):
            assert await receive(client) == \
                '{"type":"message","payload":{"user":"ann","message":"hi"}}'


@pytest.mark.parametrize("query, member, user", [
    ("?username=ann", "", "ann"),
    ("?username=ann", ',"user":"eve"', "ann"),
    ("", ',"user":"eve"', "eve"),
    ("?username=", ',"user":"eve"', "eve"),
    ("", "", "anonymous"),
    ("?username=J%C3%B6rg+K%2B", "", "Jörg K+"),
    ("?room=1&username=%F0%9F%98%80", "", "😀"),
    ("?username=%22%5C", "", '"\\'),
])
async def test_user(gatehouse, query, member, user):
    async with open_socket(gatehouse, query) as client:
        await client.send('{"action":"sendMessage","message":"hi"%s}' % member)
        assert await receive(client) == message(user, "hi")


async def test_text_arrives_as_it_was(gatehouse):
    text = 'Grüße 😀 "quoted" \\ back\nnew\tline \x00 \u2028 </script>'
    async with open_socket(gatehouse) as ann, open_socket(gatehouse) as bob:
        await ann.send(json.dumps({"action": "sendMessage", "message": text}))
        for client in (ann, bob):
            assert json.loads(await receive(client))["payload"]["message"] == text


async def test_messages_keep_their_order(gatehouse):
    async with open_socket(gatehouse, "?username=ann") as ann, open_socket(gatehouse) as bob:
        for number in range(100):
            await ann.send('{"action":"sendMessage","message":"%d"}' % number)
        for client in (ann, bob):
            for number in range(100):
                assert await receive(client) == message("ann", str(number))


async def test_who_left_is_no_hindrance(gatehouse):
    async with open_socket(gatehouse, "?username=ann") as ann:
        async with open_socket(gatehouse):
            pass
        RawWebSocket(gatehouse).reset()
        await ann.send('{"action":"sendMessage","message":"still here"}')
        assert await receive(ann) == message("ann", "still here")


async def test_many_clients(gatehouse):
    sockets = await asyncio.gather(*(open_socket(gatehouse) for _ in range(100)))
    await sockets[0].send('{"action":"sendMessage","message":"to all"}')
    for client in sockets:
        assert await receive(client) == message("anonymous", "to all")
    await asyncio.gather(*(client.close() for client in sockets))


@pytest.mark.parametrize("members", [
    "", ',"message":5', ',"message":null', ',"message":{"text":"hi"}', ',"Message":"hi"',
])
async def test_without_a_text_the_sender_hears_why(gatehouse, members):
    async with open_socket(gatehouse) as ann:
        await ann.send('{"action":"sendMessage"%s}' % members)
        answer = json.loads(await receive(ann))
        assert answer["action"] == "sendMessage"
        assert isinstance(answer["error"], str) and answer["error"]


async def test_posts_from_outside_and_broadcasts_mix(gatehouse):
    async with open_socket(gatehouse, "?username=ann") as ann:
        own_id = await connection_id(ann)
        management(gatehouse).post_to_connection(ConnectionId=own_id, Data=b"from outside")
        assert await receive(ann) == "from outside"
        await ann.send('{"action":"sendMessage","message":"hi"}')
        assert await receive(ann) == message("ann", "hi")
