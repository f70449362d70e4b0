"""Many WebSocket clients of one test: they come few at a time and leave all at once."""

import os
import selectors
import socket
import struct
import time

from harness import UPGRADE, request

FULL = bool(os.environ.get("GATEHOUSE_FULL"))  # the sizes of issue 10, which take minutes


def _dial(server, index):
    """From one of several addresses of the loopback network, so that ports suffice."""
    peer = socket.socket()
    peer.setblocking(False)
    peer.bind((f"127.0.0.{2 + index % 4}", 0))
    peer.connect_ex(("127.0.0.1", server.port))
    return peer


def join(server, count, at_once=500, seconds=600):
    """So many clients, connected; none may be refused."""
    target = f"/{server.stage['name']}"
    head = request(server.port, "GET", target, fields=UPGRADE)
    selector = selectors.DefaultSelector()
    connected, begun, deadline = [], 0, time.monotonic() + seconds
    while len(connected) < count:
        assert time.monotonic() < deadline, f"{len(connected)} of {count} after {seconds} s"
        while begun < count and begun - len(connected) < at_once:
            selector.register(_dial(server, begun), selectors.EVENT_WRITE)
            begun += 1
        for key, events in selector.select(1):
            if events & selectors.EVENT_WRITE:
                key.fileobj.sendall(head)
                selector.modify(key.fileobj, selectors.EVENT_READ)
                continue
            answer = key.fileobj.recv(4096)
            assert answer.startswith(b"HTTP/1.1 101 "), answer
            selector.unregister(key.fileobj)
            connected.append(key.fileobj)
    selector.close()
    return connected


def abort(peers):
    """They vanish without a word, each with a reset."""
    for peer in peers:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.close()
