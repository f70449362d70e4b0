"""The chat through Go: coder/websocket and the AWS SDK v2, by AWS's own names."""

import os

import pytest

from other_chat import as_on_aws, talk

PROGRAM = os.environ.get("GATEHOUSE_GO_CHAT")  # ./dev test interop builds it from go/


def test_two_talk_are_managed_and_leave(start_gatehouse):
    if not PROGRAM:
        pytest.fail("GATEHOUSE_GO_CHAT names no program; ./dev test interop builds one")
    server = start_gatehouse()
    outputs = server.stack["outputs"]
    talk([PROGRAM], server, as_on_aws(server), outputs["WebSocketApiEndpoint"],
         outputs["ConnectionsEndpoint"])
