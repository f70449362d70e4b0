"""Roles decide: what the chat's functions may, as boto3 in a process and as C++ handlers."""

import json
import pathlib
import sqlite3

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from harness import ROOT, RawWebSocket, ask, until

from test_functions import create, invoke, template

ACCOUNT = "000000000000"
TABLE = "ConnectionsTable"
# What each role of examples/chat may do, as its template says; the rest is denied.
ROLES = {
    "Connect": {"dynamodb": {"PutItem"}, "manage": set(), "invoke": {"GetConnectionId"}},
    "Disconnect": {"dynamodb": {"DeleteItem"}, "manage": set(), "invoke": set()},
    "SendMessage": {"dynamodb": {"Scan", "DeleteItem"}, "manage": {"POST"}, "invoke": set()},
    "SendDirect": {"dynamodb": {"GetItem", "DeleteItem"}, "manage": {"POST"}, "invoke": set()},
    "GetConnectionId": {"dynamodb": set(), "manage": {"POST", "GET"}, "invoke": set()},
}
KEY = {"connectionId": {"S": "x"}}
DYNAMODB = {
    "PutItem": lambda c, t: c.put_item(TableName=t, Item=KEY),
    "GetItem": lambda c, t: c.get_item(TableName=t, Key=KEY),
    "UpdateItem": lambda c, t: c.update_item(TableName=t, Key=KEY),
    "DeleteItem": lambda c, t: c.delete_item(TableName=t, Key=KEY),
    "Scan": lambda c, t: c.scan(TableName=t),
    "DescribeTable": lambda c, t: c.describe_table(TableName=t),
    "ListTables": lambda c, t: c.list_tables(),
    "CreateTable": lambda c, t: c.create_table(
        TableName=t, KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST"),
    "DeleteTable": lambda c, t: c.delete_table(TableName=t),
}
VERBS = {"POST": lambda c, i: c.post_to_connection(ConnectionId=i, Data=b"x"),
         "GET": lambda c, i: c.get_connection(ConnectionId=i),
         "DELETE": lambda c, i: c.delete_connection(ConnectionId=i)}
NOBODY = "JDH-3ejISQ0CFlw="  # a well-formed id of no connection


def lent(server, name):
    """Clients with the credentials of a function that hands them out: so each role can be asked
    from here, signed by botocore as in the process."""
    answer, keys = invoke(server, name, {})
    assert "FunctionError" not in answer, keys
    session = boto3.Session(aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
                            aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
                            aws_session_token=keys["AWS_SESSION_TOKEN"], region_name="us-east-1")

    def client(service, path=""):
        return session.client(service, endpoint_url=server.endpoint + path,
                              config=Config(retries={"max_attempts": 0}, read_timeout=60))
    return client


def outcome(call, *arguments):
    """allowed, or the error of one that IAM denies; errors of the service are allowed to happen."""
    try:
        call(*arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDeniedException":
            return error
    return "allowed"


def lenders(text):
    """The chat's template with a lender beside each function, of the same role; YAML with tags is
    edited as text."""
    made = "\n".join(f"""
  {name}Lender:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Role: !GetAtt {name}Role.Arn
      Timeout: 60
      Code:
        ZipFile: |
          import os
          def handler(event, context):
              return {{name: os.environ[name] for name in os.environ if "AWS_" in name}}
""" for name in ROLES)
    return text.replace("\nOutputs:", made + "\nOutputs:")


def start_chat(start_gatehouse, folder, name):
    text = lenders((ROOT / f"examples/chat/{name}").read_text())
    path = pathlib.Path(folder) / "chat.yaml"
    path.write_text(text)
    server = start_gatehouse(str(path))
    stacks = boto3.client("cloudformation", endpoint_url=server.endpoint, region_name="us-east-1")
    rows = stacks.list_stack_resources(StackName="chat")["StackResourceSummaries"]
    return server, {row["LogicalResourceId"]: row["PhysicalResourceId"] for row in rows}


@pytest.mark.parametrize("name", ["ws-starter.yaml", "ws-starter-python.yaml"])
def test_every_role_may_what_its_template_says(start_gatehouse, tmp_path, name):
    server, ids = start_chat(start_gatehouse, tmp_path, name)
    api, table = ids["WebSocketApi"], ids[TABLE]
    expected, seen = {}, {}
    for role, may in ROLES.items():
        client = lent(server, ids[role + "Lender"])
        for operation, call in DYNAMODB.items():
            expected[role, operation] = operation in may["dynamodb"]
            seen[role, operation] = outcome(call, client("dynamodb"), table) == "allowed"
            seen[role, operation, "other"] = \
                outcome(call, client("dynamodb"), "another") == "allowed"
            expected[role, operation, "other"] = False
        for verb, call in VERBS.items():
            own = client("apigatewaymanagementapi", f"/{api}/production")
            expected[role, verb] = verb in may["manage"]
            seen[role, verb] = outcome(call, own, NOBODY) == "allowed"
        for target in ROLES:
            function = ids[target + "Handler"]
            expected[role, "invoke", target] = target in may["invoke"]
            seen[role, "invoke", target] = outcome(
                lambda c, f: c.invoke(FunctionName=f, InvocationType="DryRun"),
                client("lambda"), function) == "allowed"
    wrong = {what: seen[what] for what in expected if seen[what] != expected[what]}
    assert not wrong
    assert sum(expected.values()) == 11  # as many as the templates allow


def test_connections_of_another_stage_are_foreign(start_gatehouse, tmp_path):
    server, ids = start_chat(start_gatehouse, tmp_path, "ws-starter.yaml")
    aws = boto3.client("apigatewayv2", endpoint_url=server.endpoint, region_name="us-east-1")
    api = ids["WebSocketApi"]
    aws.create_stage(ApiId=api, StageName="other", AutoDeploy=True)
    client = lent(server, ids["GetConnectionIdLender"])
    for verb, call in VERBS.items():
        own = outcome(call, client("apigatewaymanagementapi", f"/{api}/production"), NOBODY)
        foreign = outcome(call, client("apigatewaymanagementapi", f"/{api}/other"), NOBODY)
        assert (own == "allowed") == (verb != "DELETE")
        assert foreign != "allowed"
        assert foreign.response["Error"]["Message"] == (
            f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{ids['GetConnectionIdRole']}/"
            f"{ids['GetConnectionIdLender']} is not authorized to perform: "
            "execute-api:ManageConnections on resource: arn:aws:execute-api:us-east-1:********0000:"
            f"{api}/other/{verb}/@connections/{{connectionId}}")
        assert foreign.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_body_too_large_to_be_verified_closes_nothing(start_gatehouse):
    """Nobody reads the body of a DELETE, but its signature covers it."""
    server = start_gatehouse()
    with RawWebSocket(server) as client:
        target = f"/production/@connections/{client.connection_id().replace('=', '%3D')}"
        assert ask(server.port, "DELETE", target, body=b"x" * 200_000).status == 413
        assert client.connection_id()
        assert ask(server.port, "DELETE", target).status == 204


def test_denials_have_awss_form_and_the_log_the_statement(start_gatehouse, tmp_path):
    server, ids = start_chat(start_gatehouse, tmp_path, "ws-starter.yaml")
    client = lent(server, ids["DisconnectLender"])
    role, lender, table = ids["DisconnectRole"], ids["DisconnectLender"], ids[TABLE]
    arn = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/{table}"
    user = f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{lender} is not authorized to perform"

    denied = outcome(DYNAMODB["GetItem"], client("dynamodb"), table).response
    assert denied["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert denied["Error"]["Message"] == (
        f"{user}: dynamodb:GetItem on resource: {arn} because no identity-based policy allows the "
        "dynamodb:GetItem action")
    statement = json.dumps({"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": arn},
                           separators=(",", ":"))
    server.wait_for_log(f"denied: role {role} may not dynamodb:GetItem on {arn}; "
                        f"add to its policies: {statement}")
    reason = denied["ResponseMetadata"]["HTTPHeaders"]["x-gatehouse-reason"]
    assert reason == f"role {role} may not dynamodb:GetItem; add to its policies: {statement}"
    with pytest.raises(ClientError) as stacks:
        client("cloudformation").delete_stack(StackName="chat")
    assert stacks.value.response["Error"] == {
        "Type": "Sender", "Code": "AccessDenied", "Message":
        f"{user}: cloudformation:DeleteStack on resource: arn:aws:cloudformation:us-east-1:"
        f"{ACCOUNT}:stack/chat/* because no identity-based policy allows the "
        "cloudformation:DeleteStack action"}
    for service, operation, options in (
            ("lambda", "get_function", {"FunctionName": lender}),
            ("lambda", "add_permission", {"FunctionName": lender, "StatementId": "s",
                                          "Action": "lambda:*", "Principal": "*"}),
            ("apigatewayv2", "get_apis", {}),
            ("apigatewayv2", "delete_api", {"ApiId": ids["WebSocketApi"]})):
        refused = outcome(lambda c, call=operation, given=options: getattr(c, call)(**given),
                          client(service))
        assert refused != "allowed", operation
        assert refused.response["ResponseMetadata"]["HTTPStatusCode"] == 403
        assert refused.response["Error"]["Message"].startswith(user)
    assert client("sts").get_caller_identity()["Arn"].endswith(f"/{role}/{lender}")


ROLE = {"Type": "AWS::IAM::Role", "Properties": {
    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"Service": "lambda.amazonaws.com"}}]}}}
