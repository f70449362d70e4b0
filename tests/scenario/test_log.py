"""One log line per message (issue 2, point 9; design §7.21)."""

import json
import re

import pytest
from harness import (CHAT_ROUTES, ID, UPGRADE, RawWebSocket, ask, connection_id, management,
                     open_socket, receive)

TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def records(server):
    server.stop()
    return [json.loads(line) for line in server.log().splitlines()]


async def test_json_line_for_every_event(start_gatehouse):
    server = start_gatehouse("--log", "json", "--log-level", "debug")
    question = '{"action":"getConnectionId"}'
    async with open_socket(server) as client:
        client_id = await connection_id(client)
    lines = [line for line in records(server) if "route" in line]
    assert [line["route"] for line in lines] == ["$connect", "getConnectionId", "$disconnect"]
    functions = server.stack["functions"]
    assert [line["handler"] for line in lines] == [
        functions["ConnectHandler"], functions["GetConnectionIdHandler"],
        functions["DisconnectHandler"]]
    assert [line["bytes"] for line in lines] == [0, len(question), 0]
    for line in lines:
        assert re.fullmatch(TIME, line["time"])
        assert line["level"] == "debug"
        assert line["message"] == "in"
        assert line["ms"] >= 0
        assert line["status"] == "200"
        assert line["connection"] == client_id


async def test_json_line_for_what_goes_out(start_gatehouse):
    server = start_gatehouse("--log", "json", "--log-level", "debug")
    async with open_socket(server) as ann, open_socket(server):
        ann_id = await connection_id(ann)
        management(server).post_to_connection(ConnectionId=ann_id, Data=b"posted")
        await receive(ann)
        await ann.send('{"action":"sendMessage","message":"hi"}')
        await receive(ann)
    answer, posted, broadcast = [
        line for line in records(server) if line["message"] == "out"]
    assert (answer["bytes"], answer["connection"]) == (len('{"connectionId":""}') + 16, ann_id)
    assert (posted["bytes"], posted["connection"], posted["status"]) == (6, ann_id, "queued")
    assert (broadcast["connections"], broadcast["queued"]) == (2, 2)
    assert broadcast["bytes"] == \
        len('{"type":"message","payload":{"user":"anonymous","message":"hi"}}')


async def test_no_route_is_said_to_a_person(start_gatehouse):
    server = start_gatehouse()
    async with open_socket(server) as client:
        await client.send('{"action":"snd"}')
        await receive(client)
    log = server.log()
    keys = [route.key for route in CHAT_ROUTES if not route.key.startswith("$")]
    assert f'no route for action "snd" (routes: {", ".join(keys)}); AWS answers Forbidden' in log


@pytest.mark.parametrize("message, what", [
    ('{"type":"sendMessage"}', "the message says no action (routes: sendMessage, "),
    ("sendMessage", "the message is no JSON object (routes: sendMessage, "),
])
async def test_what_a_message_lacks_is_said(start_gatehouse, message, what):
    server = start_gatehouse()
    async with open_socket(server) as client:
        await client.send(message)
        assert "Forbidden" in await receive(client)
    server.wait_for_log(what)


def test_a_wrong_stage_is_said_with_those_there_are(start_gatehouse):
    server = start_gatehouse()
    assert ask(server.port, "GET", "/productoin", fields=UPGRADE).status == 403
    server.wait_for_log("no stage at /productoin (there are: /production)")


async def test_messages_are_not_logged_unless_asked_for(start_gatehouse):
    server = start_gatehouse("--log", "json")  # stderr is no terminal: level info
    async with open_socket(server) as client:
        await connection_id(client)
    assert [line for line in records(server) if "route" in line] == []


def test_nothing_a_client_sends_drives_the_terminal(start_gatehouse):
    for options in (["--log", "text"], ["--log", "json"]):
        server = start_gatehouse("--log-level", "debug", *options)
        nasty = "\\u001b[2J\\u202e\\u0000\\u0085\\n2026-01-01 forged line"
        with RawWebSocket(server) as client:
            client.send_text('{"action":"%s"}' % nasty)
            assert '"Forbidden"' in client.read_text()
        server.stop()
        log = server.log_file.read_text(encoding="utf-8")
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", log)
        assert not [line for line in log.splitlines() if line.startswith("2026-01-01 forged")]
        assert re.search(ID, log)


def test_an_unsigned_request_is_noticed_once(start_gatehouse):
    server = start_gatehouse()
    for _ in range(3):
        ask(server.port, "GET", "/production/@connections/JDH-3ejISQ0CFlw=")
    server.stop()
    assert server.log().count("unsigned") == 1
