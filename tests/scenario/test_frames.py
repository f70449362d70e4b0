"""Frames and messages as RFC 6455 and the gateway's quotas have them
(docs/aws/websocket-api.md §1.5, §9)."""

import re

import pytest
from harness import (BINARY_DATA, CLOSE, ID, PING, PONG, TEXT, RawWebSocket, closed, frame,
                     management, open_socket, receive)

ASK = b'{"action":"getConnectionId"}'
ANSWER = r'\{"connectionId":"%s"\}' % ID


def padded(size):
    """A message of that many bytes that is answered with the id."""
    head = b'{"action":"getConnectionId","padding":"'
    return head + b"x" * (size - len(head) - 2) + b'"}'


def pieces(data, size=32768):
    return [data[at:at + size].decode() for at in range(0, len(data), size)]


# ---- Through websockets ----


async def test_binary_is_1003(gatehouse):
    async with open_socket(gatehouse) as client:
        await client.send(ASK)
        assert (await closed(client))[0] == 1003


async def test_a_frame_of_32_kb_passes(gatehouse):
    async with open_socket(gatehouse, compression=None) as client:
        await client.send(padded(32768).decode())
        assert re.fullmatch(ANSWER, await receive(client))


async def test_a_larger_frame_is_1009(gatehouse):
    async with open_socket(gatehouse, compression=None) as client:
        await client.send(padded(32769).decode())
        assert (await closed(client))[0] == 1009


async def test_a_message_of_128_kb_passes_in_fragments(gatehouse):
    async with open_socket(gatehouse) as client:
        await client.send(pieces(padded(131072)))
        assert re.fullmatch(ANSWER, await receive(client))


async def test_a_larger_message_is_1009(gatehouse):
    async with open_socket(gatehouse) as client:
        await client.send(pieces(padded(131073)))
        assert (await closed(client))[0] == 1009


async def test_many_small_fragments(gatehouse):
    async with open_socket(gatehouse) as client:
        await client.send(pieces(ASK, 1))
        assert re.fullmatch(ANSWER, await receive(client))


async def test_ping_is_answered(gatehouse):
    async with open_socket(gatehouse) as client:
        await (await client.ping(b"x" * 125))
        await (await client.ping(b""))


# ---- Byte by byte ----


@pytest.fixture
def raw(gatehouse, tls):
    with RawWebSocket(gatehouse, tls=tls) as client:
        yield client


def test_pong_carries_the_pings_payload(raw):
    raw.send(frame(PING, b"\x00\xff" * 62))
    assert raw.read_frame() == (PONG, b"\x00\xff" * 62, True)


def test_ping_between_fragments(raw):
    raw.send(frame(TEXT, ASK[:9], fin=False) + frame(PING, b"p") + frame(0, ASK[9:]))
    assert raw.read_frame() == (PONG, b"p", True)
    assert re.fullmatch(ANSWER, raw.read_text())


def test_unasked_pong_is_ignored(raw):
    raw.send(frame(PONG, b"unasked") + frame(TEXT, ASK))
    assert re.fullmatch(ANSWER, raw.read_text())


def test_one_byte_at_a_time(raw):
    for byte in frame(TEXT, ASK):
        raw.send(bytes([byte]))
    assert re.fullmatch(ANSWER, raw.read_text())


def test_many_frames_in_one_write(raw):
    raw.send(frame(TEXT, ASK) * 200)
    assert len({raw.read_text() for _ in range(200)}) == 1


def test_empty_fragments(raw):
    raw.send(frame(TEXT, fin=False) + frame(0, ASK, fin=False) + frame(0))
    assert re.fullmatch(ANSWER, raw.read_text())


def test_utf8_cut_between_fragments(raw):
    text = '{"action":"getConnectionId","x":"é😀"}'.encode()
    cut = text.index("😀".encode()) + 2
    raw.send(frame(TEXT, text[:cut], fin=False) + frame(0, text[cut:]))
    assert re.fullmatch(ANSWER, raw.read_text())


