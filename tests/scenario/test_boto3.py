"""@connections through boto3 (docs/aws/websocket-api.md §8)."""

import datetime

import botocore.exceptions
import pytest
from harness import RawWebSocket, ask, connection_id, management, open_socket, receive, until

NEVER_WAS = "JDH-3ejISQ0CFlw="


def error_of(call, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**arguments)
    return caught.value


def status(answer):
    return answer["ResponseMetadata"]["HTTPStatusCode"]


async def test_post(gatehouse):
    api = management(gatehouse)
    async with open_socket(gatehouse) as client:
        client_id = await connection_id(client)
        for text in ("hi", "", '{"a": 1.50}', "Grüße 😀\0", "x" * 131072):
            answer = api.post_to_connection(ConnectionId=client_id, Data=text.encode())
            assert status(answer) == 200
            assert await receive(client) == text


async def test_post_of_bytes_that_are_no_text(gatehouse):
    api = management(gatehouse)
    async with open_socket(gatehouse) as client:
        client_id = await connection_id(client)
        for data, text in ((b"\xff", "\ufffd"), (b"a\x80\x81b", "a\ufffd\ufffdb"),
                           (b"\xe2\x82", "\ufffd"), (b"\xed\xa0\x80", "\ufffd" * 3),
                           (b"\xf0\x9f\x98\x80\xf0\x9f", "\U0001f600\ufffd")):
            assert status(api.post_to_connection(ConnectionId=client_id, Data=data)) == 200
            assert await receive(client) == text


async def test_get(gatehouse):
    api = management(gatehouse)
    before = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(milliseconds=1)
    async with open_socket(gatehouse) as client:
        client_id = await connection_id(client)
        answer = api.get_connection(ConnectionId=client_id)
        assert status(answer) == 200
        assert answer["Identity"]["SourceIp"] in ("127.0.0.1", "::1")
        assert "websockets/" in answer["Identity"]["UserAgent"]
        now = datetime.datetime.now(datetime.timezone.utc)
        assert before <= answer["ConnectedAt"] <= answer["LastActiveAt"] <= now


def test_get_without_a_user_agent(gatehouse):
    with RawWebSocket(gatehouse) as client:
        answer = management(gatehouse).get_connection(ConnectionId=client.connection_id())
        assert answer["Identity"]["SourceIp"] == "127.0.0.1"
        assert answer["Identity"].get("UserAgent") is None


def test_get_on_the_wire(gatehouse):
    with RawWebSocket(gatehouse, fields=['User-Agent: a "quoted" one']) as client:
        client_id = client.connection_id()
        answer = ask(gatehouse.port, "GET", f"/production/@connections/{client_id}")
        assert answer.status == 200
        assert answer.fields["content-type"] == "application/json"
        body = answer.json()
        assert list(body) == ["connectedAt", "identity", "lastActiveAt"]
        assert body["identity"] == {"sourceIp": "127.0.0.1", "userAgent": 'a "quoted" one'}
        for time in (body["connectedAt"], body["lastActiveAt"]):
            datetime.datetime.strptime(time, "%Y-%m-%dT%H:%M:%S.%fZ")
            assert len(time) == len("2020-04-30T20:10:33.236Z")


@pytest.mark.parametrize("direction", ["in", "out"])
def test_messages_move_last_active_at(gatehouse, direction):
    api = management(gatehouse)
    with RawWebSocket(gatehouse) as client:
        client_id = client.connection_id()
        first = api.get_connection(ConnectionId=client_id)

        def has_moved():
            if direction == "in":
                client.send_text("x")
            else:
                api.post_to_connection(ConnectionId=client_id, Data=b"x")
            client.read_text()
            now = api.get_connection(ConnectionId=client_id)
            assert now["ConnectedAt"] == first["ConnectedAt"]
            return now["LastActiveAt"] > first["LastActiveAt"]
        until(has_moved, "lastActiveAt to move")


async def test_delete(gatehouse):
    api = management(gatehouse)
    async with open_socket(gatehouse) as client:
        client_id = await connection_id(client)
        assert status(api.delete_connection(ConnectionId=client_id)) == 204
        with pytest.raises(api.exceptions.GoneException):
            api.delete_connection(ConnectionId=client_id)


@pytest.mark.parametrize("operation", ["post", "get", "delete"])
async def test_gone(gatehouse, operation):
    api = management(gatehouse)
    async with open_socket(gatehouse) as client:
        closed_id = await connection_id(client)
    for gone_id in (closed_id, NEVER_WAS):
        data = {"Data": b"x"} if operation == "post" else {}
        call = {"post": api.post_to_connection, "get": api.get_connection,
                "delete": api.delete_connection}[operation]
        error = error_of(call, ConnectionId=gone_id, **data)
        assert isinstance(error, api.exceptions.GoneException)
        assert status(error.response) == 410


def test_gone_has_a_header_and_no_body(gatehouse):
    for method in ("POST", "GET", "DELETE"):
        answer = ask(gatehouse.port, method, f"/production/@connections/{NEVER_WAS}",
                     b"x" if method == "POST" else b"")
        assert answer.status == 410
        assert answer.fields["x-amzn-errortype"] == "GoneException"
        assert answer.body == b""


async def test_too_large_is_413(gatehouse):
    api = management(gatehouse)
    async with open_socket(gatehouse) as client:
        client_id = await connection_id(client)
        for size in (131073, 1 << 20):
            error = error_of(api.post_to_connection, ConnectionId=client_id, Data=b"x" * size)
            assert isinstance(error, api.exceptions.PayloadTooLargeException)
            assert status(error.response) == 413
        assert await connection_id(client) == client_id  # nothing came before it


@pytest.mark.parametrize("bad_id", [
    "nobody", "JDH-3ejISQ0CFlw", "JDH-3ejISQ0CFlw==", "JDH+3ejISQ0CFlw=", "é", " ", '"', "%3D",
    pytest.param("x" * 300, id="long")])
def test_malformed_id_is_400(gatehouse, bad_id):
    api = management(gatehouse)
    for call, data in ((api.post_to_connection, {"Data": b"x"}), (api.get_connection, {}),
                       (api.delete_connection, {})):
        error = error_of(call, ConnectionId=bad_id, **data)
        assert status(error.response) == 400
        assert error.response["Error"]["Code"] == "BadRequestException"
        assert error.response["Error"]["Message"] == f"Invalid connectionId: {bad_id}"


@pytest.mark.parametrize("stage", ["", "staging", "production/more"])
async def test_wrong_stage_is_403(gatehouse, stage):
    api = management(gatehouse, stage)
    async with open_socket(gatehouse) as client:
        client_id = await connection_id(client)
        error = error_of(api.post_to_connection, ConnectionId=client_id, Data=b"x")
        assert isinstance(error, api.exceptions.ForbiddenException)
        assert status(error.response) == 403


async def test_posts_of_one_caller_keep_their_order(gatehouse):
    api = management(gatehouse)
    async with open_socket(gatehouse) as client:
        client_id = await connection_id(client)
        for number in range(50):
            api.post_to_connection(ConnectionId=client_id, Data=str(number).encode())
        assert [await receive(client) for _ in range(50)] == [str(n) for n in range(50)]
