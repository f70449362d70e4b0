"""Spec §8, row by row: @connections."""

import json
import re

import pytest
from harness import CLOSE, RawWebSocket, Wire, ask, frame, management, request
from spec_rows import Template, events, function, mock

GONE_ID = "JDH-3ejISQ0CFlw="


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    template = Template().route("$connect", mock()).route("$disconnect", mock())
    template.route("me", mock('{"statusCode": 200}', ("$default", "$context.connectionId")),
                   two_way=True)
    running = template.start(tmp_path_factory.mktemp("connections"))
    yield running
    running.stop()


@pytest.fixture
def client(server):
    with RawWebSocket(server, fields=["User-Agent: probe/1.0"]) as one:
        one.send_text('{"action":"me"}')
        one.id = one.read_text()
        yield one


def call(server, method, id_, body=b"", stage="rows", prefix="@connections", **settings):
    path = f"/{stage}/{prefix}/{id_.replace('=', '%3D')}"
    return ask(server.port, method, path, body, **settings)


def error_type(answer):
    return answer.status, answer.fields.get("x-amzn-errortype")


def test_post__200_with_an_empty_body(server, client):
    answer = call(server, "POST", client.id, b"hi")
    assert (answer.status, answer.body) == (200, b"")
    assert client.read_text() == "hi"


def test_get__200_with_its_fields(server, client):
    answer = call(server, "GET", client.id)
    value = answer.json()
    time = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    assert answer.status == 200
    assert list(value) == ["connectedAt", "identity", "lastActiveAt"]
    assert re.fullmatch(time, value["connectedAt"]) and re.fullmatch(time, value["lastActiveAt"])
    assert value["identity"] == {"sourceIp": "127.0.0.1", "userAgent": "probe/1.0"}
    assert value["connectedAt"] <= value["lastActiveAt"]


def test_get__user_agent_null_when_the_client_sent_none(server):
    with RawWebSocket(server) as one:
        one.send_text('{"action":"me"}')
        assert call(server, "GET", one.read_text()).json()["identity"]["userAgent"] is None


def test_delete__204_and_twice_410(server, client):
    answer = call(server, "DELETE", client.id)
    assert (answer.status, answer.body) == (204, b"")
    assert client.read_close() == (1000, "Connection Closed Normally")
    assert error_type(call(server, "DELETE", client.id)) == (410, "GoneException")


@pytest.mark.parametrize("prefix", ["@connections", "%40connections"])
def test_wire_path__raw_or_encoded_at(server, client, prefix):
    assert call(server, "POST", client.id, b"x", prefix=prefix).status == 200


@pytest.mark.parametrize("field", ["Content-Type: application/octet-stream", "X-No: type"])
def test_post__any_content_type(server, client, field):
    assert call(server, "POST", client.id, b"x", fields=[field]).status == 200


@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
def test_well_formed_id_that_never_existed__410_with_empty_body(server, method):
    answer = call(server, method, GONE_ID)
    assert error_type(answer) == (410, "GoneException")
    assert answer.body == b""


@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
def test_closed_connection__410(server, method):
    with RawWebSocket(server) as one:
        one.send_text('{"action":"me"}')
        id_ = one.read_text()
        call(server, "DELETE", id_)
    assert error_type(call(server, method, id_)) == (410, "GoneException")


@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
@pytest.mark.parametrize("id_", ["nobody", "JDH-3ejISQ0CFlw", "JDH-3ejISQ0CFlwx", "a" * 200])
def test_id_not_of_the_right_form__400(server, method, id_):
    answer = call(server, method, id_)
    assert error_type(answer) == (400, "BadRequestException")
    assert answer.json() == {"message": f"Invalid connectionId: {id_}"}


def test_id_of_another_api__410(server, gatehouse):
    with RawWebSocket(gatehouse) as other:
        assert error_type(call(server, "POST", other.connection_id())) == (410, "GoneException")


@pytest.mark.parametrize("stage", ["wrong", "Rows"])
def test_stage_wrong__403(server, client, stage):
    answer = call(server, "POST", client.id, b"x", stage=stage)
    assert error_type(answer) == (403, "ForbiddenException")
    assert answer.json() == {"message": "Forbidden"}


def test_stage_missing__403(server, client):
    answer = ask(server.port, "POST", f"/@connections/{client.id}", b"x")
    assert error_type(answer) == (403, "ForbiddenException")
    assert answer.json() == {"message": "Forbidden"}


@pytest.mark.parametrize("target, method", [
    ("/rows/@connections", "GET"), ("/rows/@connections/", "POST"),
    (f"/rows/@connections/{GONE_ID}/more", "POST"), (f"/rows/@connections/{GONE_ID}", "PUT")])
def test_other_paths_and_methods__403(server, target, method):
    assert ask(server.port, method, target).status == 403


def test_payload_over_128_kb__413(server, client):
    assert call(server, "POST", client.id, b"x" * 131072).status == 200
    assert len(client.read_text()) == 131072
    answer = call(server, "POST", client.id, b"x" * 131073)
    assert error_type(answer) == (413, "PayloadTooLargeException")
    assert "message" in answer.json()