ITEMS = {"Type": "AWS::DynamoDB::Table", "Properties": {
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}}


def stack_with(policies=(), resources=()):
    """A function that asks for its own row first, as the demo's $disconnect does."""
    body = ("import boto3, os\n"
            "    table = boto3.resource('dynamodb').Table(os.environ['TABLE'])\n"
            "    row = table.get_item(Key={'id': event['id']}).get('Item')\n"
            "    table.delete_item(Key={'id': event['id']})\n"
            "    return row")
    text = json.loads(template(Leaver=("python3.12", body, {
        "Environment": {"Variables": {"TABLE": {"Ref": "Table"}}}, "Timeout": 30,
        "Role": {"Fn::GetAtt": ["Role", "Arn"]}})))
    role = json.loads(json.dumps(ROLE))
    if policies:
        role["Properties"]["Policies"] = [
            {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": action,
                 "Resource": {"Fn::GetAtt": ["Table", "Arn"]}} for action in policies]}}]
    text["Resources"].update({"Table": ITEMS, "Role": role, **dict(resources)})
    return json.dumps(text)


def test_a_leaver_without_get_item_is_told_what_to_add(start_gatehouse):
    """The shape of the public demo's HEAD: its $disconnect reads first, its role cannot."""
    server = start_gatehouse("--empty")
    names = create(server, "demo", stack_with(["dynamodb:DeleteItem"]))
    answer, value = invoke(server, names["Leaver"], {"id": "x"})
    assert answer["FunctionError"] == "Unhandled"
    assert value["errorType"] == "ClientError"
    assert "(AccessDeniedException) when calling the GetItem operation: User: " in \
        value["errorMessage"]
    server.wait_for_log("may not dynamodb:GetItem on ")
    assert '{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"arn:aws:dynamodb:' in \
        server.log()


