"""Spec §1.2–1.4, row by row: what answers an upgrade."""

import json
import urllib.parse

import boto3
import pytest
from harness import ACCEPT, UPGRADE, RawWebSocket, ask
from spec_rows import PYTHON_ONLY, Template, error_of, events, function, mock, upgrade


def status_of_connect(status):
    return "?answer=" + urllib.parse.quote(json.dumps({"statusCode": status}))


@pytest.fixture(scope="module")
def served(tmp_path_factory, handler):
    """$connect is the handler."""
    template = Template().use_function(handler).route("$connect", function())
    server = template.start(tmp_path_factory.mktemp("connect"), "--url-bytes", "2048")
    yield server
    server.stop()


def test_accepted__101_with_its_headers(served):
    answer = upgrade(served)
    assert answer.status == 101
    assert answer.fields["sec-websocket-accept"] == ACCEPT
    assert {"date", "connection", "upgrade"} <= set(answer.fields)


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_connect_handler_returns_2xx__101(served, status):
    assert upgrade(served, status_of_connect(status)).status == 101


@pytest.mark.parametrize("status", [300, 301, 400, 401, 403, 410, 501, 599])
def test_connect_handler_returns_any_other_status__that_status(served, status):
    answer = upgrade(served, status_of_connect(status))
    assert answer.status == status
    assert answer.fields["content-type"] == "application/json"
    assert error_of(answer.body.decode()) == answer.reason


@pytest.mark.parametrize("status", [100, 199, 600])
def test_connect_handler_returns_no_status_of_an_answer__502(served, status):
    assert upgrade(served, status_of_connect(status)).status == 502


def test_the_connection_id_is_minted_before_connect(served):
    body = upgrade(served, status_of_connect(400)).json()
    assert list(body) == ["message", "connectionId", "requestId"]
    assert len(body["connectionId"]) == 16 and body["connectionId"].endswith("=")


def test_connect_function_throws__502(served):
    assert upgrade(served, "?do=raise").status == 502


@PYTHON_ONLY  # a C++ handler's answer has the right form
@pytest.mark.parametrize("query", [
    "?answer=[]", "?answer=%22text%22", "?answer=17",
    "?answer=" + urllib.parse.quote('{"statusCode": "x"}'),
    "?answer=" + urllib.parse.quote('{"statusCode": 200, "Data": 1}'),
    "?answer=" + urllib.parse.quote('{"statusCode": 200, "body": {}}')])
def test_connect_function_is_malformed__502(served, query):
    assert upgrade(served, query).status == 502


def test_connect_integration_times_out__504(tmp_path, handler):
    template = Template().use_function(handler).route("$connect", function(TimeoutInMillis=100))
    server = template.start(tmp_path)
    assert upgrade(server, "?do=sleep").status == 504
    server.stop()


def test_connect_route_missing__opens(tmp_path):
    server = Template().route("x").start(tmp_path)
    assert upgrade(server).status == 101
    server.stop()


def test_gateway_may_not_invoke__500(tmp_path):
    arn = "arn:aws:lambda:us-east-1:000000000000:function:nobody"
    integration = {"IntegrationType": "AWS_PROXY", "IntegrationUri": arn}, ()
    server = Template().route("$connect", integration).start(tmp_path)
    assert upgrade(server).status == 500
    server.stop()


def test_gateway_lacks_the_permission__500(tmp_path):
    template = Template().use_function().route("$connect", function())
    del template.resources["MayInvoke"]
    server = template.start(tmp_path)
    assert upgrade(server).status == 500
    server.stop()


