"""Beyond AWS: the broadcast call, and DELETE with code and reason (design §7.12,
docs/aws/websocket-api.md §8.4)."""

import json
import os
import pathlib
from urllib.parse import quote

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from harness import ask, closed, connection_id, open_socket, receive

BROADCAST = "/production/@connections"


def owners_key(server):
    folder = pathlib.Path(os.environ["XDG_RUNTIME_DIR"]) / "gatehouse" / str(server.port)
    key = json.loads((folder / "credentials.json").read_text())
    return Credentials(key["accessKeyId"], key["secretAccessKey"])


def ask_signed(server, method, target, body=b"", key=None):
    """A request signed as an SDK does; key: the owner's unless given."""
    host = f"localhost:{server.port}"
    signed = AWSRequest(method, f"http://{host}{target}", data=body, headers={"Host": host})
    SigV4Auth(key or owners_key(server), "execute-api", "us-east-1").add_auth(signed)
    fields = [f"{name}: {value}" for name, value in signed.headers.items() if name != "Host"]
    return ask(server.port, method, target, body, fields=fields)


def excluding(*ids):
    return BROADCAST + "?" + "&".join("exclude=" + quote(one, safe="") for one in ids)


@pytest.mark.parametrize("send", [ask_signed, lambda server, *rest: ask(server.port, *rest)],
                         ids=["signed", "plain"])
async def test_everybody_but_the_excluded(gatehouse, send):
    async with open_socket(gatehouse) as ann, open_socket(gatehouse) as bob, \
            open_socket(gatehouse) as eve:
        answer = send(gatehouse, "POST", BROADCAST, "Grüße".encode())
        assert answer.status == 200
        assert answer.fields["content-type"] == "application/json"
        assert answer.body == b'{"posted":3,"failed":0}'
        left_out = [await connection_id_after(socket, "Grüße") for socket in (bob, eve)]
        answer = send(gatehouse, "POST", excluding(*left_out), b"ann only")
        assert answer.json() == {"posted": 1, "failed": 0}
        assert [await receive(ann), await receive(ann)] == ["Grüße", "ann only"]
        assert await connection_id(eve) == left_out[1], "and nothing before it"


async def connection_id_after(socket, message):
    assert await receive(socket) == message
    return await connection_id(socket)


async def test_refusals_of_a_broadcast_are_those_of_a_post(gatehouse):
    async with open_socket(gatehouse) as ann:
        wrong = Credentials(owners_key(gatehouse).access_key, "not the secret")
        for answer, status, kind in [
                (ask(gatehouse.port, "POST", BROADCAST, b"x" * 131073), 413,
                 "PayloadTooLargeException"),
                (ask(gatehouse.port, "POST", excluding("nobody"), b"x"), 400,
                 "BadRequestException"),
                (ask(gatehouse.port, "POST", "/none/@connections", b"x"), 403,
                 "ForbiddenException"),
                (ask(gatehouse.port, "GET", BROADCAST), 403, "ForbiddenException"),
                (ask_signed(gatehouse, "POST", BROADCAST, b"x", wrong), 403,
                 "InvalidSignatureException")]:
            assert answer.status == status, answer.body
            assert answer.fields["x-amzn-errortype"].startswith(kind)
            assert answer.json()["message"] or answer.json()["Message"]
        its_id = await connection_id(ann)  # and no message came before it
        assert ask(gatehouse.port, "POST", excluding(its_id), b"").json()["posted"] == 0


@pytest.mark.parametrize("query, expected", [
    ("", (1000, "Connection Closed Normally")), ("?code=4001", (4001, "")),
    ("?code=3000&reason=come%20back%20later", (3000, "come back later")),
    ("?reason=caf%C3%A9", (1000, "café"))])
async def test_delete_tells_code_and_reason(gatehouse, query, expected):
    async with open_socket(gatehouse) as ann:
        target = f"{BROADCAST}/{quote(await connection_id(ann), safe='')}{query}"
        assert ask_signed(gatehouse, "DELETE", target).status == 204
        assert await closed(ann) == expected


@pytest.mark.parametrize("query, sentence", [
    ("code=1006", "code must be 1000 to 1003, 1007 to 1014 or 3000 to 4999"),
    ("code=soon", "code must be 1000 to 1003, 1007 to 1014 or 3000 to 4999"),
    ("code=4000&code=4001", "code is given twice"),
    ("reason=" + "x" * 124, "reason has 124 bytes; a close frame has room for 123"),
    ("reason=%FF", "reason is not UTF-8 text")])
async def test_wrong_codes_and_reasons_close_nothing(gatehouse, query, sentence):
    async with open_socket(gatehouse) as ann:
        its_id = await connection_id(ann)
        answer = ask(gatehouse.port, "DELETE", f"{BROADCAST}/{its_id}?{query}")
        assert (answer.status, answer.json()) == (400, {"message": sentence})
        assert answer.fields["x-amzn-errortype"] == "BadRequestException"
        assert await connection_id(ann) == its_id
