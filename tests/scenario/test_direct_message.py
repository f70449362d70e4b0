"""sendDirect reaches one connection, and the sender hears only of failures (issue 2, point 7)."""

import json
import re

import pytest
from harness import ID, RawWebSocket, connection_id, open_socket, receive, until


def direct(target, message='"hi"', more=""):
    return ('{"action":"sendDirect","connectionId":"%s","operationType":"signing","message":%s%s}'
            % (target, message, more))


def no_such_connection(target):
    return '{"error":"no such connection","action":"sendDirect","connectionId":"%s"}' % target


async def test_connection_id_has_the_shape_of_awss(gatehouse):
    async with open_socket(gatehouse) as ann:
        await ann.send('{"action":"getConnectionId"}')
        answer = await receive(ann)
        assert re.fullmatch(r'\{"connectionId":"%s"\}' % ID, answer)


async def test_only_the_target_gets_it(gatehouse):
    async with open_socket(gatehouse, "?username=ann") as ann, \
            open_socket(gatehouse) as bob, open_socket(gatehouse) as third:
        ann_id, bob_id = await connection_id(ann), await connection_id(bob)
        await ann.send(direct(bob_id, '{"txId":"abc123","signature":"0xdeadbeef"}'))
        assert await receive(bob) == (
            '{"operationType":"signing","from":"%s","user":"ann",'
            '"message":{"txId":"abc123","signature":"0xdeadbeef"}}' % ann_id)
        # What ann and the third get next is the answer to their own next question.
        assert await connection_id(ann) == ann_id
        assert re.fullmatch(ID, await connection_id(third))


async def test_to_oneself(gatehouse):
    async with open_socket(gatehouse, "?username=ann") as ann:
        ann_id = await connection_id(ann)
        await ann.send(direct(ann_id))
        assert await receive(ann) == (
            '{"operationType":"signing","from":"%s","user":"ann","message":"hi"}' % ann_id)


@pytest.mark.parametrize("query, member, user", [
    ("?username=ann", ',"user":"eve"', "ann"),
    ("", ',"user":"eve"', "eve"),
    ("", "", "anonymous"),
])
async def test_user(gatehouse, query, member, user):
    async with open_socket(gatehouse, query) as ann:
        ann_id = await connection_id(ann)
        await ann.send(direct(ann_id, "1", member))
        assert await receive(ann) == (
            '{"operationType":"signing","from":"%s","user":"%s","message":1}' % (ann_id, user))


@pytest.mark.parametrize("target", [
    "JDH-3ejISQ0CFlw=", "AAAAAAAAAAAAAAA=", "nobody", pytest.param("x" * 200, id="long")])
async def test_nobody_there(gatehouse, target):
    async with open_socket(gatehouse) as ann:
        await ann.send(direct(target))
        assert await receive(ann) == no_such_connection(target)


async def test_a_connection_that_closed(gatehouse):
    async with open_socket(gatehouse) as ann:
        async with open_socket(gatehouse) as bob:
            bob_id = await connection_id(bob)
        await ann.send(direct(bob_id))
        assert await receive(ann) == no_such_connection(bob_id)


async def test_a_connection_that_vanished(gatehouse):
    bob = RawWebSocket(gatehouse)
    bob_id = bob.connection_id()
    bob.reset()
    with RawWebSocket(gatehouse) as ann:
        def is_gone():
            ann.send_text(direct(bob_id))
            ann.send_text('{"action":"getConnectionId"}')
            answer = ann.read_text()
            if answer == no_such_connection(bob_id):
                ann.read_text()
                return True
            return False
        until(is_gone, "the connection to be gone")


@pytest.mark.parametrize("members", [
    "",
    ',"operationType":"signing","message":1',
    ',"connectionId":5,"operationType":"signing","message":1',
    ',"connectionId":null,"operationType":"signing","message":1',
    ',"connectionId":"JDH-3ejISQ0CFlw=","message":1',
    ',"connectionId":"JDH-3ejISQ0CFlw=","operationType":7,"message":1',
    ',"connectionId":"JDH-3ejISQ0CFlw=","operationType":"signing"',
])
async def test_missing_or_wrong_fields(gatehouse, members):
    async with open_socket(gatehouse) as ann:
        await ann.send('{"action":"sendDirect"%s}' % members)
        answer = json.loads(await receive(ann))
        assert answer["action"] == "sendDirect"
        assert isinstance(answer["error"], str) and answer["error"]
        if '"JDH' in members:
            assert answer["connectionId"] == "JDH-3ejISQ0CFlw="


async def test_too_long_for_the_target(gatehouse):
    """The sender's name makes it longer than 128 KB: the sender hears of it."""
    async with open_socket(gatehouse, "?username=" + "a" * 200) as ann:
        envelope = direct(await connection_id(ann), '""')
        text = envelope.replace('""', '"%s"' % ("x" * (131072 - len(envelope))))
        await ann.send([text[at:at + 32768] for at in range(0, len(text), 32768)])
        answer = json.loads(await receive(ann))
        assert answer["action"] == "sendDirect" and answer["error"]
