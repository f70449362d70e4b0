"""HTTP/1.1 on the one port, byte by byte (design §6 auth, §7.14, §7.15)."""

import shutil
import subprocess

import pytest
from harness import RawWebSocket, Wire, ask, request

CURL = shutil.which("curl")


@pytest.fixture
def client(gatehouse):
    """A connection to post to; client.path is its @connections URL."""
    with RawWebSocket(gatehouse) as raw:
        raw.path = f"/production/@connections/{raw.connection_id()}"
        yield raw


@pytest.fixture
def wire(gatehouse, tls):
    with Wire(gatehouse.port, tls=tls) as wire:
        yield wire


def lines(*text):
    return "\r\n".join(text).encode()


def is_untouched(client):
    """Nothing was posted before the answer to this."""
    return client.path.endswith(client.connection_id())


# ---- Requests in a row ----


def test_keep_alive(gatehouse, client, wire):
    for number in range(20):
        wire.send(request(gatehouse.port, "POST", client.path, b"%d" % number))
        answer = wire.response()
        assert answer.status == 200 and answer.body == b""
        assert answer.fields.get("connection", "").lower() != "close"
        assert client.read_text() == str(number)


def test_connection_close(gatehouse, client, wire):
    wire.send(request(gatehouse.port, "GET", client.path, fields=["Connection: close"]))
    answer = wire.response()
    assert answer.status == 200 and answer.fields["connection"] == "close"
    assert wire.is_at_end()


def test_http_1_0_closes_unless_asked_to_stay(gatehouse, client, wire):
    old = request(gatehouse.port, "GET", client.path).replace(b"HTTP/1.1", b"HTTP/1.0")
    wire.send(old.replace(b"\r\n\r\n", b"\r\nConnection: keep-alive\r\n\r\n"))
    answer = wire.response()
    assert answer.status == 200 and answer.fields["connection"] == "keep-alive"
    wire.send(old)
    assert wire.response().status == 200
    assert wire.is_at_end()


def test_pipelining(gatehouse, client, wire):
    wire.send(b"".join(request(gatehouse.port, "POST", client.path, b"%d" % n) for n in range(50))
              + request(gatehouse.port, "GET", client.path)
              + request(gatehouse.port, "GET", "/production")
              + request(gatehouse.port, "DELETE", client.path)
              + request(gatehouse.port, "GET", client.path))
    answers = [wire.response().status for _ in range(54)]
    assert answers == [200] * 50 + [200, 426, 204, 410]
    assert [client.read_text() for _ in range(50)] == [str(n) for n in range(50)]
    assert client.read_close()[0] == 1000


def test_answers_go_out_after_the_client_has_said_all(gatehouse, client):
    with Wire(gatehouse.port) as wire:
        wire.send(request(gatehouse.port, "POST", client.path, b"last words"))
        wire.socket.shutdown(1)
        assert wire.response().status == 200
        assert client.read_text() == "last words"
        assert wire.is_at_end()


def test_one_byte_at_a_time(gatehouse, client, wire):
    for byte in request(gatehouse.port, "POST", client.path, b"slowly"):
        wire.send(bytes([byte]))
    assert wire.response().status == 200
    assert client.read_text() == "slowly"


# ---- Bodies ----


def chunked_post(server, client, chunks):
    head = request(server.port, "POST", client.path, fields=["Transfer-Encoding: chunked"])
    return head + chunks


def test_chunked_body(gatehouse, client, wire):
    wire.send(chunked_post(gatehouse, client,
                           b"6\r\nGr\xc3\xbc\xc3\x9f\r\n1;name=value\r\ne\r\n00a\r\n, chunked.\r\n"
                           b"0\r\nTrailer: x\r\n\r\n"))
    assert wire.response().status == 200
    assert client.read_text() == "Grüße, chunked."
    wire.send(chunked_post(gatehouse, client, b"1\r\nx\r\n0\r\n\r\n"))
    assert wire.response().status == 200
    assert client.read_text() == "x"


