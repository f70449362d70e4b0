"""The data directory in trouble: a full disk, damage, files that have gone."""

import os
import shutil
import subprocess

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from harness import BINARY, Server, ask, until

SMALL_DISK = 'mount -t tmpfs -o size=2m tmpfs "$0" && exec "$@"'


def can_mount():
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0


def tables(server):
    return boto3.client("dynamodb", endpoint_url=server.endpoint,
                        config=Config(retries={"total_max_attempts": 1}))


def ready(server):
    return ask(server.port, "GET", "/_gatehouse/health/ready").status


def fill(client):
    """Writes until it is refused."""
    for i in range(200):
        client.put_item(TableName="Rows", Item={"id": {"S": f"row {i}"}, "v": {"S": "v" * 100_000}})


@pytest.mark.skipif(os.geteuid() != 0 or not can_mount(), reason="no mounts here")
def test_a_full_disk_turns_ready_off_until_there_is_room(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    server = Server(tmp_path, "--empty", data=data,
                    prefix=["unshare", "--mount", "bash", "-c", SMALL_DISK, data])
    try:
        client = tables(server)
        client.create_table(TableName="Rows", BillingMode="PAY_PER_REQUEST",
                            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}])
        assert ready(server) == 200
        with pytest.raises(ClientError) as caught:
            fill(client)
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
        message = caught.value.response["Error"]["Message"]
        assert "store.db" not in message and str(tmp_path) not in message
        until(lambda: ready(server) == 503, "health to turn off")
        assert ask(server.port, "GET", "/_gatehouse/health/live").status == 200
        server.wait_for_log("store.db")
        server.wait_for_log("not ready until the store works again")
        subprocess.run(["nsenter", "-t", str(server.pid), "--mount", "mount", "-o",
                        "remount,size=64m", data], check=True)
        until(lambda: ready(server) == 200, "health to turn on again")
        server.wait_for_log("the store works again")
        client.put_item(TableName="Rows", Item={"id": {"S": "after"}, "v": {"S": "v" * 100_000}})
    finally:
        server.stop()


@pytest.mark.parametrize("gone", ["missing", "empty"])
def test_a_store_that_has_gone_is_no_empty_start(start_gatehouse, tmp_path, gone):
    data = tmp_path / "data"
    start_gatehouse(data=data).stop()
    (data / "store.db").unlink()
    if gone == "empty":
        (data / "store.db").touch()
    run = subprocess.run([BINARY, "up", "--port", "0", "--data", data], capture_output=True,
                         text=True, cwd=tmp_path, timeout=60)
    assert run.returncode == 1
    assert f"{data}/store.db is {gone}, but {data} was in use before: put the file back" \
        in run.stderr
    assert (data / "store.db").exists() == (gone == "empty"), "it was made anew"
    shutil.rmtree(data)
    start_gatehouse(data=data)
