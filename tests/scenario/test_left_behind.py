"""Nothing is left behind: every connection's $disconnect runs, however many leave at once."""

import collections
import contextlib
import json
import pathlib
import re
import resource
import sqlite3

import boto3
import pytest
from botocore.config import Config
from crowd import FULL, abort, join
from harness import WAIT_SECONDS, anonymous_kb, is_sanitizer_build, until
from test_metrics import metrics

PYTHON = """
import json, os, time, boto3
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
def handler(event, context):
    context_ = event["requestContext"]
    key = {"connectionId": context_["connectionId"]}
    nap_of_route = "NAP" + context_["routeKey"].replace("$", "_").upper()
    time.sleep(float(os.environ.get(nap_of_route, os.environ["NAP"])))
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


def counted(server, name, *labels):
    """{values of those labels: count} of a metric, but for zeros: nothing else has happened."""
    found = collections.Counter()
    for (metric, pairs), value in metrics(server).items():
        if metric == name and value:
            found[tuple(dict(pairs)[label] for label in labels)] += value
    return dict(found)


def assert_none_refused(server, joined):
    """Each upgrade was 101, each $connect and $disconnect was answered by its function."""
    assert counted(server, "gatehouse_upgrades_total", "status") == {("101",): joined}
    wanted = {("$connect", "answered"): joined, ("$disconnect", "answered"): joined}
    def results():
        return counted(server, "gatehouse_messages_total", "route", "result")
    until(lambda: results().get(("$disconnect", "answered"), 0) >= joined, "the last answers")
    assert results() == wanted
    assert counted(server, "gatehouse_waiting_disconnects") == {}
    lines = [line for line in server.log().splitlines() if "warning: " in line or "error: " in line]
    assert not lines, lines[:5]


@pytest.mark.parametrize("runtime, nap", [("python", 0), ("node", 0), ("python", 0.2)],
                         ids=["python", "node", "nap"])
def test_a_crowd_that_vanishes_leaves_nothing(start, runtime, nap):
    count = 5000 if FULL else 500
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    server = start(runtime, nap=nap)
    # The processes are there from here on, their interpreters have the heap they work with.
    abort(join(server, count // 5 if nap and FULL else count))
    until(lambda: rows(server) == 0, "the first rows to go", 300)
    before = memory_kb(server)

    peers = join(server, count)
    assert rows(server) == count
    abort(peers)
    until(lambda: rows(server) == 0, "the rows to go", 600)
    assert 1 <= len(processes_of_functions(server)) <= 10
    if not is_sanitizer_build():  # sanitizers keep what is freed
        until(lambda: memory_kb(server) <= before * 1.2, "memory to be back", 60)
    print(f"{runtime} {nap}: {before} kB before, {memory_kb(server)} kB after; "
          f"gatehouse itself {anonymous_kb(server.pid)} kB")
    assert_none_refused(server, count + (count // 5 if nap and FULL else count))


def delete_stack(server):
    """Waits for the operation's end, as aws cloudformation wait does."""
    client = boto3.client("cloudformation", endpoint_url=server.endpoint, region_name="us-east-1",
                          config=Config(retries={"max_attempts": 0}, read_timeout=60))
    client.delete_stack(StackName=server.stack["name"])
    def is_gone():
        stacks = client.list_stacks()["StackSummaries"]
        return all(one["StackStatus"] == "DELETE_COMPLETE" for one in stacks)
    until(is_gone, "the stack to be gone", 60)


def start_with_a_table_that_stays(start_gatehouse, folder, nap):
    text = json.loads(template(nap=nap))
    text["Resources"]["Table"]["DeletionPolicy"] = "Retain"
    function = text["Resources"]["Function"]["Properties"]
    function["Environment"]["Variables"]["NAP_CONNECT"] = "0"
    (folder / "rows.json").write_text(json.dumps(text))
    return start_gatehouse(folder / "rows.json")


def test_a_stack_goes_when_every_disconnect_has_run(start_gatehouse, tmp_path):
    """Hundreds of slow ones, few processes: the function goes after the last of them."""
    server = start_with_a_table_that_stays(start_gatehouse, tmp_path, 0.1)
    peers = join(server, 300)
    assert rows(server) == 300
    delete_stack(server)
    assert rows(server) == 0
    assert "$disconnect" not in server.log(), server.log()
    for peer in peers:
        peer.settimeout(WAIT_SECONDS)
        assert peer.recv(64)[2:4] == b"\x03\xe9"  # 1001
        peer.close()


