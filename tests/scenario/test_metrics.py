"""What an operator sees from outside: health and metrics, as curl and Prometheus ask for them."""

import json
import re
import urllib.error
import urllib.request

from harness import closed, connection_id, open_socket, receive, until


def ask(server, path, **headers):
    """(status, content type, text)"""
    request = urllib.request.Request(server.endpoint + path, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.headers["Content-Type"], response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


LINE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\]|\\.)*",?)*)\})? (\S+)')


def metrics(server):
    """{(name, frozenset of its labels): value}; every line must be one."""
    status, content_type, text = ask(server, "/_gatehouse/metrics")
    assert (status, content_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
    values = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, labels, value = LINE.fullmatch(line).groups()
        pairs = re.findall(r'([a-z]+)="((?:[^"\\]|\\.)*)"', labels or "")
        values[name, frozenset(pairs)] = float(value)
    return values


def test_health(gatehouse):
    for path in ("/_gatehouse/health", "/_gatehouse/health/live", "/_gatehouse/health/ready"):
        status, content_type, text = ask(gatehouse, path)
        assert (status, content_type) == (200, "application/json")
        assert all(json.loads(text).values())
    assert ask(gatehouse, "/_gatehouse/nothing")[0] == 404
    # A page of another origin learns nothing, and a name that was rebound neither.
    assert ask(gatehouse, "/_gatehouse/metrics", Origin="https://evil.example")[0] == 403
    assert ask(gatehouse, "/_gatehouse/metrics", Host="evil.example")[0] == 403


async def test_a_chats_numbers(start_gatehouse):
    server = start_gatehouse()
    stage = {("api", server.api["apiId"]), ("stage", "production")}

    def value(name, **labels):
        return metrics(server).get((name, frozenset(stage | set(labels.items()))), 0)

    async with open_socket(server) as ann, open_socket(server) as bob:
        assert await connection_id(ann)
        await ann.send('{"action":"sendMessage","message":"hi"}')
        assert await receive(ann) == await receive(bob)
        await ann.send("nonsense")
        assert "Forbidden" in await receive(ann)
        assert value("gatehouse_connections") == 2
        assert value("gatehouse_upgrades_total", status="101") == 2
        assert value("gatehouse_messages_total", route="sendMessage", result="answered") == 1
        assert value("gatehouse_messages_total", route="$connect", result="answered") == 2
        assert value("gatehouse_messages_total", route="", result="forbidden") == 1
        assert value("gatehouse_integration_duration_seconds_count", route="getConnectionId") == 1
        await bob.close(4000)
        assert await closed(bob) == (4000, "")
    until(lambda: value("gatehouse_connections") == 0, "both to have gone")
    assert value("gatehouse_disconnects_total", code="4000") == 1
    all_of_it = metrics(server)
    posts = {dict(labels)["result"]: number for (name, labels), number in all_of_it.items()
             if name == "gatehouse_posts_total"}
    assert posts["queued"] == 3 and posts["gone"] == 0
    assert all_of_it["process_resident_memory_bytes", frozenset()] > 1e6
    assert any(name == "gatehouse_loop_lag_seconds_bucket" for name, _ in all_of_it)
