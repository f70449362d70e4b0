"""A client that does not read: posts answer 429 and nothing is lost or grows (design §7.14)."""

import pathlib
import re

from harness import ID, RawWebSocket, is_sanitizer_build, management

POSTS_MAX = 1000  # 128 MB: no socket buffer is that large


def resident_kb(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1])


def test_posts_are_refused_until_it_reads(start_gatehouse):
    server = start_gatehouse()
    api = management(server)
    with RawWebSocket(server) as slow, RawWebSocket(server) as other:
        slow_id = slow.connection_id()
        queued = []
        for number in range(POSTS_MAX):
            text = f"{number:06}" + "x" * 100_000
            try:
                api.post_to_connection(ConnectionId=slow_id, Data=text.encode())
            except api.exceptions.LimitExceededException as error:
                assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 429
                break
            queued.append(text)
        assert 10 <= len(queued) < POSTS_MAX
        if not is_sanitizer_build():
            assert resident_kb(server.pid) < 40_000
        assert re.fullmatch(ID, other.connection_id())  # others notice nothing
        for text in queued:
            assert slow.read_text() == text
        assert slow.connection_id() == slow_id


def test_who_does_not_read_does_not_hold_up_a_broadcast(start_gatehouse):
    server = start_gatehouse()
    api = management(server)
    with RawWebSocket(server) as slow, RawWebSocket(server) as ann:
        slow_id = slow.connection_id()
        refused = False
        for _ in range(POSTS_MAX):
            try:
                api.post_to_connection(ConnectionId=slow_id, Data=b"x" * 100_000)
            except api.exceptions.LimitExceededException:
                refused = True
                break
        assert refused
        text = "y" * 30_000
        ann.send_text('{"action":"sendMessage","message":"%s"}' % text)
        assert ann.read_text() == \
            '{"type":"message","payload":{"user":"anonymous","message":"%s"}}' % text