@pytest.mark.parametrize("kind", ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"])
def test_attached_policies_count_until_they_are_taken_away(start_gatehouse, kind):
    server = start_gatehouse("--empty")
    name = {} if "Managed" in kind else {"PolicyName": "reads"}
    attached = {"Type": kind, "Properties": {
        **name, "Roles": [{"Ref": "Role"}],
        "PolicyDocument": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:DeleteItem"],
             "Resource": {"Fn::GetAtt": ["Table", "Arn"]}}]}}}
    names = create(server, "demo", stack_with(resources={"Reads": attached}))
    answer, value = invoke(server, names["Leaver"], {"id": "x"})
    assert "FunctionError" not in answer, value
    stacks = boto3.client("cloudformation", endpoint_url=server.endpoint, region_name="us-east-1")
    stacks.update_stack(StackName="demo", TemplateBody=stack_with(),
                        Capabilities=["CAPABILITY_NAMED_IAM"])
    answer, value = invoke(server, names["Leaver"], {"id": "x"})
    assert answer["FunctionError"] == "Unhandled", value


@pytest.mark.parametrize("mode", ["warn", "off"])
def test_warn_and_off_deny_nothing(start_gatehouse, mode):
    server = start_gatehouse("--empty", "--iam", mode)
    names = create(server, "demo", stack_with())
    answer, value = invoke(server, names["Leaver"], {"id": "x"})
    assert "FunctionError" not in answer, value
    if mode == "warn":
        server.wait_for_log("AWS would deny: role ")
    else:
        assert "AWS would deny" not in server.log()


ROUTE = {
    "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {
        "Name": "a", "ProtocolType": "WEBSOCKET",
        "RouteSelectionExpression": "$request.body.action"}},
    "Connect": {"Type": "AWS::ApiGatewayV2::Route", "Properties": {
        "ApiId": {"Ref": "Api"}, "RouteKey": "$connect",
        "Target": {"Fn::Sub": "integrations/${Integration}"}}},
    "Stage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {
        "ApiId": {"Ref": "Api"}, "StageName": "live", "AutoDeploy": True}},
}
ANSWERS = ("python3.12", "return {'statusCode': 200}", {})
UPGRADE = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]