@pytest.mark.parametrize("settings", [
    {"DefaultRouteSettings": {"ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 0}},
    {"RouteSettings": {"$connect": {"ThrottlingRateLimit": 0, "ThrottlingBurstLimit": 0}}}])
def test_throttled_by_stage_or_route__429(tmp_path, settings):
    server = Template(stage=settings).route("$connect", mock()).start(tmp_path)
    answer = upgrade(server)
    assert answer.status == 429
    assert error_of(answer.body.decode()) == "Too Many Requests"
    server.stop()


def test_throttled_by_account__429(tmp_path):
    server = Template().route("x").start(tmp_path, "--connects-per-second", "0.001")
    assert [upgrade(server).status for _ in range(3)] == [101, 429, 429]
    server.stop()


def test_unknown_stage__403(gatehouse):
    answer = ask(gatehouse.port, "GET", "/nosuchstage", fields=UPGRADE)
    assert (answer.status, answer.json()["message"]) == (403, "Forbidden")


def test_stage_without_a_deployment__403(gatehouse):
    apis = boto3.client("apigatewayv2", endpoint_url=gatehouse.endpoint)
    api = apis.create_api(Name="bare", ProtocolType="WEBSOCKET",
                          RouteSelectionExpression="$request.body.action")["ApiId"]
    apis.create_stage(ApiId=api, StageName="undeployed")
    assert ask(gatehouse.port, "GET", "/undeployed", fields=UPGRADE).status == 403
    apis.delete_api(ApiId=api)


def test_plain_request__426(gatehouse):
    answer = ask(gatehouse.port, "GET", f"/{gatehouse.stage['name']}")
    assert (answer.status, answer.fields["upgrade"]) == (426, "websocket")


def test_disabled_default_endpoint__403(tmp_path):
    server = Template(DisableExecuteApiEndpoint=True).route("x").start(tmp_path)
    host = f"{server.api['apiId']}.execute-api.us-east-1.amazonaws.com"
    assert upgrade(server, host=host).status == 403
    target = f"/{server.stage['name']}/@connections/JDH-3ejISQ0CFlw="
    assert ask(server.port, "GET", target, host=host).status == 403
    assert upgrade(server).status == 101, "localhost is left, for there are no custom domains yet"
    server.stop()


def test_url_over_4096_characters__414(gatehouse):
    path = f"/{gatehouse.stage['name']}?x="
    for size, status in ((4096, 101), (4097, 414)):
        query = "?x=" + "y" * (size - len(path))
        assert upgrade(gatehouse, query).status == status


def test_url_quota_is_an_option(served):
    assert upgrade(served, "?x=" + "y" * 2048).status == 414


def test_what_connect_answers_besides_is_not_forwarded(served):
    answer = {"statusCode": 200, "body": "hello", "headers": {"X-Mine": "1"}}
    query = "?answer=" + urllib.parse.quote(json.dumps(answer))
    given = upgrade(served, query)
    assert given.status == 101 and "x-mine" not in given.fields
    with RawWebSocket(served, query) as client:
        client.send_text("{}")
        assert json.loads(client.read_text())["message"] == "Forbidden", "no hello before it"


def test_two_way_connect_says_its_body_first(tmp_path, handler):
    template = Template().use_function(handler).route("$connect", function(), two_way=True)
    server = template.start(tmp_path)
    answer = {"statusCode": 200, "body": "welcome"}
    with RawWebSocket(server, "?answer=" + urllib.parse.quote(json.dumps(answer))) as client:
        assert client.read_text() == "welcome"
    server.stop()


@pytest.mark.parametrize("name", ["Sec-WebSocket-Protocol", "sec-websocket-protocol"])
def test_subprotocol_only_what_the_handler_returns(served, name):
    offer = ["Sec-WebSocket-Protocol: a, b"]
    assert "sec-websocket-protocol" not in upgrade(served, fields=offer).fields
    answer = {"statusCode": 200, "headers": {name: "b"}}
    query = "?answer=" + urllib.parse.quote(json.dumps(answer))
    assert upgrade(served, query, fields=offer).fields["sec-websocket-protocol"] == "b"
    assert upgrade(served, query).fields["sec-websocket-protocol"] == "b", "not offered: passed on"


def test_rejected_connect_has_no_disconnect(tmp_path, handler):
    template = Template().use_function(handler).route("$connect", function())
    server = template.route("$disconnect", function()).start(tmp_path)
    assert upgrade(server, status_of_connect(403)).status == 403
    with RawWebSocket(server):
        pass
    first = events(server, 1)[0]
    assert first["eventType"] == "DISCONNECT" and len(events(server, 1)) == 1
    server.stop()


@pytest.mark.parametrize("request_template, status", [
    ('{"statusCode": 200}', 101), ('{"statusCode": 403}', 403), ("{}", 500), (None, 500)])
def test_mock_connect_status_opens_or_refuses(tmp_path, request_template, status):
    server = Template().route("$connect", mock(request_template)).start(tmp_path)
    assert upgrade(server).status == status
    server.stop()
