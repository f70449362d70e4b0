"""CONNECT to ourselves, and absolute targets: whoever asks that way has arrived already."""

import socket

import pytest
from harness import RawWebSocket, Wire, ask, request

TUNNELS_MAX = 1024  # net::TunnelOptions


def connect(wire, authority):
    wire.send(f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode())
    answer = wire.response(has_body=False)
    assert answer.status == 200, answer.status


def test_a_chain_through_ourselves_holds_no_tunnel(gatehouse):
    """Longer than there are tunnels, on one socket; then a tunnel still opens."""
    names = ["localhost", "127.0.0.1", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]"]
    with Wire(gatehouse.port) as wire:
        for number in range(TUNNELS_MAX + 50):
            connect(wire, f"{names[number % len(names)]}:{gatehouse.port}")
        wire.send(request(gatehouse.port, "GET", "/_gatehouse/health"))
        assert wire.response().status == 200
        with Wire(gatehouse.port) as other:
            connect(other, f"localhost:{gatehouse.port}")
    with Wire(gatehouse.port) as wire:  # another server still is reached
        with socket.create_server(("127.0.0.1", 0)) as far:
            connect(wire, f"127.0.0.1:{far.getsockname()[1]}")
            accepted, _ = far.accept()
            with accepted:
                wire.send(b"hello")
                assert accepted.recv(5) == b"hello"


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST"])
def test_a_proxy_setting_that_is_ourselves_is_none(start_gatehouse, name):
    """HTTPS_PROXY by name, as a shell has it that was set up for this port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = start_gatehouse(port=port, variables={"HTTPS_PROXY": f"http://{name}:{port}"})
    with Wire(server.port) as wire:
        wire.send(b"CONNECT nowhere.invalid:443 HTTP/1.1\r\nHost: nowhere.invalid:443\r\n\r\n")
        answer = wire.response()
        assert answer.status == 502
        assert b"proxy" not in answer.body, answer.body


def test_two_that_are_each_others_proxy_say_so(start_gatehouse):
    """A request that comes back is refused by its Via; nothing goes round, and both still serve."""
    with socket.socket() as one, socket.socket() as two:
        for free in (one, two):
            free.bind(("127.0.0.1", 0))
        ports = [one.getsockname()[1], two.getsockname()[1]]
    servers = [start_gatehouse(port=port, variables={"HTTPS_PROXY": f"http://localhost:{other}"})
               for port, other in (ports, ports[::-1])]
    for server in servers:
        with Wire(server.port) as wire:
            wire.send(b"CONNECT far.example:443 HTTP/1.1\r\nHost: far.example:443\r\n\r\n")
            answer = wire.response()
            assert answer.status == 508, (answer.status, answer.body)
            assert b"HTTPS_PROXY leads in a circle" in answer.body
    with Wire(servers[0].port) as wire:  # AWS's names end here
        connect(wire, "sts.us-east-1.amazonaws.com:443")


def test_absolute_targets_reach_what_their_path_does(gatehouse):
    """Port 80 is what a client of a proxy means by no port; the Host beside it is ignored."""
    cases = [("GET", "/_gatehouse/health", 200), ("GET", "/2015-03-31/functions", 200),
             ("GET", "/v2/apis", 200), ("GET", "/production", 426), ("GET", "/nothing", 403)]
    with RawWebSocket(gatehouse) as raw:
        connection = raw.connection_id()
        cases.append(("GET", f"/production/@connections/{connection}", 200))
        for method, path, status in cases:
            for host in ("localhost", f"localhost:{gatehouse.port}", "127.0.0.1"):
                for said in ("localhost", "evil.example", "sts.us-east-1.amazonaws.com"):
                    answer = ask(gatehouse.port, method, f"http://{host}{path}", host=said)
                    assert answer.status == status, (path, host, said, answer.body)
    answer = ask(gatehouse.port, "GET", "http://evil.example/_gatehouse/health", host="localhost")
    assert answer.status == 403


@pytest.mark.parametrize("target", ["ftp://localhost/", "http://", "http://a@localhost/", "none"])
def test_targets_that_are_neither_path_nor_url_are_400(gatehouse, target):
    assert ask(gatehouse.port, "GET", target).status == 400