def test_payload_over_128_kb__in_the_sdk(server, client):
    api = management(server)
    with pytest.raises(api.exceptions.PayloadTooLargeException):
        api.post_to_connection(ConnectionId=client.id, Data=b"x" * 131073)


def test_post_over_32_kb_is_cut_into_frames(server, client):
    call(server, "POST", client.id, b"y" * 70000)
    sizes = []
    while not sizes or not fin:
        _, part, fin = client.read_frame()
        sizes.append(len(part))
    assert sizes == [32768, 32768, 4464]


def test_post_that_is_no_utf8__200_and_replaced(server, client):
    assert call(server, "POST", client.id, b"\xff").status == 200
    assert client.read_text() == "\ufffd"


def test_client_reads_too_slowly__429_with_empty_body(server, client):
    with Wire(server.port) as wire:
        for _ in range(400):  # the kernel's buffers, then 1 MiB of ours
            wire.send(request(server.port, "POST", f"/rows/@connections/{client.id}",
                              b"z" * 131072))
            answer = wire.response()
            if answer.status != 200:
                break
    assert error_type(answer) == (429, "LimitExceededException")
    assert answer.body == b""


def test_too_fast__429_with_empty_body(tmp_path):
    server = Template().route("x").start(tmp_path, "--requests-per-second", "0.001")
    assert call(server, "GET", GONE_ID).status == 410
    for method in ("POST", "GET", "DELETE"):
        answer = call(server, method, GONE_ID)
        assert error_type(answer) == (429, "LimitExceededException")
        assert answer.body == b""
    server.stop()


# ---- by handlers: in Python with boto3, in C++ with Connections


@pytest.fixture(scope="module")
def served(tmp_path_factory, handler):
    """Every route but `me` is the handler; `tell` is not two-way."""
    template = Template().use_function(handler)
    for key in ("$connect", "$disconnect", "tell"):
        template.route(key, function(TimeoutInMillis=29000))
    template.route("me", mock('{"statusCode": 200}', ("$default", "$context.connectionId")),
                   two_way=True)
    running = template.start(tmp_path_factory.mktemp("handlers"))
    yield running
    running.stop()


class Notes:
    """What the handler notes from now on."""

    def __init__(self, server):
        self.server = server
        self.before = len(server.events.read_text().splitlines()) if server.events.exists() else 0

    def take(self, count):
        return events(self.server, self.before + count)[self.before:]


def tell(client, **asked):
    client.send_text(json.dumps({"action": "tell", "answer": {}, **asked}))


def test_from_its_own_connect__410_for_every_verb(served):
    """§8.3: the handler asks before it returns."""
    notes = Notes(served)
    with RawWebSocket(served, "?do=oneself"):
        assert notes.take(1) == [["GoneException"] * 3]
    notes.take(2)  # $disconnect


def test_to_oneself_from_the_first_message_on(served):
    """§8.3: before the handler returns; §8.4: and its DELETE closes."""
    notes = Notes(served)
    with RawWebSocket(served) as one:
        tell(one, do="oneself")
        assert one.read_text() == "to myself"
        assert one.read_close() == (1000, "Connection Closed Normally")
    said = notes.take(2)
    assert ["fine"] * 3 in said
    gone = said[1 - said.index(["fine"] * 3)]
    assert (gone["disconnectStatusCode"], gone["disconnectReason"]) == \
        (1000, "Connection Closed Normally")


def test_from_its_own_disconnect__410_for_every_verb(served):
    """§8.3: the connection is closed already."""
    notes = Notes(served)
    with RawWebSocket(served) as one:
        one.send(frame(CLOSE, b"\x0f\xa0oneself"))
        assert one.read_close()[0] == 4000
        assert notes.take(2)[1] == ["GoneException"] * 3


@pytest.mark.parametrize("row, to, size, said", [
    ("well-formed id that never existed", GONE_ID, 1, "GoneException"),
    ("id not of the right form", "nobody", 1, "BadRequestException"),
    ("128 KB", None, 131072, "fine"),
    ("payload over 128 KB", None, 131073, "PayloadTooLargeException"),
])
def test_post(served, row, to, size, said):
    notes = Notes(served)
    with RawWebSocket(served) as one:
        one.send_text('{"action":"me"}')
        own = one.read_text()
        tell(one, do="post", to=to or own, size=size)
        if said == "fine":
            assert one.read_text() == "x" * size
        assert notes.take(1) == [[said]], row
    notes.take(2)  # $disconnect


def test_post_to_a_connection_that_has_gone__410(served):
    notes = Notes(served)
    with RawWebSocket(served) as one:
        with RawWebSocket(served) as other:
            other.send_text('{"action":"me"}')
            gone = other.read_text()
        notes.take(1)  # $disconnect
        tell(one, do="post", to=gone)
        assert notes.take(2)[1] == ["GoneException"]
    notes.take(3)


def test_post_to_a_client_that_reads_too_slowly__429(served):
    """The kernel's buffers, then 1 MiB of ours."""
    notes = Notes(served)
    with RawWebSocket(served) as one:
        tell(one, do="flood")
        assert notes.take(1) == [["LimitExceededException"]]
    notes.take(2)
