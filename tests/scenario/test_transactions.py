"""Batches and transactions of DynamoDB through boto3: all or nothing, and sums that hold."""
import threading

import boto3
import pytest

KEYS = {"region_name": "us-east-1", "aws_access_key_id": "AKIDEXAMPLE",
        "aws_secret_access_key": "secret"}
CLIENTS = 16
ACCOUNTS = 25


def client(gatehouse):
    return boto3.client("dynamodb", endpoint_url=gatehouse.ready["endpoint"], **KEYS)


@pytest.fixture
def table(gatehouse):
    dynamodb = client(gatehouse)
    dynamodb.create_table(
        TableName="accounts", BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}])
    yield "accounts"
    dynamodb.delete_table(TableName="accounts")


def test_batches_through_the_resource(gatehouse, table):
    resource = boto3.resource("dynamodb", endpoint_url=gatehouse.ready["endpoint"], **KEYS)
    with resource.Table(table).batch_writer() as batch:
        for i in range(60):
            batch.put_item({"id": str(i), "n": i})
        batch.delete_item({"id": "0"})
    found = resource.batch_get_item(RequestItems={table: {
        "Keys": [{"id": str(i)} for i in range(60)], "ConsistentRead": True}})
    assert sorted(item["n"] for item in found["Responses"][table]) == list(range(1, 60))
    assert found["UnprocessedKeys"] == {}


def test_a_cancelled_transaction_leaves_nothing(gatehouse, table):
    dynamodb = client(gatehouse)
    dynamodb.put_item(TableName=table, Item={"id": {"S": "taken"}})
    put = {"TableName": table, "Item": {"id": {"S": "new"}}}
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as caught:
        dynamodb.transact_write_items(TransactItems=[{"Put": put}, {"Put": {
            "TableName": table, "Item": {"id": {"S": "taken"}, "by": {"S": "me"}},
            "ConditionExpression": "attribute_not_exists(id)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}}])
    reasons = caught.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert reasons[1]["Item"] == {"id": {"S": "taken"}}
    assert "Item" not in dynamodb.get_item(TableName=table, Key=put["Item"])


# Each transaction adds one to every account: whoever looks in between sees them all equal.
def test_transactions_of_25_items_under_16_clients_keep_their_sums(gatehouse, table):
    items = [{"Update": {
        "TableName": table, "Key": {"id": {"S": str(i)}}, "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}}}} for i in range(ACCOUNTS)]
    each = 5
    failures = []

    def run():
        try:
            dynamodb = client(gatehouse)
            for _ in range(each):
                dynamodb.transact_write_items(TransactItems=items)
                seen = dynamodb.transact_get_items(TransactItems=[
                    {"Get": {"TableName": table, "Key": {"id": {"S": str(i)}}}}
                    for i in range(ACCOUNTS)])["Responses"]
                assert len({answer["Item"]["n"]["N"] for answer in seen}) == 1
        except Exception as problem:  # told by the test's thread
            failures.append(problem)

    threads = [threading.Thread(target=run) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    answer = client(gatehouse).scan(TableName=table)["Items"]
    assert {item["n"]["N"] for item in answer} == {str(CLIENTS * each)}
    assert len(answer) == ACCOUNTS
