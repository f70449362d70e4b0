"""Small things as AWS has them: subprotocols, route keys with $, aliases, duplicate keys."""

import copy
import json
import subprocess
import urllib.parse

import pytest
from harness import BINARY, UPGRADE, WAIT_SECONDS, RawWebSocket, ask
from spec_rows import Template, error_of, function, mock, talk, upgrade

ROUTE = mock('{"statusCode": 200}', ("$default", "route $context.routeKey"))


@pytest.fixture
def serve(tmp_path):
    """Starts a server of a Template."""
    servers = []

    def start(template):
        servers.append(template.start(tmp_path))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def test_a_subprotocol_that_is_no_token_is_left_out(serve):
    server = serve(Template().use_function().route("$connect", function()))
    for value, sent in (("chat.v1", "chat.v1"), ("", None), ("a b", None), ("a, b", None)):
        answer = json.dumps({"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": value}})
        opened = upgrade(server, "?answer=" + urllib.parse.quote(answer),
                         fields=["Sec-WebSocket-Protocol: chat.v1"])
        assert opened.status == 101
        assert opened.fields.get("sec-websocket-protocol") == sent, value
    server.wait_for_log("is no token and is left out")


def test_route_keys_that_begin_with_a_dollar_are_reachable(serve):
    template = Template()
    for key in ("$join", "$default", "$connect", "$disconnect"):
        template.route(key, ROUTE, two_way=key in ("$join", "$default"))
    server = serve(template)
    assert talk(server, {"action": "$join"}) == "route $join"
    for lifecycle in ("$connect", "$disconnect"):  # never by a message
        assert talk(server, {"action": lifecycle}) == "route $default"


def with_alias(alias):
    """The handler's integration, of that alias."""
    settings, responses = copy.deepcopy(function())
    settings["IntegrationUri"]["Fn::Sub"] = settings["IntegrationUri"]["Fn::Sub"].replace(
        "Arn}", "Arn}:" + alias)
    return settings, responses


def test_an_alias_that_does_not_exist_is_not_invoked(serve):
    template = Template(stage={"StageVariables": {"alias": "live"}}).use_function()
    template.route("good", with_alias("$LATEST"), two_way=True)
    template.route("bad", with_alias("live"), two_way=True)
    template.route("variable", with_alias("${!stageVariables.alias}"), two_way=True)
    server = serve(template)
    assert talk(server, {"action": "good", "answer": {"body": "fine"}}) == "fine"
    for action in ("bad", "variable"):
        said = talk(server, {"action": action, "answer": {"body": "fine"}})
        assert error_of(said) == "Internal server error", action


def test_a_connect_of_an_alias_that_does_not_exist_answers_500(serve):
    server = serve(Template().use_function().route("$connect", with_alias("live")))
    assert upgrade(server).status == 500


DUPLICATE = """Resources:
  A:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: a, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
  R: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref A, RouteKey: r}}
  S:
    Type: AWS::ApiGatewayV2::Stage
    Properties:
      ApiId: !Ref A
      AutoDeploy: true
      StageName: first
      StageName: last
"""


@pytest.mark.parametrize("ending", ["yaml", "json"])
def test_the_last_of_duplicate_keys_counts(start_gatehouse, tmp_path, ending):
    path = tmp_path / f"app.{ending}"
    text, line = DUPLICATE, 12
    if ending == "json":
        resources = {"A": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {
            "Name": "a", "ProtocolType": "WEBSOCKET",
            "RouteSelectionExpression": "$request.body.action"}},
            "R": {"Type": "AWS::ApiGatewayV2::Route", "Properties": {
                "ApiId": {"Ref": "A"}, "RouteKey": "r"}},
            "S": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {
                "ApiId": {"Ref": "A"}, "AutoDeploy": True, "StageName": "first", "X": "last"}}}
        text = json.dumps({"Resources": resources}).replace('"X"', '\n"StageName"')
        line = 2
    path.write_text(text)
    checked = subprocess.run([BINARY, "check", path], capture_output=True, text=True, check=False,
                             timeout=WAIT_SECONDS)
    assert checked.returncode == 0, checked.stdout
    assert f"app.{ending}:{line}: " in checked.stdout, checked.stdout
    assert "duplicate key StageName: the last one counts" in checked.stdout
    server = start_gatehouse(str(path))
    assert server.stage["name"] == "last"
    assert ask(server.port, "GET", "/first", fields=UPGRADE).status == 403
    with RawWebSocket(server):
        pass
