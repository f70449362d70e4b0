"""@connections through the newest AWS SDK for JavaScript v3."""

import json

from harness import closed, connection_id, open_socket, receive
from node import run_node


async def test_post_get_delete(gatehouse):
    async with open_socket(gatehouse) as client:
        client_id = await connection_id(client)
        answers = [json.loads(line) for line in
                   run_node("management_sdk.js", gatehouse.management_url, client_id)]
        assert await receive(client) == "from the SDK: 1.50 Grüße"
        assert await receive(client) == "x" * 131072
        assert await closed(client) == (1000, "Connection Closed Normally")
    posted, large, too_large, got, deleted, again, too_late, malformed = answers
    assert posted["status"] == large["status"] == 200
    assert (too_large["error"], too_large["status"]) == ("PayloadTooLargeException", 413)
    assert got["status"] == 200
    assert got["ConnectedAt"] <= got["LastActiveAt"]
    assert got["Identity"]["SourceIp"] in ("127.0.0.1", "::1")
    assert "websockets/" in got["Identity"]["UserAgent"]
    assert deleted == {"status": 204}
    for answer in (again, too_late):
        assert (answer["error"], answer["status"]) == ("GoneException", 410)
    assert (malformed["error"], malformed["status"], malformed["message"]) == \
        ("BadRequestException", 400, "Invalid connectionId: nobody")
