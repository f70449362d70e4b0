"""The chat through wscat, as AWS's own tutorials have it (Debian's node-ws)."""

import os
import re
import shutil

import pexpect
import pytest
from harness import ID, WAIT_SECONDS, management

WSCAT = shutil.which("wscat", path="/usr/bin")
NODE_PATH = "/usr/share/nodejs:/usr/lib/nodejs"

pytestmark = pytest.mark.skipif(not WSCAT, reason="no /usr/bin/wscat (package node-ws)")


class Wscat:
    def __init__(self, url, *options):
        environment = {**os.environ, "NODE_PATH": NODE_PATH, "TERM": "dumb"}
        self.terminal = pexpect.spawn(WSCAT, ["--no-color", *options, "-c", url], env=environment,
                                      timeout=WAIT_SECONDS, encoding="utf-8",
                                      dimensions=(24, 500))

    def expect(self, pattern):
        self.terminal.expect(pattern)
        return self.terminal.match

    def send(self, line):
        self.terminal.sendline(line)

    def connection_id(self):
        self.send('{"action":"getConnectionId"}')
        return self.expect(r'< \{"connectionId":"(%s)"\}' % ID)[1]

    def leave(self):
        self.terminal.sendintr()
        self.terminal.expect(pexpect.EOF)
        self.terminal.close()


@pytest.fixture
def wscat():
    """Starts one and waits until it is connected."""
    started = []

    def start(url, *options):
        started.append(Wscat(url, *options))
        started[-1].expect(r"Connected \(press CTRL\+C to quit\)")
        return started[-1]

    yield start
    for one in started:
        one.terminal.close(force=True)


def test_two_talk(gatehouse, wscat):
    ann = wscat(gatehouse.url + "?username=ann")
    bob = wscat(gatehouse.url + "/?username=bob")
    ann_id, bob_id = ann.connection_id(), bob.connection_id()
    ann.send('{"action":"sendMessage","message":"hi"}')
    for client in (ann, bob):
        client.expect(re.escape(
            '< {"type":"message","payload":{"user":"ann","message":"hi"}}'))
    bob.send('{"action":"sendDirect","connectionId":"%s","operationType":"signing",'
             '"message":{"amount":1.50}}' % ann_id)
    ann.expect(re.escape('< {"operationType":"signing","from":"%s","user":"bob",'
                         '"message":{"amount":1.50}}' % bob_id))
    bob.leave()
    ann.send('{"action":"sendDirect","connectionId":"%s","operationType":"t","message":1}' % bob_id)
    ann.expect(re.escape('< {"error":"no such connection","action":"sendDirect",'
                         '"connectionId":"%s"}' % bob_id))


def test_forbidden(gatehouse, wscat):
    client = wscat(gatehouse.url)
    own_id = client.connection_id()
    client.send("hello")
    client.expect(r'< \{"message": "Forbidden", "connectionId":"%s", "requestId":"%s"\}'
                  % (re.escape(own_id), ID))


def test_ping_and_close(gatehouse, wscat):
    client = wscat(gatehouse.url, "--slash", "-P")
    client.send("/ping hello")
    client.expect(r'Received pong \(data: "hello"\)')
    client.send("/close 4001 enough")
    client.expect(r"Disconnected \(code: 4001")


def test_delete_is_shown(gatehouse, wscat):
    client = wscat(gatehouse.url)
    management(gatehouse).delete_connection(ConnectionId=client.connection_id())
    client.expect(r'Disconnected \(code: 1000, reason: "Connection Closed Normally"\)')


def test_unknown_stage(gatehouse):
    client = Wscat(f"ws://localhost:{gatehouse.port}/staging")
    client.expect("error: Unexpected server response: 403")
    client.expect(pexpect.EOF)