def test_a_stack_goes_without_those_that_take_too_long(start_gatehouse, tmp_path):
    """8 s at most; what then is left undone is said with its number."""
    server = start_with_a_table_that_stays(start_gatehouse, tmp_path, 1)
    peers = join(server, 250)
    delete_stack(server)
    said = re.findall(r"stage prod goes after 8 s although \$disconnect has not ended for (\d+) "
                      r"connections; for (\d+) of them it was not begun", server.log())
    assert len(said) == 1, server.log()
    undone, waiting = map(int, said[0])
    assert 0 < waiting <= rows(server) <= undone < 250
    abort(peers)


def test_a_kill_leaves_nothing_either(start, tmp_path):
    count = 1000 if FULL else 100
    data = tmp_path / "data"
    server = start(nap=0.05, data=data)
    peers = join(server, count)
    assert rows(server) == count
    server.kill()
    abort(peers)

    server = start(nap=0.05, data=data)
    assert f"$disconnect runs for {count} connections that the last run left" in server.log()
    until(lambda: rows(server) < count * 0.8, "some rows to go", 30)
    living = join(server, 20)
    server.kill()  # in the middle
    abort(living)

    server = start(nap=0.05, data=data)
    living = join(server, 20)
    until(lambda: rows(server) <= len(living), "the rows to go", 30)
    server.wait_for_log("that the last run left")
    until(lambda: journaled(server, data) == len(living), "the journal to be as long", 30)
    assert rows(server) == len(living), "it ran for a connection that lives"
    abort(living)
    until(lambda: rows(server) == 0 and journaled(server, data) == 0, "all to be gone", 30)


def journaled(server, data):
    """Rows of the journal, as sqlite3 reads them beside the server."""
    assert server.process.poll() is None
    with contextlib.closing(sqlite3.connect(f"file:{data}/store.db?mode=ro", uri=True)) as store:
        (number,) = store.execute("SELECT id FROM catalogue WHERE name = 'connections'").fetchone()
        return store.execute(f"SELECT count(*) FROM k{number}").fetchone()[0]


@pytest.mark.parametrize("threads", [1, 3])
def test_a_stop_keeps_what_it_leaves_for_the_next_start(start, tmp_path, threads):
    count, data = 100, tmp_path / "data"
    server = start("python", "--threads", str(threads), nap=1.5, data=data)
    peers = join(server, count)
    server.stop()
    left = re.search(r"\$disconnect has not run for (\d+) connections: gatehouse stopped first; "
                     "it runs at the next start", server.log())
    assert left and 0 < int(left[1]) < count, server.log()[-2000:]
    abort(peers)
    server = start("python", "--threads", str(threads), nap=0, data=data)
    assert f"$disconnect runs for {left[1]} connections that the last run left" in server.log()
    until(lambda: rows(server) == 0, "the rows to go", 60)


def test_without_a_journal_they_stay(start, tmp_path):
    data = tmp_path / "data"
    server = start("python", "--journal", "off", data=data)
    peers = join(server, 5)
    server.kill()
    abort(peers)
    server = start(data=data)
    assert "that the last run left" not in server.log()
    assert rows(server) == 5


def test_a_stage_that_has_gone_meanwhile_is_said(start, start_gatehouse, tmp_path):
    data = tmp_path / "data"
    server = start(data=data)
    peers = join(server, 5)
    server.kill()
    abort(peers)
    server = start_gatehouse("--empty", "--journal", "off", data=data)
    stack = server.stack["name"]
    stacks = boto3.client("cloudformation", endpoint_url=server.endpoint, region_name="us-east-1")
    stacks.delete_stack(StackName=stack)
    until(lambda: not [one for one in stacks.list_stacks()["StackSummaries"]
                       if one["StackStatus"] != "DELETE_COMPLETE"], "the stack to be gone")
    server.stop()
    server = start_gatehouse("--empty", data=data)
    server.wait_for_log("5 connections that the last run left belong to stages that are gone")
    until(lambda: journaled(server, data) == 0, "the journal to be empty")
