"""Messages made to hurt: each gets its defined answer, the connection or at least the server goes
on, and memory stays bounded."""

import json
import re

import pytest
from harness import (CLOSE, ID, PING, TEXT, RawWebSocket, anonymous_kb, ask, frame,
                     is_sanitizer_build)

FORBIDDEN = r'\{"message": ?"Forbidden", ?"connectionId": ?"%s", ?"requestId": ?"[^"]+"\}' % ID
ANSWER = r'\{"connectionId":"%s"\}' % ID


@pytest.fixture
def raw(gatehouse, tls):
    with RawWebSocket(gatehouse, tls=tls) as client:
        yield client


def send_long(raw, data):
    parts = [data[at:at + 32768] for at in range(0, len(data), 32768)] or [b""]
    for index, part in enumerate(parts):
        raw.send(frame(0 if index else TEXT, part, fin=index + 1 == len(parts)))


DEEP = 60_000
NO_ROUTE = {
    "arrays in arrays": b"[" * DEEP,
    "closed arrays in arrays": b"[" * DEEP + b"]" * DEEP,
    "objects in objects": b'{"a":' * 20_000,
    "action deep inside": b'{"action":' + b'{"action":' * 5_000 + b'"x"' + b"}" * 5_001,
    "action of arrays": b'{"action":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "endless number": b'{"action":' + b"9" * 100_000 + b"}",
    "huge exponent": b'{"action":1e999999999999}',
    "endless string": b'{"action":"' + b"x" * 120_000 + b'"}',
    "endless name": b'{"' + b"x" * 120_000 + b'":1}',
    "half an escape": b'{"action":"\\u12',
    "lone surrogate": b'{"action":"\\ud800"}',
    "only blanks": b" " * 131_000,
    "only escapes": b'{"action":"' + b"\\n" * 60_000 + b'"}',
    "commas": b"{" + b"," * 100_000 + b"}",
    "quotes": b'"' * 100_001,
    "NULs": b"\0" * 1000,
    "empty": b"",
}


@pytest.mark.parametrize("name", NO_ROUTE)
def test_messages_that_lead_nowhere(raw, name):
    send_long(raw, NO_ROUTE[name])
    assert re.fullmatch(FORBIDDEN, raw.read_text())
    assert re.fullmatch(ID, raw.connection_id())


def test_the_last_of_many_duplicates_counts(raw):
    data = b"{" + b'"action":"none",' * 5_000 + b'"action":"getConnectionId"}'
    send_long(raw, data)
    assert re.fullmatch(ANSWER, raw.read_text())


def test_thousands_of_members(raw):
    members = ",".join(f'"m{number}":{number}' for number in range(8_000))
    send_long(raw, ('{%s,"action":"getConnectionId"}' % members).encode())
    assert re.fullmatch(ANSWER, raw.read_text())


@pytest.mark.parametrize("body", [
    b"[" * 100_000, b'{"a":' * 100_000, b'{"TableName":' + b"9" * 100_000 + b"}",
    b'{"TableName":"t","TableName":"u"', b'{"TableName":1e99999}', b"\xff\xfe", b"",
    b'{"TableName":"t","Item":' + b'{"M":{"a":' * 5_000,
])
def test_bombs_for_dynamodb_are_refused(gatehouse, body, tls):
    fields = ["X-Amz-Target: DynamoDB_20120810.PutItem", "Content-Type: application/x-amz-json-1.0"]
    answer = ask(gatehouse.port, "POST", "/", body, fields=fields, tls=tls)
    assert answer.status == 400
    assert json.loads(answer.body)["__type"]
    with RawWebSocket(gatehouse) as client:
        assert re.fullmatch(ID, client.connection_id())


def test_a_hundred_thousand_empty_fragments_are_one_message(raw, gatehouse):
    before = anonymous_kb(gatehouse.pid)
    raw.send(frame(TEXT, b'{"action":', fin=False))
    for _ in range(100):
        raw.send(frame(0, fin=False) * 1_000)
    raw.send(frame(0, b'"getConnectionId"}'))
    assert re.fullmatch(ANSWER, raw.read_text())
    if not is_sanitizer_build():
        assert anonymous_kb(gatehouse.pid) - before < 8_000


def test_pings_without_reading_the_pongs(gatehouse, tls):
    before = anonymous_kb(gatehouse.pid)
    with RawWebSocket(gatehouse, tls=tls) as raw:
        raw.socket.settimeout(2)
        pings = frame(PING, b"p" * 125) * 1_000
        try:
            for _ in range(200):
                raw.send(pings)
        except OSError:
            pass  # it stopped reading us, which is as good
        if not is_sanitizer_build():
            assert anonymous_kb(gatehouse.pid) - before < 8_000
        with RawWebSocket(gatehouse, tls=tls) as other:
            assert re.fullmatch(ID, other.connection_id())
        raw.reset()


def test_data_without_end_after_our_close_frame(raw, gatehouse):
    raw.send(frame(TEXT, b"\xff"))
    assert raw.read_close()[0] == 1007
    for _ in range(50):
        raw.send(frame(TEXT, b"x" * 30_000))
    raw.send(frame(CLOSE, b"\x03\xef"))
    assert raw.is_at_end()
    with RawWebSocket(gatehouse) as other:
        assert re.fullmatch(ID, other.connection_id())