@pytest.mark.parametrize("chunks", [
    b"x\r\nabc\r\n0\r\n\r\n", b"-1\r\n", b"3\r\nabcd\r\n0\r\n\r\n", b"3\nabc\r\n0\r\n\r\n",
    b"0x3\r\nabc\r\n0\r\n\r\n", b"\r\n\r\n", b" 3\r\nabc\r\n0\r\n\r\n",
    b"3;a=\nabc\r\n0\r\n\r\n", b"3\r\nabc\n0\r\n\r\n", b"3\r\nabc\r\n0\r\nX : y\r\n\r\n",
    b"3\r\nabc\r\n0\r\nX: a\0b\r\n\r\n", b"+3\r\nabc\r\n0\r\n\r\n", b"3\0\r\nabc\r\n0\r\n\r\n",
])
def test_malformed_chunks_are_400(gatehouse, client, wire, chunks):
    wire.send(chunked_post(gatehouse, client, chunks))
    assert wire.response().status == 400
    assert wire.is_at_end()
    assert is_untouched(client)


@pytest.mark.parametrize("size", [b"10000001", b"FFFFFFFFFFFFFFFF", b"FFFFFFFFFFFFFFFFF"])
def test_a_chunk_beyond_all_reason_is_413_at_its_size(gatehouse, client, wire, size):
    wire.send(chunked_post(gatehouse, client, b"1\r\nx\r\n" + size + b"\r\n"))
    assert wire.response().status == 413
    assert wire.is_at_end()
    assert is_untouched(client)


@pytest.mark.parametrize("chunks", [
    b"1;" + b"x" * 17_000 + b"\r\nx\r\n0\r\n\r\n", b"1;x=y\r\nx\r\n" * 6_000,
    b"1\r\nx\r\n0\r\n" + b"X: y\r\n" * 4_000,
])
def test_endless_extensions_and_trailers_are_431(gatehouse, client, wire, chunks):
    wire.send(chunked_post(gatehouse, client, chunks))
    assert wire.response().status == 431
    assert wire.is_at_end()
    assert is_untouched(client)


@pytest.mark.parametrize("size", [131073, 1 << 20])
@pytest.mark.parametrize("chunked", [False, True])
def test_oversize_body_is_413_without_a_reset(gatehouse, client, wire, size, chunked):
    body = b"x" * size
    if chunked:
        wire.send(chunked_post(gatehouse, client, b"%x\r\n%s\r\n0\r\n\r\n" % (size, body)))
    else:
        wire.send(request(gatehouse.port, "POST", client.path, body))
    answer = wire.response()
    assert answer.status == 413
    assert answer.fields["x-amzn-errortype"] == "PayloadTooLargeException"
    assert isinstance(answer.json()["message"], str)
    assert is_untouched(client)
    wire.send(request(gatehouse.port, "POST", client.path, b"small"))
    assert wire.response().status == 200  # the same socket goes on
    assert client.read_text() == "small"


def test_an_endless_body_is_cut_off(gatehouse, client, wire):
    head = request(gatehouse.port, "POST", client.path, fields=["Content-Length: 99999999999"])
    wire.send(head)
    assert wire.response().status == 413
    assert wire.is_at_end()


def test_expect_100_continue(gatehouse, client, wire):
    head = request(gatehouse.port, "POST", client.path,
                   fields=["Expect: 100-continue", "Content-Length: 5"])
    wire.send(head)
    assert wire.response(has_body=False).status == 100
    wire.send(b"hello")
    assert wire.response().status == 200
    assert client.read_text() == "hello"


@pytest.mark.skipif(not CURL, reason="no curl here")
def test_curl_waits_for_100_continue(gatehouse, client):
    """The line that gatehouse prints when it is ready, with a body for which curl asks first."""
    result = subprocess.run(
        [CURL, "-sS", "-v", "-X", "POST", "-H", "Expect: 100-continue", "--expect100-timeout",
         "10", "-d", "x" * 100_000, f"{gatehouse.endpoint}{client.path}"],
        capture_output=True, text=True, timeout=30, check=True)
    assert "100 Continue" in result.stderr and " 200 OK" in result.stderr
    assert client.read_text() == "x" * 100_000


