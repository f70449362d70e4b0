"""The chat through npm's ws."""

import re

from harness import ID
from node import run_node


def test_two_talk(gatehouse):
    lines = run_node("ws_chat.js", gatehouse.url)
    ids = re.fullmatch(f"ids ({ID}) ({ID})", lines[0])
    hi = '{"type":"message","payload":{"user":"ann","message":"hi"}}'
    assert lines[1:4] == [
        f"ann {hi}",
        f"bob {hi}",
        'bob {"operationType":"signing","from":"%s","user":"ann","message":1.50}' % ids[1],
    ]
    assert re.fullmatch(r'ann \{"message": "Forbidden", "connectionId":"%s", "requestId":"%s"\}'
                        % (re.escape(ids[1]), ID), lines[4])
    assert lines[5:] == [
        "pong are you there",
        "ann closed 4001",
        "bob closed 1003",
        "staging Unexpected server response: 403",
    ]
