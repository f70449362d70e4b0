"""Functions as processes: Lambda's HTTP API, handlers that fail, what they reach."""

import asyncio
import base64
import json

import boto3
import pytest
import websockets
from botocore.config import Config
from harness import ROOT, receive

RUNTIMES = {"python3.12": ("index.handler", "def handler(event, context):\n    {}\n"),
            "nodejs20.x": ("index.handler",
                           "exports.handler = async (event, context) => {{\n  {}\n}};\n")}


def template(**functions):
    """A template of functions: logical id → (runtime, body of the handler, properties)."""
    resources = {}
    for logical_id, (runtime, body, properties) in functions.items():
        handler, source = RUNTIMES[runtime]
        resources[logical_id] = {"Type": "AWS::Lambda::Function", "Properties": {
            "Runtime": runtime, "Handler": handler, "Code": {"ZipFile": source.format(body)},
            "Role": "arn:aws:iam::000000000000:role/r", **properties}}
    return json.dumps({"Resources": resources})


def client(server, service):
    return boto3.client(service, endpoint_url=server.endpoint, region_name="us-east-1",
                        config=Config(retries={"max_attempts": 0}, read_timeout=60))


def create(server, name, text):
    """Makes the stack; its functions' names by logical id."""
    stacks = client(server, "cloudformation")
    stacks.create_stack(StackName=name, TemplateBody=text, Capabilities=["CAPABILITY_IAM"])
    stack = stacks.describe_stacks(StackName=name)["Stacks"][0]
    assert stack["StackStatus"] == "CREATE_COMPLETE", stacks.describe_stack_events(StackName=name)
    return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in
            stacks.list_stack_resources(StackName=name)["StackResourceSummaries"]}


def invoke(server, name, payload=None, **options):
    answer = client(server, "lambda").invoke(FunctionName=name, Payload=json.dumps(payload),
                                             **options)
    text = answer["Payload"].read()
    return answer, json.loads(text) if text else None


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_answers_and_errors(start_gatehouse, runtime):
    server = start_gatehouse("--empty")
    is_python = runtime.startswith("python")
    names = create(server, "functions", template(
        Echo=(runtime, "return event" if is_python else "return event;", {}),
        Raise=(runtime,
               "raise ValueError('no')" if is_python else "throw new TypeError('no');", {}),
        Slow=(runtime, "while True: pass" if is_python else "for (;;);", {"Timeout": 1}),
        Exit=(runtime, "import os; os._exit(3)" if is_python else "process.exit(3);", {})))

    answer, value = invoke(server, names["Echo"], {"a": [1.5, None, "ü"]}, LogType="Tail")
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert value == {"a": [1.5, None, "ü"]}
    tail = base64.b64decode(answer["LogResult"]).decode()
    assert "START RequestId: " in tail and "REPORT RequestId: " in tail

    answer, value = invoke(server, names["Raise"], {})
    assert answer["FunctionError"] == "Unhandled"
    assert (value["errorType"], value["errorMessage"]) == \
        ("ValueError" if is_python else "TypeError", "no")
    answer, value = invoke(server, names["Slow"], {})
    assert answer["FunctionError"] == "Unhandled"
    assert "Task timed out after 1.00 seconds" in value["errorMessage"]
    answer, value = invoke(server, names["Exit"], {})
    assert (answer["FunctionError"], value["errorType"]) == ("Unhandled", "Runtime.ExitError")
    answer, value = invoke(server, names["Echo"], {"again": True})
    assert value == {"again": True}

    answer, value = invoke(server, names["Echo"], {}, InvocationType="Event")
    assert (answer["StatusCode"], value) == (202, None)
    answer, value = invoke(server, names["Echo"], {}, InvocationType="DryRun")
    assert (answer["StatusCode"], value) == (204, None)
    with pytest.raises(client(server, "lambda").exceptions.ResourceNotFoundException):
        invoke(server, "no-such-function", {})


