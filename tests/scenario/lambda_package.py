"""The chat's Lambda package, as `./dev package lambda` makes it."""

import os
import pathlib

from harness import CHAT_ROUTES, ROOT

PACKAGE = pathlib.Path(os.environ.get("GATEHOUSE_TEST_LAMBDA", ROOT / "build/chat-lambda.zip"))
TEMPLATE = ROOT / "examples/chat/ws-starter-lambda.yaml"


def template_of(code, folder):
    """ws-starter-lambda.yaml, its functions' code there: a zip or a folder."""
    text = TEMPLATE.read_text()
    handlers = [route for route in CHAT_ROUTES if not route.is_alias]
    assert text.count("Code: ../../build/chat-lambda.zip\n") == len(handlers)
    path = folder / "ws-starter-lambda.yaml"
    path.write_text(text.replace("Code: ../../build/chat-lambda.zip\n", f"Code: {code}\n"))
    return path
