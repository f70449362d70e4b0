"""`up --inspect`: a debugger joins a function, holds it past its time limit, and lets it go."""

import importlib.util
import json
import socket
import threading
import urllib.request

import pytest
import websockets
from harness import WAIT_SECONDS, until
from test_function_log import make
from test_functions import invoke

NODE = """\
exports.handler = async (event) => {
  let secret = 'inside';
  debugger;
  return secret;
};
"""
PYTHON = "def handler(event, context):\n    return 'answered'\n"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(start_gatehouse, tmp_path, runtime, files, port):
    template = make(tmp_path, files, {"Held": (runtime, "a.handler")})
    template.write_text(template.read_text().replace('"Timeout": 20', '"Timeout": 1'))
    return start_gatehouse(template, "--inspect", f"Held={port}", "--python", "/usr/bin/python3")


class Answer(threading.Thread):
    """An invocation that may take long."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server = server
        self.body = None
        self.start()

    def run(self):
        self.body = invoke(self.server, self.server.stack["functions"]["Held"], {})[1]


def targets(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=5) as answer:
            return json.load(answer)
    except OSError:
        return None


async def ask(client, number, method, **parameters):
    await client.send(json.dumps({"id": number, "method": method, "params": parameters}))
    while True:
        message = json.loads(await client.recv())
        if message.get("id") == number:
            return message["result"]


async def event(client, method):
    while True:
        message = json.loads(await client.recv())
        if message.get("method") == method:
            return message["params"]


async def test_nodes_inspector_holds_a_function_past_its_time(start_gatehouse, tmp_path):
    port = free_port()
    server = start(start_gatehouse, tmp_path, "nodejs20.x", {"a.js": NODE}, port)
    # The first invocation starts the process; nobody listens yet, so `debugger` does nothing.
    assert invoke(server, server.stack["functions"]["Held"], {})[1] == "inside"
    found = until(lambda: targets(port), "the inspector")
    async with websockets.connect(found[0]["webSocketDebuggerUrl"]) as client:
        await ask(client, 1, "Debugger.enable")
        answer = Answer(server)
        paused = await event(client, "Debugger.paused")
        frame = paused["callFrames"][0]
        assert frame["functionName"] == "exports.handler"
        # Longer than the function may take: its own clock says when.
        late = await ask(client, 2, "Debugger.evaluateOnCallFrame",
                         callFrameId=frame["callFrameId"], returnByValue=True,
                         expression="(() => { const end = Date.now() + 1500; while (Date.now() < "
                                    "end); secret = 'changed'; return secret; })()")
        assert late["result"]["value"] == "changed"
        await ask(client, 3, "Debugger.resume")
        answer.join(WAIT_SECONDS)
    assert answer.body == "changed"


@pytest.mark.skipif(importlib.util.find_spec("debugpy") is None, reason="no python3-debugpy")
def test_debugpy_listens_and_the_function_answers(start_gatehouse, tmp_path):
    port = free_port()
    server = start(start_gatehouse, tmp_path, "python3.12", {"a.py": PYTHON}, port)
    assert invoke(server, server.stack["functions"]["Held"], {})[1] == "answered"
    body = json.dumps({"seq": 1, "type": "request", "command": "initialize",
                       "arguments": {"adapterID": "test"}})
    with socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS) as client:
        client.sendall(f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        got = b""
        while b'"command": "initialize"' not in got.replace(b'":"', b'": "'):
            part = client.recv(65536)
            assert part, got
            got += part
    assert b'"success"' in got


def test_what_is_no_port_is_said(start_gatehouse, tmp_path):
    with pytest.raises(AssertionError, match="FUNCTION=PORT"):
        start(start_gatehouse, tmp_path, "nodejs20.x", {"a.js": NODE}, "x")
