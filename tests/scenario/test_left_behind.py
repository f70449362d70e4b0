"""Nothing is left behind: every connection's $disconnect runs, however many leave at once."""

import json
import pathlib
import resource

import boto3
import pytest
from botocore.config import Config
from crowd import FULL, abort, join
from harness import until

PYTHON = """
import json, os, time, boto3
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
def handler(event, context):
    context_ = event["requestContext"]
    key = {"connectionId": context_["connectionId"]}
    time.sleep(float(os.environ["NAP"]))
    if context_["routeKey"] == "$connect":
        table.put_item(Item={**key, "connectedAt": context_["connectedAt"]})
    else:
        table.delete_item(Key=key)
    return {"statusCode": 200}
"""

# Debian has no SDK for Node: DynamoDB's protocol by hand, to the port that functions reach.
NODE = """
const http = require("http");
const agent = new http.Agent({ keepAlive: true });
const { port } = new URL(process.env.HTTPS_PROXY);
const call = (operation, body) => new Promise((done, fail) => {
  const headers = { "X-Amz-Target": "DynamoDB_20120810." + operation,
                    "Content-Type": "application/x-amz-json-1.0" };
  const options = { host: "127.0.0.1", port, agent, method: "POST", headers };
  const request = http.request(options, (answer) => {
    answer.resume().on("end", () => answer.statusCode === 200 ? done() : fail(answer.statusCode));
  });
  request.on("error", fail).end(JSON.stringify(body));
});
exports.handler = async ({ requestContext }) => {
  const key = { connectionId: { S: requestContext.connectionId } };
  await new Promise((then) => setTimeout(then, 1000 * Number(process.env.NAP)));
  const TableName = process.env.TABLE;
  await (requestContext.routeKey === "$connect"
    ? call("PutItem", { TableName, Item: key }) : call("DeleteItem", { TableName, Key: key }));
  return { statusCode: 200 };
};
"""

RUNTIMES = {"python": ("python3.12", PYTHON), "node": ("nodejs20.x", NODE)}


def template(runtime="python", nap=0.0):
    """A WebSocket API that keeps a row per connection, by one function."""
    name, code = RUNTIMES[runtime]
    arn = {"Fn::Sub": "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
                      "${Function.Arn}/invocations"}
    resources = {
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {
            "AttributeDefinitions": [{"AttributeName": "connectionId", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "connectionId", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST"}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole"}]},
            "Policies": [{"PolicyName": "rows", "PolicyDocument": {
                "Version": "2012-10-17", "Statement": [{
                    "Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}]}}]}},
        "Function": {"Type": "AWS::Lambda::Function", "Properties": {
            "Runtime": name, "Handler": "index.handler", "Code": {"ZipFile": code},
            "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Timeout": 29,
            "MemorySize": 256,
            "Environment": {"Variables": {"TABLE": {"Ref": "Table"}, "NAP": str(nap)}}}},
        "Permission": {"Type": "AWS::Lambda::Permission", "Properties": {
            "Action": "lambda:InvokeFunction", "FunctionName": {"Ref": "Function"},
            "Principal": "apigateway.amazonaws.com"}},
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {
            "Name": "rows", "ProtocolType": "WEBSOCKET",
            "RouteSelectionExpression": "$request.body.action"}},
        "Integration": {"Type": "AWS::ApiGatewayV2::Integration", "Properties": {
            "ApiId": {"Ref": "Api"}, "IntegrationType": "AWS_PROXY", "IntegrationUri": arn}},
        "Deployment": {"Type": "AWS::ApiGatewayV2::Deployment",
                       "DependsOn": ["Connect", "Disconnect"],
                       "Properties": {"ApiId": {"Ref": "Api"}}},
        "Stage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {
            "ApiId": {"Ref": "Api"}, "DeploymentId": {"Ref": "Deployment"}, "StageName": "prod"}},
    }
    for logical_id, key in (("Connect", "$connect"), ("Disconnect", "$disconnect")):
        resources[logical_id] = {"Type": "AWS::ApiGatewayV2::Route", "Properties": {
            "ApiId": {"Ref": "Api"}, "RouteKey": key,
            "Target": {"Fn::Sub": "integrations/${Integration}"}}}
    return json.dumps({"Resources": resources})


@pytest.fixture
def start(start_gatehouse, tmp_path):
    """Starts a server of that template: start("python", nap=0.2, data=folder)."""
    def begin(runtime="python", *options, nap=0.0, **settings):
        file = tmp_path / "rows.json"
        file.write_text(template(runtime, nap))
        return start_gatehouse(*options, file, **settings)
    return begin


def rows(server):
    table = server.stack["tables"]["Table"]
    client = boto3.client("dynamodb", endpoint_url=server.endpoint, region_name="us-east-1",
                          config=Config(retries={"max_attempts": 0}, read_timeout=60))
    pages = client.get_paginator("scan").paginate(TableName=table, Select="COUNT")
    return sum(page["Count"] for page in pages)


def descendants(pid):
    """The processes of a tree, its root too."""
    found = [pid]
    for parent in found:
        for task in pathlib.Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                pass
    return found


def processes_of_functions(server):
    def command(pid):
        try:
            return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return b""
    return [pid for pid in descendants(server.pid) if b"functions/" in command(pid)]


def memory_kb(server):
    """Of the whole tree: what would be free if it ended."""
    total = 0
    for pid in descendants(server.pid):
        try:
            lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total


@pytest.mark.parametrize("runtime, nap", [("python", 0), ("node", 0), ("python", 0.2)],
                         ids=["python", "node", "nap"])
def test_a_crowd_that_vanishes_leaves_nothing(start, runtime, nap):
    count = 5000 if FULL else 500
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    server = start(runtime, nap=nap)
    abort(join(server, 100))  # the processes are there from here on
    until(lambda: rows(server) == 0, "the first rows to go", 60)
    before = memory_kb(server)

    peers = join(server, count)
    assert rows(server) == count
    abort(peers)
    until(lambda: rows(server) == 0, "the rows to go", 600)
    assert len(processes_of_functions(server)) <= 10
    until(lambda: memory_kb(server) <= before * 1.2, "memory to be back", 60)
    print(f"{runtime} {nap}: {before} kB before, {memory_kb(server)} kB after")
    assert "throttled" not in server.log() and "refused" not in server.log()