def routed(permission=None, credentials=None):
    text = json.loads(template(F=ANSWERS))
    integration = {"ApiId": {"Ref": "Api"}, "IntegrationType": "AWS_PROXY", "IntegrationUri": {
        "Fn::Sub": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${F.Arn}"
                   "/invocations"}}
    if credentials:
        integration["CredentialsArn"] = {"Fn::GetAtt": ["Role", "Arn"]}
        role = json.loads(json.dumps(ROLE))
        role["Properties"]["Policies"] = [{"PolicyName": "p", "PolicyDocument": {
            "Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": credentials, "Resource": "*"}]}}]
        text["Resources"]["Role"] = role
    text["Resources"].update(ROUTE)
    text["Resources"]["Integration"] = {"Type": "AWS::ApiGatewayV2::Integration",
                                        "Properties": integration}
    if permission is not None:
        text["Resources"]["Permission"] = {"Type": "AWS::Lambda::Permission", "Properties": {
            "FunctionName": {"Ref": "F"}, "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com", **permission}}
    return json.dumps(text)


SOURCE = "arn:aws:execute-api:us-east-1:000000000000:${Api}/"


@pytest.mark.parametrize("case,status", [
    (routed(), 500), (routed({}), 101),
    (routed({"SourceArn": {"Fn::Sub": SOURCE + "*/$connect"}}), 101),
    (routed({"SourceArn": {"Fn::Sub": SOURCE + "live/$disconnect"}}), 500),
    (routed({"Principal": "events.amazonaws.com"}), 500),
    (routed(credentials="lambda:InvokeFunction"), 101),
    (routed(credentials="lambda:GetFunction"), 500)],
    ids=["none", "any", "route", "other route", "other principal", "role", "other role"])
def test_routes_invoke_what_they_may(start_gatehouse, case, status):
    server = start_gatehouse("--empty")
    names = create(server, "routed", case)
    answer = ask(server.port, "GET", "/live", fields=UPGRADE)
    assert answer.status == status
    if status == 500:
        server.wait_for_log("denied: ")
        if "Role" not in names:
            assert f"aws lambda add-permission --function-name {names['F']} " in server.log()
            boto3.client("lambda", endpoint_url=server.endpoint, region_name="us-east-1") \
                .add_permission(FunctionName=names["F"], StatementId="now",
                                Action="lambda:InvokeFunction",
                                Principal="apigateway.amazonaws.com")
            until(lambda: ask(server.port, "GET", "/live", fields=UPGRADE).status == 101,
                  "the permission counts")


def make_old(data):
    """Takes away what tells that this gatehouse wrote stacks and functions."""
    with sqlite3.connect(data / "store.db") as store:
        for (table,) in store.execute("SELECT 'k' || id FROM catalogue WHERE name IN "
                                      "('stacks', 'functions')").fetchall():
            for key, value in store.execute(f"SELECT k, v FROM {table}").fetchall():
                document = json.loads(value)
                document.pop("rolesEnforced", None)
                document.pop("iam", None)
                store.execute(f"UPDATE {table} SET v = ? WHERE k = ?",
                              (json.dumps(document).encode(), key))
    store.close()


def test_data_from_before_is_warned_of_until_the_next_deployment(start_gatehouse, tmp_path):
    data = tmp_path / "data"
    first = start_gatehouse("--empty", data=data)
    names = create(first, "demo", stack_with(resources=json.loads(routed())["Resources"]))
    first.stop()
    make_old(data)

    server = start_gatehouse("--empty", data=data)
    server.wait_for_log("stack demo is of an older gatehouse")
    answer, value = invoke(server, names["Leaver"], {"id": "x"})
    assert "FunctionError" not in answer, value
    server.wait_for_log("AWS would deny: role ")
    assert ask(server.port, "GET", "/live", fields=UPGRADE).status == 101
    server.wait_for_log("AWS would deny: apigateway.amazonaws.com may not invoke function ")

    stacks = boto3.client("cloudformation", endpoint_url=server.endpoint, region_name="us-east-1")
    text = json.loads(stack_with(resources=json.loads(routed())["Resources"]))
    text["Resources"]["Table"]["Properties"]["DeletionProtectionEnabled"] = False
    text["Outputs"] = {"New": {"Value": "1"}}
    stacks.update_stack(StackName="demo", TemplateBody=json.dumps(text),
                        Capabilities=["CAPABILITY_IAM"])
    answer, value = invoke(server, names["Leaver"], {"id": "x"})
    assert answer["FunctionError"] == "Unhandled", value
    assert ask(server.port, "GET", "/live", fields=UPGRADE).status == 500