def test_a_handler_reaches_its_table(start_gatehouse):
    """boto3 in the function, with neither endpoint nor credentials in its code."""
    server = start_gatehouse("--empty")
    body = ("import boto3, os\n"
            "    table = boto3.client('dynamodb')\n"
            "    table.put_item(TableName=os.environ['TABLE'], Item={'id': {'S': event['id']}})\n"
            "    return [boto3.client('sts').get_caller_identity()['Arn'],\n"
            "            table.scan(TableName=os.environ['TABLE'])['Items']]")
    text = json.loads(template(Writer=("python3.12", body, {
        "Environment": {"Variables": {"TABLE": {"Ref": "Table"}}}, "Timeout": 30,
        "Role": {"Fn::GetAtt": ["Role", "Arn"]}})))
    text["Resources"]["Table"] = {"Type": "AWS::DynamoDB::Table", "Properties": {
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}}
    text["Resources"]["Role"] = {"Type": "AWS::IAM::Role", "Properties": {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"}}]},
        "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"]}}
    names = create(server, "writer", json.dumps(text))
    answer, value = invoke(server, names["Writer"], {"id": "x"})
    assert "FunctionError" not in answer, value
    arn, items = value
    assert items == [{"id": {"S": "x"}}]
    assert arn.startswith("arn:aws:sts::000000000000:assumed-role/writer-Role-")
    assert arn.endswith("/" + names["Writer"])


async def test_the_chat_in_python(start_gatehouse):
    """The frames of the chat in C++, by the same chat in inline Python."""
    server = start_gatehouse(str(ROOT / "examples/chat/ws-starter-python.yaml"))
    async with websockets.connect(f"{server.url}?username=ann") as ann, \
            websockets.connect(f"{server.url}?username=bob") as bob:
        await bob.send('{"action":"getConnectionId"}')
        bob_id = json.loads(await receive(bob))["connectionId"]
        await ann.send('{"action":"getConnectionId"}')
        ann_id = json.loads(await receive(ann))["connectionId"]
        await ann.send('{"action":"sendMessage","message":"hi"}')
        for one in (ann, bob):
            assert json.loads(await receive(one)) == \
                {"type": "message", "payload": {"user": "ann", "message": "hi"}}
        await ann.send(json.dumps({"action": "sendDirect", "connectionId": bob_id,
                                   "operationType": "signing", "message": {"txId": "1"}}))
        assert json.loads(await receive(bob)) == {"operationType": "signing", "from": ann_id,
                                                  "user": "ann", "message": {"txId": "1"}}
        await ann.send('{"action":"sendDirect","connectionId":"JDH-3ejISQ0CFlw=",'
                       '"operationType":"x","message":1}')
        assert json.loads(await receive(ann)) == {
            "error": "no such connection", "action": "sendDirect",
            "connectionId": "JDH-3ejISQ0CFlw="}
    table = server.stack["tables"]["ConnectionsTable"]
    for _ in range(100):
        if not client(server, "dynamodb").scan(TableName=table)["Items"]:
            return
        await asyncio.sleep(0.1)
    pytest.fail("rows are left after $disconnect")


async def test_disconnect_runs_when_gatehouse_stops(start_gatehouse, tmp_path):
    """A handler in Python still reaches its table then, by AWS's name and our certificate."""
    template = str(ROOT / "examples/chat/ws-starter-python.yaml")
    server = start_gatehouse(template, data=tmp_path / "data")
    table = server.stack["tables"]["ConnectionsTable"]
    async with websockets.connect(f"{server.url}?username=ann") as ann:
        await ann.send('{"action":"getConnectionId"}')
        await receive(ann)
        assert len(client(server, "dynamodb").scan(TableName=table)["Items"]) == 1
        await asyncio.to_thread(server.stop)
    again = start_gatehouse(template, data=tmp_path / "data")
    assert client(again, "dynamodb").scan(TableName=table)["Items"] == []


async def test_two_apis_with_a_stage_of_one_name(start_gatehouse):
    """https://{domainName}/{stage} of the event reaches the connection's own API."""
    template = ROOT / "examples/chat/ws-starter-python.yaml"
    server = start_gatehouse("--empty")
    for name in ("one", "two"):
        create(server, name, template.read_text())
    stacks = client(server, "cloudformation")
    outputs = stacks.describe_stacks(StackName="two")["Stacks"][0]["Outputs"]
    endpoint = {one["OutputKey"]: one["OutputValue"] for one in outputs}["WebSocketApiEndpoint"]
    api_id = endpoint.removeprefix("wss://").split(".")[0]
    url = f"ws://localhost:{server.port}/{api_id}/production"
    async with websockets.connect(url) as ann:
        await ann.send('{"action":"getConnectionId"}')
        assert "connectionId" in json.loads(await receive(ann))
