"""The chat through Go: coder/websocket and the AWS SDK v2, by AWS's own names."""

import json
import os
import re
import subprocess

import pytest

from harness import BINARY, ID


PROGRAM = os.environ.get("GATEHOUSE_GO_CHAT")  # ./dev test interop builds it from go/


def as_on_aws(server):
    """The environment of `gatehouse env`, over ours."""
    printed = subprocess.run([BINARY, "env", "--json", "--ready-file", server.ready_file],
                             capture_output=True, text=True, check=True, timeout=20).stdout
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("AWS_") and name.lower() != "no_proxy"}
    return {**kept, **json.loads(printed)}


def test_two_talk_are_managed_and_leave(start_gatehouse):
    if not PROGRAM:
        pytest.fail("GATEHOUSE_GO_CHAT names no program; ./dev test interop builds one")
    server = start_gatehouse()
    outputs = server.stack["outputs"]
    result = subprocess.run(
        [PROGRAM, outputs["WebSocketApiEndpoint"], outputs["ConnectionsEndpoint"],
         server.stack["tables"]["ConnectionsTable"], outputs["SendMessageHandlerName"]],
        env=as_on_aws(server), capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    lines = result.stdout.splitlines()
    direct = json.loads(lines[2].removeprefix("bob: "))
    assert re.fullmatch(ID, direct.pop("from"))
    assert direct == {"operationType": "signing", "user": "ann",
                      "message": {"txId": "abc123", "amount": 1.5}}
    assert '"amount":1.50' in lines[2]
    assert lines[:2] + lines[3:] == [
        "ann: 📨 Message from ann: hello",
        "bob: 📨 Message from ann: hello",
        "bob: from the SDK: 1.50 Grüße",
        "connected before active: true",
        "bob closed: 1000",
        "gone: true",
        "rows: 1",
        "ann: 📨 Message from server: from the server",
        'invoked: {"statusCode":200,"body":"{\\"status\\": \\"Message sent\\"}"}',
    ]
