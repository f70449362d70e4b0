"""DynamoDB's wire protocol: tables and items through boto3, the AWS CLI and a raw client."""
import json
import os
import subprocess
import zlib

import boto3
import botocore.exceptions
import pytest

from harness import connection_id, open_socket

KEYS = {"region_name": "us-east-1", "aws_access_key_id": "AKIDEXAMPLE",
        "aws_secret_access_key": "secret"}
AWS = "/usr/bin/aws"


@pytest.fixture
def dynamodb(gatehouse):
    return boto3.client("dynamodb", endpoint_url=gatehouse.ready["endpoint"], **KEYS)


@pytest.fixture
def table(dynamodb):
    description = dynamodb.create_table(
        TableName="items", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])["TableDescription"]
    assert description["TableStatus"] == "CREATING"
    dynamodb.get_waiter("table_exists").wait(TableName="items")
    yield "items"
    dynamodb.delete_table(TableName="items")
    dynamodb.get_waiter("table_not_exists").wait(TableName="items")


def test_items_of_every_type_come_back(dynamodb, table):
    item = {"id": {"S": "a"}, "n": {"N": "12345678901234567890123456789012345678"},
            "b": {"B": b"\x00\xff"}, "t": {"BOOL": True}, "z": {"NULL": True},
            "l": {"L": [{"S": "x"}, {"M": {"k": {"N": "1"}}}]}, "ss": {"SS": ["p", "q"]}}
    dynamodb.put_item(TableName=table, Item=item)
    assert dynamodb.get_item(TableName=table, Key={"id": {"S": "a"}})["Item"] == item
    assert dynamodb.scan(TableName=table)["Items"] == [item]
    dynamodb.delete_item(TableName=table, Key={"id": {"S": "a"}})
    assert "Item" not in dynamodb.get_item(TableName=table, Key={"id": {"S": "a"}})


def test_the_hot_item_of_the_demo(dynamodb, table):
    """One map holds all connections: made if absent, extended, cut, as the demo's handlers do."""
    key, names = {"id": {"S": "mapping"}}, {"#items": "items"}
    dynamodb.update_item(
        TableName=table, Key=key, ExpressionAttributeNames=names,
        UpdateExpression="SET #items = if_not_exists(#items, :emptyMap)",
        ExpressionAttributeValues={":emptyMap": {"M": {}}})
    dynamodb.update_item(
        TableName=table, Key=key, ExpressionAttributeNames=names | {"#k0": "a.b", "#k1": "c"},
        UpdateExpression="SET #items.#k0 = :v0, #items.#k1 = :v1",
        ExpressionAttributeValues={":v0": {"S": "1"}, ":v1": {"S": "2"}})
    dynamodb.update_item(
        TableName=table, Key=key, ExpressionAttributeNames=names | {"#k0": "c"},
        UpdateExpression="REMOVE #items.#k0")
    got = dynamodb.get_item(TableName=table, Key=key, ProjectionExpression="#items",
                            ExpressionAttributeNames=names)
    assert got["Item"] == {"items": {"M": {"a.b": {"S": "1"}}}}
    with pytest.raises(botocore.exceptions.ClientError) as error:
        dynamodb.get_item(TableName=table, Key=key, ProjectionExpression="items")
    assert error.value.response["Error"]["Code"] == "ValidationException"


def test_a_condition_that_fails(dynamodb, table):
    put = {"TableName": table, "Item": {"id": {"S": "a"}},
           "ConditionExpression": "attribute_not_exists(id)"}
    dynamodb.put_item(**put)
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException) as error:
        dynamodb.put_item(**put)
    assert error.value.response["Error"]["Message"] == "The conditional request failed"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_missing_tables_and_bad_items(dynamodb, table):
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
        dynamodb.get_item(TableName="nowhere", Key={"id": {"S": "a"}})
    with pytest.raises(botocore.exceptions.ClientError) as error:
        dynamodb.put_item(TableName=table, Item={"other": {"S": "a"}})
    assert error.value.response["Error"]["Message"] == \
        "One or more parameter values were invalid: Missing the key id in the item"


async def test_the_chats_own_table(gatehouse, dynamodb):
    name = gatehouse.ready["stacks"][0]["tables"]["ConnectionsTable"]
    async with open_socket(gatehouse, "?username=ann") as client:
        own = await connection_id(client)
        rows = dynamodb.scan(TableName=name)["Items"]
        assert {"S": "ann"} in [row.get("user") for row in rows
                                if row["connectionId"]["S"] == own]


def test_the_cli_lists_tables(gatehouse):
    if not os.path.exists(AWS):
        pytest.skip("no /usr/bin/aws on this system")
    environment = os.environ | {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}
    done = subprocess.run(
        [AWS, "dynamodb", "list-tables", "--region", "us-east-1", "--output", "json",
         "--endpoint-url", gatehouse.ready["endpoint"]],
        env=environment, capture_output=True, text=True, timeout=60, check=True)
    tables = gatehouse.ready["stacks"][0]["tables"]
    assert tables["ConnectionsTable"] in json.loads(done.stdout)["TableNames"]


def test_checksum_and_request_id(gatehouse):
    import urllib.request
    request = urllib.request.Request(
        gatehouse.ready["endpoint"], data=b"{}", method="POST",
        headers={"X-Amz-Target": "DynamoDB_20120810.ListTables",
                 "Content-Type": "application/x-amz-json-1.0"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        body = answer.read()
        assert answer.headers["x-amz-crc32"] == str(zlib.crc32(body))
        assert len(answer.headers["x-amzn-RequestId"]) == 52


def test_pages_of_other_origins_are_refused(gatehouse):
    import urllib.error
    import urllib.request
    request = urllib.request.Request(
        gatehouse.ready["endpoint"], data=b"{}", method="POST",
        headers={"X-Amz-Target": "DynamoDB_20120810.ListTables", "Origin": "http://evil.example"})
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(request, timeout=10)
    assert error.value.code == 403
