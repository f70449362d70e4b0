"""The upgrade, byte by byte (docs/aws/websocket-api.md §1.1–1.3, design §7.10,
§7.11, §7.15)."""

import re

import pytest
from harness import ACCEPT, ID, KEY, TEXT, UPGRADE, RawWebSocket, Wire, ask, frame, request

ASK = frame(TEXT, b'{"action":"getConnectionId"}')


def upgrade(server, target="/production", *, fields=UPGRADE, host=None, tls=False):
    return ask(server.port, "GET", target, fields=fields, host=host, tls=tls)


def without(name):
    return [field for field in UPGRADE if not field.startswith(name + ":")]


def test_the_answer(gatehouse):
    answer = upgrade(gatehouse)
    assert (answer.version, answer.status, answer.reason) == \
        ("HTTP/1.1", 101, "Switching Protocols")
    assert answer.fields["connection"] == "upgrade"
    assert answer.fields["upgrade"] == "websocket"
    assert answer.fields["sec-websocket-accept"] == ACCEPT
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", answer.fields["date"])
    assert set(answer.fields) == {"connection", "upgrade", "sec-websocket-accept", "date"}


@pytest.mark.parametrize("target", [
    "/production", "/production/", "/production?username=ann", "/production/?username=ann",
    "/production?", "/production?a=1&a=2&%00=%ff&=&&b",
])
def test_paths_of_the_stage(gatehouse, target):
    assert upgrade(gatehouse, target).status == 101


def test_api_id_in_path_or_host(gatehouse):
    api_id = gatehouse.api["apiId"]
    assert upgrade(gatehouse, f"/{api_id}/production").status == 101
    aws = "execute-api.us-east-1.amazonaws.com"
    assert upgrade(gatehouse, host=f"{api_id}.{aws}").status == 101
    assert upgrade(gatehouse, host=f"aaaaaaaaaa.{aws}").status == 403


@pytest.mark.parametrize("target", [
    "/", "/staging", "/Production", "/productio", "/productions", "/production/more",
    "/production//", "/production/more/", "//production", "/aaaaaaaaaa/production",
    "/_gatehouse", "/2015-03-31",
])
def test_no_such_place_is_403(gatehouse, target):
    answer = upgrade(gatehouse, target)
    assert answer.status == 403
    assert answer.fields["content-type"] == "application/json"
    assert answer.json()["message"] == "Forbidden"


@pytest.mark.parametrize("fields", [
    ["connection: upgrade", "UPGRADE: WebSocket", "sec-websocket-VERSION:13",
     f"sec-websocket-key:   {KEY}  "],
    ["Connection: keep-alive, Upgrade", *without("Connection")],
    ["Connection: keep-alive", *UPGRADE],
    ["Origin: http://elsewhere.example", *UPGRADE],
    ["Origin: null", "Sec-Fetch-Site: cross-site", *UPGRADE],
    ["Cookie: a=b", "Cookie: c=d", "X-Empty:", *UPGRADE],
    ["Content-Length: 0", *UPGRADE],
])
def test_forms_of_the_request(gatehouse, fields):
    assert upgrade(gatehouse, fields=fields).status == 101


def test_no_subprotocol_and_no_extension_of_our_own_choice(gatehouse):
    answer = upgrade(gatehouse, fields=["Sec-WebSocket-Protocol: a, b", *UPGRADE])
    assert answer.status == 101
    assert "sec-websocket-protocol" not in answer.fields
    answer = upgrade(gatehouse, fields=["Sec-WebSocket-Extensions: x-unheard-of", *UPGRADE])
    assert answer.status == 101
    assert "sec-websocket-extensions" not in answer.fields


@pytest.mark.parametrize("fields", [[], ["Connection: Upgrade"], without("Connection"),
                                    ["Connection: Upgrade", "Upgrade: h2c"]])
def test_plain_get_is_426(gatehouse, fields):
    answer = upgrade(gatehouse, fields=fields)
    assert answer.status == 426
    assert answer.fields["upgrade"] == "websocket"


@pytest.mark.parametrize("version", ["12", "8", "0", "14", "013"])
def test_another_version_is_426_and_says_which(gatehouse, version, tls):
    fields = [f"Sec-WebSocket-Version: {version}", *without("Sec-WebSocket-Version")]
    answer = upgrade(gatehouse, fields=fields, tls=tls)
    assert answer.status == 426
    assert answer.fields["sec-websocket-version"] == "13"


@pytest.mark.parametrize("fields", [
    without("Sec-WebSocket-Key"),
    without("Sec-WebSocket-Version"),
    ["Sec-WebSocket-Key:", *without("Sec-WebSocket-Key")],
    ["Sec-WebSocket-Key: c2hvcnQ=", *without("Sec-WebSocket-Key")],
    ["Sec-WebSocket-Key: not/base64!", *without("Sec-WebSocket-Key")],
    [f"Sec-WebSocket-Key: {KEY}", *UPGRADE],
    [f"Sec-WebSocket-Key: {KEY[:-2]}", *without("Sec-WebSocket-Key")],
    [f"Sec-WebSocket-Key: {KEY}AAAA", *without("Sec-WebSocket-Key")],
    ["Sec-WebSocket-Version: 13", *UPGRADE],
    ["Content-Length: 5", *UPGRADE],
    ["Transfer-Encoding: chunked", *UPGRADE],
])
def test_malformed_is_400(gatehouse, fields, tls):
    with Wire(gatehouse.port, tls=tls) as wire:
        wire.send(request(gatehouse.port, "GET", "/production", fields=fields))
        if "Content-Length: 5" in fields:
            wire.send(b"hello")
        if "Transfer-Encoding: chunked" in fields:
            wire.send(b"0\r\n\r\n")
        assert wire.response().status == 400


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1", "127.9.9.9:4566",
                                  "[::1]", "[::1]:4566"])