def test_head_has_no_body(gatehouse, client, wire):
    wire.send(request(gatehouse.port, "HEAD", "/production")
              + request(gatehouse.port, "HEAD", "/staging")
              + request(gatehouse.port, "HEAD", client.path)
              + request(gatehouse.port, "GET", client.path))
    for _ in range(3):
        assert wire.response(has_body=False).status in (403, 426)
    assert wire.response().json()["identity"]["sourceIp"] == "127.0.0.1"


def test_delete_has_no_length(gatehouse, client):
    answer = ask(gatehouse.port, "DELETE", client.path)
    assert answer.status == 204
    assert "content-length" not in answer.fields


# ---- Requests that two readers would read differently: 400, and nothing after them counts ----


SMUGGLED = {
    "another coding": ["Transfer-Encoding: gzip"],
    "another coding first": ["Transfer-Encoding: gzip, chunked"],
    "another coding last": ["Transfer-Encoding: chunked, gzip"],
    "identity": ["Transfer-Encoding: identity"],
    "chunked twice": ["Transfer-Encoding: chunked, chunked"],
    "two codings": ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
    "quoted": ['Transfer-Encoding: "chunked"'],
    "parameter": ["Transfer-Encoding: chunked;x=y"],
    "other blank": ["Transfer-Encoding: \x0bchunked"],
    "coding and length": ["Transfer-Encoding: chunked", "Content-Length: 5"],
    "length and coding": ["Content-Length: 5", "Transfer-Encoding: chunked"],
    "two lengths": ["Content-Length: 5", "Content-Length: 6"],
    "two equal lengths": ["Content-Length: 5", "Content-Length: 5"],
    "list of lengths": ["Content-Length: 5, 5"],
    "signed length": ["Content-Length: +5"],
    "negative length": ["Content-Length: -5"],
    "hexadecimal length": ["Content-Length: 0x5"],
    "empty length": ["Content-Length:"],
    "length that overflows": ["Content-Length: 18446744073709551621"],
    "folded": ["X-Folded: a", " b"],
    "folded length": ["Content-Length:", " 5"],
    "blank before the colon": ["Content-Length : 5"],
    "blank before the name": [" Content-Length: 5"],
    "two hosts": ["Host: localhost"],
    "no colon": ["nonsense"],
    "no name": [": value"],
    "NUL": ["X-Nul: a\0b"],
    "bare CR": ["X-Cr: a\rb"],
    "bare LF": ["X-Lf: a\nContent-Length: 5"],
}


@pytest.mark.parametrize("name", SMUGGLED)
def test_smuggling_is_400(gatehouse, client, wire, name):
    head = request(gatehouse.port, "POST", client.path, fields=SMUGGLED[name])
    second = request(gatehouse.port, "POST", client.path, b"smuggled")
    wire.send(head + b"0\r\n\r\n" + second)
    assert wire.response().status == 400
    assert wire.is_at_end()
    assert is_untouched(client)