BAD_UTF8 = [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80"]


@pytest.mark.parametrize("text", BAD_UTF8)
def test_invalid_utf8_is_1007(raw, text):
    raw.send(frame(TEXT, b'{"action":"getConnectionId","x":"' + text + b'"}'))
    assert raw.read_close()[0] == 1007
    raw.send(frame(CLOSE, b"\x03\xef"))
    assert raw.is_at_end()


def test_invalid_utf8_in_fragments_is_1007(raw):
    raw.send(frame(TEXT, b"\xe2", fin=False) + frame(0, b"\x28"))
    assert raw.read_close()[0] == 1007


def test_a_length_over_the_limit_is_told_before_the_payload(raw):
    raw.send(b"\x81\xff" + (1 << 40).to_bytes(8, "big") + b"\0\0\0\0")
    assert raw.read_close()[0] == 1009


PROTOCOL_ERRORS = {
    "unmasked": frame(TEXT, ASK, mask=None),
    "unmasked ping": frame(PING, b"", mask=None),
    "first reserved bit": frame(TEXT, ASK, reserved=4),
    "second reserved bit": frame(TEXT, ASK, reserved=2),
    "third reserved bit": frame(TEXT, ASK, reserved=1),
    "reserved data opcode": frame(3, ASK),
    "reserved control opcode": frame(11),
    "fragmented ping": frame(PING, b"p", fin=False),
    "long ping": frame(PING, b"p" * 126),
    "continuation of nothing": frame(0, ASK),
    "text inside a message": frame(TEXT, ASK, fin=False) + frame(TEXT, ASK),
    "length not minimal": b"\x81\xfe\x00\x05\0\0\0\0hello",
    "length with its top bit": b"\x81\xff\x80" + b"\0" * 7 + b"\0\0\0\0",
    "close of one byte": frame(CLOSE, b"\x03"),
    "close with 999": frame(CLOSE, b"\x03\xe7"),
    "close with 1004": frame(CLOSE, b"\x03\xec"),
    "close with 1005": frame(CLOSE, b"\x03\xed"),
    "close with 1006": frame(CLOSE, b"\x03\xee"),
    "close with 1015": frame(CLOSE, b"\x03\xf7"),
    "close with 2999": frame(CLOSE, b"\x0b\xb7"),
    "close with 5000": frame(CLOSE, b"\x13\x88"),
}


@pytest.mark.parametrize("name", PROTOCOL_ERRORS)
def test_protocol_error_is_1002(raw, name):
    raw.send(PROTOCOL_ERRORS[name])
    assert raw.read_close()[0] == 1002


def test_close_reason_that_is_not_utf8_is_1007(raw):
    raw.send(frame(CLOSE, b"\x03\xe8\xff"))
    assert raw.read_close()[0] == 1007


def test_binary_in_fragments_is_1003(raw):
    raw.send(frame(BINARY_DATA, b"x", fin=False))
    assert raw.read_close()[0] == 1003


def test_nothing_is_read_after_the_close_frame(raw, gatehouse):
    with RawWebSocket(gatehouse) as other:
        raw.send(frame(CLOSE, b"\x03\xe8")
                 + frame(TEXT, b'{"action":"sendMessage","message":"from beyond"}'))
        assert raw.read_close()[0] == 1000
        assert raw.is_at_end()
        assert re.fullmatch(ID, other.connection_id())  # and no message before it


@pytest.mark.parametrize("size", [0, 1, 125, 126, 32767, 32768, 32769, 65535, 65536, 131072])
def test_posts_arrive_in_frames_of_at_most_32_kb(raw, gatehouse, size):
    data = b"x" * size
    raw_id = raw.connection_id()
    management(gatehouse).post_to_connection(ConnectionId=raw_id, Data=data)
    received, fin, frames = b"", False, 0
    while not fin:
        opcode, part, fin = raw.read_frame()
        assert opcode == (0 if frames else TEXT) and len(part) <= 32768
        received, frames = received + part, frames + 1
    assert received == data
    assert frames == max(1, -(-size // 32768))
