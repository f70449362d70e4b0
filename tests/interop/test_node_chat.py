"""The chat by Node.js and the newest AWS SDK v3: the frames of tests/scenario/test_chat_ways.py."""

import os
import pathlib
import re
import shutil

from chat_scenario import check_chat, check_id_on_connect
from harness import ROOT

HANDLERS = ROOT / "tests/interop/node_chat"


def template(folder):
    """ws-starter-lambda.yaml with Node.js's handlers; npm's packages lie beside it."""
    (folder / "node_modules").symlink_to(pathlib.Path(os.environ["NODE_PATH"]))
    shutil.copytree(HANDLERS, folder / "code")
    text = (ROOT / "examples/chat/ws-starter-lambda.yaml").read_text()
    text = text.replace("Runtime: provided.al2023", "Runtime: nodejs22.x")
    text = text.replace("Code: ../../build/chat-lambda.zip", "Code: code")
    text, count = re.subn(r"Handler: chat/(\w+)", r"Handler: index.\1", text)
    assert count == 5
    path = folder / "ws-starter-node.yaml"
    path.write_text(text)
    return path


async def test_frames(start_gatehouse, tmp_path):
    await check_chat(start_gatehouse(template(tmp_path)))


async def test_id_on_connect(start_gatehouse, tmp_path):
    server = start_gatehouse(template(tmp_path), "--parameter", "SendIdOnConnect=true")
    await check_id_on_connect(server)
