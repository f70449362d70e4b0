"""Indexes agree with their tables after SIGKILL at random instants under eight writers.

GATEHOUSE_KILLS=200 asks for more kills, GATEHOUSE_SEED for the same ones again.
"""

import os
import random
import threading

import boto3
import botocore.exceptions
import botocore.parsers
from botocore.config import Config
from harness import Server

KILLS = int(os.environ.get("GATEHOUSE_KILLS", "20"))
SEED = int(os.environ.get("GATEHOUSE_SEED", random.randrange(1 << 32)))
WRITERS = 8
WAIT_SECONDS = 60
CONFIG = Config(retries={"total_max_attempts": 1}, max_pool_connections=WRITERS,
                connect_timeout=10, read_timeout=10)
# A server that has gone, perhaps amid an answer.
GONE = (botocore.exceptions.BotoCoreError, botocore.parsers.ResponseParserError)


def connect(server):
    return boto3.client("dynamodb", endpoint_url=server.endpoint, config=CONFIG,
                        region_name="us-east-1", aws_access_key_id="AKIDEXAMPLE",
                        aws_secret_access_key="secret")


def create(client):
    key = [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}]
    client.create_table(
        TableName="rows", BillingMode="PAY_PER_REQUEST", KeySchema=key,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"},
                              {"AttributeName": "at", "AttributeType": "N"},
                              {"AttributeName": "room", "AttributeType": "S"}],
        GlobalSecondaryIndexes=[
            {"IndexName": "by-room", "Projection": {"ProjectionType": "ALL"},
             "KeySchema": [{"AttributeName": "room", "KeyType": "HASH"}]}],
        LocalSecondaryIndexes=[
            {"IndexName": "by-name", "Projection": {"ProjectionType": "KEYS_ONLY"},
             "KeySchema": [key[0], {"AttributeName": "room", "KeyType": "RANGE"}]}])


class Writer(threading.Thread):
    """Writes to rows of its own until the server has gone."""

    def __init__(self, client, number, seed, rows, acknowledged):
        super().__init__()
        self.client = client
        self.number = number
        self.random = random.Random(seed)
        self.rows = rows  # (id, at) → room, or None for a row that is not there
        self.acknowledged = acknowledged
        self.pending = {}
        self.failure = None

    def run(self):
        try:
            while True:
                self.write()
                self.acknowledged.release()
        except GONE:
            pass
        except Exception as error:  # pylint: disable=broad-except
            self.failure = error

    def write(self):
        row = (f"writer {self.number}", self.random.randrange(5))
        key = {"id": {"S": row[0]}, "at": {"N": str(row[1])}}
        room = self.random.choice([None, "a", "b", "c"])
        self.pending = {row: room}
        if room is None:
            self.client.delete_item(TableName="rows", Key=key)
        elif self.random.random() < 0.5:
            self.client.put_item(TableName="rows", Item=key | {"room": {"S": room}})
        else:
            self.client.update_item(TableName="rows", Key=key, UpdateExpression="SET room = :r",
                                    ExpressionAttributeValues={":r": {"S": room}})
        self.rows[row] = room
        self.pending = {}


def read(client, **index):
    return {(item["id"]["S"], int(item["at"]["N"])): item["room"]["S"]
            for item in client.scan(TableName="rows", **index)["Items"]}


def check(client, writers, rows):
    there = read(client)
    for writer in writers:
        assert writer.failure is None, writer.failure
        for row, room in writer.pending.items():  # may have been done, or not
            assert there.get(row) in (room, rows.get(row)), row
            rows[row] = there.get(row)
    assert there == {row: room for row, room in rows.items() if room is not None}
    assert read(client, IndexName="by-room") == there
    assert read(client, IndexName="by-name") == there


def test_indexes_agree_with_their_table_after_kills(tmp_path):
    print(f"GATEHOUSE_SEED={SEED}")
    chance = random.Random(SEED)
    data = tmp_path / "data"
    server = Server(tmp_path, "--empty", data=data)
    create(connect(server))
    rows = {}
    for _ in range(KILLS):
        client = connect(server)
        acknowledged = threading.Semaphore(0)
        writers = [Writer(client, number, chance.random(), rows, acknowledged)
                   for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        for _ in range(chance.randrange(1, 60)):
            assert acknowledged.acquire(timeout=WAIT_SECONDS)
        server.kill()
        for writer in writers:
            writer.join(WAIT_SECONDS)
            assert not writer.is_alive()
        server = Server(tmp_path, "--empty", data=data)
        check(connect(server), writers, rows)
    server.stop()
