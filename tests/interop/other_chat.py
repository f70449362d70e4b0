"""What the chat's clients in other languages are told, and what they print: go/main.go and
java/Chat.java do and say the same."""

import json
import os
import re
import subprocess

from harness import BINARY, ID


def as_on_aws(server):
    """The environment of `gatehouse env`, over ours."""
    printed = subprocess.run([BINARY, "env", "--json", "--ready-file", server.ready_file],
                             capture_output=True, text=True, check=True, timeout=20).stdout
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("AWS_") and name.lower() != "no_proxy"}
    return {**kept, **json.loads(printed)}


def talk(command, server, environment, websocket_url, management_url):
    """Runs the program; fails unless it saw what it should."""
    outputs = server.stack["outputs"]
    result = subprocess.run(
        [*command, websocket_url, management_url, server.stack["tables"]["ConnectionsTable"],
         outputs["SendMessageHandlerName"]],
        env=environment, capture_output=True, text=True, timeout=60, check=False)
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
