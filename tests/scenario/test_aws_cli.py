"""@connections through the AWS CLI (Debian's awscli; Ubuntu 24.04 has none)."""

import json
import os
import pathlib
import subprocess

import pytest
from harness import connection_id, open_socket, receive

AWS = pathlib.Path("/usr/bin/aws")

pytestmark = pytest.mark.skipif(not AWS.exists(), reason="no /usr/bin/aws (package awscli)")


def aws(server, operation, client_id, *options):
    return subprocess.run(
        # With "=": an id may begin with a hyphen, which the CLI would take for an option.
        [AWS, "apigatewaymanagementapi", operation, f"--connection-id={client_id}",
         "--endpoint-url", server.management_url, *options],
        capture_output=True, text=True, timeout=60, check=False, env=dict(os.environ))


async def test_post_get_delete(gatehouse, tmp_path):
    async with open_socket(gatehouse, "?username=ann") as ann:
        ann_id = await connection_id(ann)
        data = tmp_path / "data"
        data.write_text('{"note":1.50}')

        posted = aws(gatehouse, "post-to-connection", ann_id, "--data", f"fileb://{data}")
        assert (posted.returncode, posted.stdout) == (0, ""), posted.stderr
        assert await receive(ann) == '{"note":1.50}'

        got = aws(gatehouse, "get-connection", ann_id, "--output", "json")
        assert got.returncode == 0, got.stderr
        answer = json.loads(got.stdout)
        assert answer["ConnectedAt"] <= answer["LastActiveAt"]
        assert answer["Identity"]["SourceIp"] in ("127.0.0.1", "::1")

        deleted = aws(gatehouse, "delete-connection", ann_id)
        assert (deleted.returncode, deleted.stdout) == (0, ""), deleted.stderr

    gone = aws(gatehouse, "post-to-connection", ann_id, "--data", f"fileb://{data}")
    assert gone.returncode == 254
    assert "(GoneException)" in gone.stderr
