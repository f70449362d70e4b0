"""TTL through boto3: what expired goes by itself, what did not stays."""
import time

import boto3
import pytest
from harness import until

KEYS = {"region_name": "us-east-1", "aws_access_key_id": "AKIDEXAMPLE",
        "aws_secret_access_key": "secret"}


def client_of(server):
    return boto3.client("dynamodb", endpoint_url=server.ready["endpoint"], **KEYS)


def put_sessions(dynamodb, now):
    for name, expires in (("past", now - 60), ("future", now + 3600)):
        dynamodb.put_item(TableName="sessions",
                          Item={"id": {"S": name}, "ttl": {"N": str(expires)}})


def ids(dynamodb):
    return sorted(item["id"]["S"] for item in dynamodb.scan(TableName="sessions")["Items"])


@pytest.fixture
def server(start_gatehouse, tmp_path):
    return start_gatehouse(data=tmp_path / "data")


def test_expired_items_go_also_after_a_restart(server, start_gatehouse, tmp_path):
    dynamodb = client_of(server)
    dynamodb.create_table(
        TableName="sessions", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
    put_sessions(dynamodb, int(time.time()))
    answer = dynamodb.update_time_to_live(
        TableName="sessions", TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True})
    assert answer["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    until(lambda: ids(dynamodb) == ["future"], "the item expires")
    server.stop()
    dynamodb = client_of(start_gatehouse(data=tmp_path / "data"))
    described = dynamodb.describe_time_to_live(TableName="sessions")["TimeToLiveDescription"]
    assert described == {"AttributeName": "ttl", "TimeToLiveStatus": "ENABLED"}
    put_sessions(dynamodb, int(time.time()))
    until(lambda: ids(dynamodb) == ["future"], "the item expires after a restart")


TEMPLATE = """Resources:
  Sessions:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: sessions
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      Tags: [{Key: app, Value: chat}]
      TimeToLiveSpecification: {AttributeName: ttl, Enabled: %s}
"""


def test_a_template_enables_and_disables_it(start_gatehouse, tmp_path):
    path = tmp_path / "app" / "template.yaml"
    path.parent.mkdir()
    path.write_text(TEMPLATE % "true")
    server = start_gatehouse(str(path), data=tmp_path / "data")
    dynamodb = client_of(server)
    described = dynamodb.describe_time_to_live(TableName="sessions")["TimeToLiveDescription"]
    assert described == {"AttributeName": "ttl", "TimeToLiveStatus": "ENABLED"}
    arn = dynamodb.describe_table(TableName="sessions")["Table"]["TableArn"]
    assert dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"] == [
        {"Key": "app", "Value": "chat"}]
    put_sessions(dynamodb, int(time.time()))
    until(lambda: ids(dynamodb) == ["future"], "the item expires")
    server.stop()
    path.write_text(TEMPLATE % "false")
    dynamodb = client_of(start_gatehouse(str(path), data=tmp_path / "data"))
    described = dynamodb.describe_time_to_live(TableName="sessions")["TimeToLiveDescription"]
    assert described == {"TimeToLiveStatus": "DISABLED"}
    assert ids(dynamodb) == ["future"], "the table was kept"
