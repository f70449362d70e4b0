"""README.md's commands as one script, in the order in which a reader meets them."""

import json
import os
import pathlib
import re
import subprocess

from harness import BINARY, ROOT

AWS = pathlib.Path("/usr/bin/aws")
BLOCK = re.compile(r"^```(bash|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(kind="bash"):
    """bash: what a reader runs against a running gatehouse; sh: what starts one, and clients."""
    found = BLOCK.findall((ROOT / "README.md").read_text())
    return [text for its_kind, text in found if its_kind == kind]


def prepare(folder):
    """A folder as a reader's clone; the environment of a fresh shell there, without gatehouse."""
    (folder / "examples").symlink_to(ROOT / "examples")
    (folder / "build").mkdir()
    (folder / "build/gatehouse").symlink_to(BINARY)
    (folder / "home").mkdir()
    return {"PATH": "/usr/bin:/bin", "HOME": str(folder / "home"), "LANG": "C.UTF-8",
            "AWS_PAGER": "", "XDG_RUNTIME_DIR": os.environ["XDG_RUNTIME_DIR"],
            "XDG_DATA_HOME": os.environ["XDG_DATA_HOME"]}


def run(script, folder, clients="/usr/bin", **variables):
    """Runs it in such a shell, with the AWS CLI of a folder."""
    environment = prepare(folder)
    environment["PATH"] = f"{folder / 'build'}:{clients}:{environment['PATH']}"
    return subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=folder,
                          env={**environment, **variables}, capture_output=True, text=True,
                          timeout=100, check=False)


def aftermath(result, folder):
    """What a reader sees, checked."""
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Successfully created/updated stack - websocket-chat-demo" in result.stdout
    assert "WebSocketApiEndpoint" in result.stdout
    output = json.loads((folder / "output.json").read_text())
    assert output == {"statusCode": 200, "body": '{"status": "Message sent"}'}
    assert '"StatusCode": 200' in result.stdout
    frames = [json.loads(line) for line in (folder / "bob.txt").read_text().splitlines()]
    bob, direct, broadcast, from_cli, note = frames[:5]
    assert list(bob) == ["connectionId"]
    assert direct == {"operationType": "signing", "from": direct["from"], "user": "ann",
                      "message": {"txId": "abc123", "signature": "0xdeadbeef"}}
    assert broadcast == {"type": "message", "payload": {"user": "ann", "message": "hello"}}
    assert from_cli == {"type": "message",
                        "payload": {"user": "server", "message": "Hello from CLI!"}}
    assert note == {"note": "hello"}
