"""@connections through PyPI's newest boto3."""

import pytest
from harness import closed, connection_id, management, open_socket, receive


def status(answer):
    return answer["ResponseMetadata"]["HTTPStatusCode"]


async def test_post_get_delete(gatehouse):
    api = management(gatehouse)
    async with open_socket(gatehouse) as client:
        client_id = await connection_id(client)
        for text in ("1.50 Grüße", "x" * 131072):
            assert status(api.post_to_connection(ConnectionId=client_id, Data=text.encode())) == 200
            assert await receive(client) == text
        got = api.get_connection(ConnectionId=client_id)
        assert got["ConnectedAt"] <= got["LastActiveAt"]
        assert got["Identity"]["SourceIp"] in ("127.0.0.1", "::1")
        with pytest.raises(api.exceptions.PayloadTooLargeException):
            api.post_to_connection(ConnectionId=client_id, Data=b"x" * 131073)
        assert status(api.delete_connection(ConnectionId=client_id)) == 204
        assert await closed(client) == (1000, "Connection Closed Normally")
    for call in (api.get_connection, api.delete_connection):
        with pytest.raises(api.exceptions.GoneException) as gone:
            call(ConnectionId=client_id)
        assert status(gone.value.response) == 410


def test_wrong_stage_and_malformed_id(gatehouse):
    staging = management(gatehouse, "staging")
    with pytest.raises(staging.exceptions.ForbiddenException):
        staging.get_connection(ConnectionId="JDH-3ejISQ0CFlw=")
    api = management(gatehouse)
    with pytest.raises(api.exceptions.ClientError, match="Invalid connectionId: nobody"):
        api.get_connection(ConnectionId="nobody")