def test_hosts_that_are_ours(gatehouse, host):
    assert upgrade(gatehouse, host=host).status == 101


@pytest.mark.parametrize("host", [
    "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example:4566",
    "127.0.0.1@evil.example", "10.0.0.1", "[2001:db8::1]", "0.0.0.0", "amazonaws.com",
    "x.execute-api.us-east-1.amazonaws.com.evil.example",
])
def test_foreign_hosts_are_403(gatehouse, host):
    assert upgrade(gatehouse, host=host).status == 403


def test_domain_option(start_gatehouse):
    server = start_gatehouse("--domain", "chat.example", "--domain", "talk.example")
    for host in ("chat.example", "Talk.Example:80"):
        assert upgrade(server, host=host).status == 101
    assert upgrade(server, host="other.example").status == 403


@pytest.mark.parametrize("lines", [
    [], ["Host: localhost", "Host: localhost"], ["Host: localhost", "Host: evil.example"],
])
def test_not_one_host_is_400(gatehouse, lines):
    with Wire(gatehouse.port) as wire:
        wire.send("\r\n".join(["GET /production HTTP/1.1", *lines, *UPGRADE, "", ""]).encode())
        assert wire.response().status == 400


def test_http_1_0_cannot_upgrade(gatehouse):
    with Wire(gatehouse.port) as wire:
        head = request(gatehouse.port, "GET", "/production", fields=UPGRADE)
        wire.send(head.replace(b"HTTP/1.1", b"HTTP/1.0"))
        assert wire.response().status in (400, 426)
        assert wire.is_at_end()


@pytest.mark.parametrize("method", ["POST", "HEAD", "PUT", "DELETE", "OPTIONS", "get"])
def test_other_methods_open_nothing(gatehouse, method, tls):
    with Wire(gatehouse.port, tls=tls) as wire:
        wire.send(request(gatehouse.port, method, "/production", fields=UPGRADE))
        assert wire.response(has_body=False).status == 426


@pytest.mark.parametrize("garbage", [
    bytes(20), b"\xff" * 1000, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\r\n" * 50,
    request(0, "GET", "/production", fields=UPGRADE),
], ids=["zeros", "ones", "request", "lines", "another upgrade"])
def test_garbage_behind_the_request_closes_what_was_opened(gatehouse, garbage, tls):
    with Wire(gatehouse.port, tls=tls) as wire:
        wire.send(request(gatehouse.port, "GET", "/production", fields=UPGRADE) + garbage)
        assert wire.response().status == 101
        assert wire.read(4)[2:] == b"\x03\xea"  # 1002


def test_frames_right_behind_the_request(gatehouse, tls):
    with Wire(gatehouse.port, tls=tls) as wire:
        wire.send(request(gatehouse.port, "GET", "/production", fields=UPGRADE) + ASK * 2)
        assert wire.response().status == 101
        first = wire.read(2 + 35)
        assert re.fullmatch(rb'\x81\x23\{"connectionId":"%s"\}' % ID.encode(), first)
        assert wire.read(2 + 35) == first


def test_one_byte_at_a_time(gatehouse):
    with Wire(gatehouse.port) as wire:
        for byte in request(gatehouse.port, "GET", "/production", fields=UPGRADE) + ASK:
            wire.send(bytes([byte]))
        assert wire.response().status == 101
        assert wire.read(2) == b"\x81\x23"


def test_upgrade_after_other_requests_on_the_socket(gatehouse):
    with Wire(gatehouse.port) as wire:
        wire.send(request(gatehouse.port, "GET", "/production")
                  + request(gatehouse.port, "GET", "/staging")
                  + request(gatehouse.port, "GET", "/production", fields=UPGRADE) + ASK)
        assert [wire.response().status for _ in range(3)] == [426, 403, 101]
        assert wire.read(2) == b"\x81\x23"


def test_both_families(gatehouse):
    for host in ("127.0.0.1", "::1"):
        with Wire(gatehouse.port, host) as wire:
            wire.send(request(gatehouse.port, "GET", "/production", fields=UPGRADE))
            assert wire.response().status == 101


def test_ids_are_unique_and_have_the_shape(gatehouse):
    ids = []
    for _ in range(50):
        with RawWebSocket(gatehouse) as client:
            ids.append(client.connection_id())
    assert len(set(ids)) == 50
    assert all(re.fullmatch(ID, one) for one in ids)


def test_stage_name(start_gatehouse):
    server = start_gatehouse("--parameter", "StageName=dev-1")
    assert server.url == f"ws://localhost:{server.port}/dev-1"
    assert server.management_url == f"http://localhost:{server.port}/dev-1"
    assert upgrade(server, "/dev-1").status == 101
    assert upgrade(server, "/production").status == 403