def test_coding_in_http_1_0_is_400(gatehouse, client, wire):
    head = chunked_post(gatehouse, client, b"1\r\nx\r\n0\r\n\r\n")
    wire.send(head.replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert wire.response().status == 400
    assert wire.is_at_end()
    assert is_untouched(client)


@pytest.mark.parametrize("line", [
    b"", b"GET", b"GET /production", b"GET  /production HTTP/1.1", b"GET /pro duction HTTP/1.1",
    b"GET /production HTTP/1.1 ", b"GET /production http/1.1", b"G\x01T /production HTTP/1.1",
    b"GET /\x7f HTTP/1.1", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
])
def test_malformed_start_lines_are_400(wire, line):
    wire.send(b"\r\n" + line + b"\r\nHost: localhost\r\n\r\n")
    assert wire.response().status == 400
    assert wire.is_at_end()


@pytest.mark.parametrize("version", [b"HTTP/2.0", b"HTTP/3.0", b"HTTP/1.2"])
def test_other_versions_are_505(wire, version):
    wire.send(b"GET /production " + version + b"\r\nHost: localhost\r\n\r\n")
    assert wire.response().status == 505
    assert wire.is_at_end()


@pytest.mark.parametrize("fields", [
    ["X-Long: " + "x" * 16384],
    [f"X-{number}: x" for number in range(101)],
])
def test_heads_over_the_limit_are_431(gatehouse, wire, fields):
    wire.send(request(gatehouse.port, "GET", "/production", fields=fields))
    assert wire.response().status == 431
    assert wire.is_at_end()


def test_heads_up_to_the_limit_pass(gatehouse):
    fields = [f"X-{number}: x" for number in range(99)]
    assert ask(gatehouse.port, "GET", "/production", fields=fields).status == 426
    fields = ["X-Long: " + "x" * 15000]
    assert ask(gatehouse.port, "GET", "/production", fields=fields).status == 426


# ---- @connections as AWS has it, and from where it may be called ----


def test_encoded_forms_of_the_path(gatehouse, client):
    encoded = client.path.replace("=", "%3D")
    for path in (client.path, encoded, encoded.replace("@", "%40"),
                 f"/{gatehouse.api['apiId']}{client.path}", f"{client.path}?x=y"):
        assert ask(gatehouse.port, "POST", path, b"hi").status == 200
        assert client.read_text() == "hi"


@pytest.mark.parametrize("fields", [[], ["Content-Type: application/octet-stream"],
                                    ["Content-Type: text/plain; charset=latin-1"]])
def test_any_content_type(gatehouse, client, fields):
    assert ask(gatehouse.port, "POST", client.path, b"hi", fields=fields).status == 200
    assert client.read_text() == "hi"


@pytest.mark.parametrize("method, path", [
    ("POST", "/@connections/{id}"), ("POST", "/staging/@connections/{id}"),
    ("POST", "/production/connections/{id}"), ("DELETE", "/production/@connections"),
    ("POST", "/production/@connections/"), ("GET", "/production/@connections"),
    ("POST", "/production/@connections/{id}/more"), ("PUT", "/production/@connections/{id}"),
    ("PATCH", "/production/@connections/{id}"), ("OPTIONS", "/production/@connections/{id}"),
])
def test_nothing_there_is_403(gatehouse, client, method, path):
    client_id = client.path.rpartition("/")[2]
    answer = ask(gatehouse.port, method, path.format(id=client_id), b"x")
    assert answer.status == 403
    assert answer.fields["x-amzn-errortype"] == "ForbiddenException"
    assert answer.json() == {"message": "Forbidden"}
    assert is_untouched(client)


@pytest.mark.parametrize("field", [
    "Origin: http://evil.example", "Origin: null", "Origin: http://localhost",
    "Origin: http://localhost:1", "Sec-Fetch-Site: cross-site",
])
def test_foreign_pages_are_refused(gatehouse, client, field):
    for method in ("POST", "GET", "DELETE"):
        body = b"x" if method == "POST" else b""
        answer = ask(gatehouse.port, method, client.path, body, fields=[field])
        assert answer.status == 403
    assert is_untouched(client)


def test_own_pages_are_served(gatehouse, client):
    fields = [f"Origin: http://localhost:{gatehouse.port}", "Sec-Fetch-Site: same-origin"]
    assert ask(gatehouse.port, "POST", client.path, b"hi", fields=fields).status == 200
    assert client.read_text() == "hi"


def test_cors_origin_option(start_gatehouse):
    server = start_gatehouse("--cors-origin", "https://app.example")
    with RawWebSocket(server) as raw:
        path = f"/production/@connections/{raw.connection_id()}"
        allowed = ["Origin: https://app.example", "Sec-Fetch-Site: cross-site"]
        assert ask(server.port, "POST", path, b"hi", fields=allowed).status == 200
        assert raw.read_text() == "hi"
        other = ["Origin: https://other.example"]
        assert ask(server.port, "POST", path, b"hi", fields=other).status == 403


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1"])
def test_foreign_hosts_are_refused(gatehouse, client, host):
    answer = ask(gatehouse.port, "POST", client.path, b"x", host=host)
    assert answer.status == 403
    assert is_untouched(client)


def test_absolute_target(gatehouse, client):
    target = f"http://localhost:{gatehouse.port}{client.path}"
    assert ask(gatehouse.port, "POST", target, b"hi").status == 200
    assert client.read_text() == "hi"


def test_every_answer_has_a_request_id(gatehouse, client):
    ids = {ask(gatehouse.port, "GET", client.path).fields["x-amzn-requestid"] for _ in range(10)}
    assert len(ids) == 10
