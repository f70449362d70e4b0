"""Spec §4, row by row: which route a message takes, and the frames that AWS writes itself."""

import json
import types

import boto3
import pytest
from harness import RawWebSocket
from spec_rows import PYTHON_ONLY, ROUTE_KEY, Template, error_of, function, mock, talk


@pytest.fixture(scope="module")
def default(tmp_path_factory):
    """Every route tells its key; $default is there."""
    template = Template()
    for key in ("$default", "say", "5", "true", "[item1, item2]", "Say", "sendMessage"):
        template.route(key, ROUTE_KEY, two_way=True)
    template.route("$connect", mock()).route("$disconnect", mock())
    server = template.start(tmp_path_factory.mktemp("default"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def bare(tmp_path_factory, handler):
    """Without $default; functions that fail, models, throttles."""
    schema = {"$schema": "http://json-schema.org/draft-04/schema#", "type": "object",
              "required": ["text"], "properties": {"text": {"type": "string", "maxLength": 3}}}
    rate = {"ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": 1}
    template = Template(stage={"RouteSettings": {"rare": rate}}).use_function(handler)
    template.model("Text", schema)
    template.route("say", ROUTE_KEY, two_way=True).route("rare", ROUTE_KEY, two_way=True)
    template.route("function", function()).route("slow", function(TimeoutInMillis=300))
    template.route("model", ROUTE_KEY, two_way=True, ModelSelectionExpression="$request.body.kind",
                   RequestModels={"text": "Text"})
    template.route("any", ROUTE_KEY, two_way=True, ModelSelectionExpression="$request.body.kind",
                   RequestModels={"$default": "Text"})
    template.route("unselected", ROUTE_KEY, two_way=True, RequestModels={"text": "Text"})
    server = template.start(tmp_path_factory.mktemp("bare"))
    yield server
    server.stop()


@pytest.mark.parametrize("row, message, key", [
    ("exact equality", '{"action":"say"}', "say"),
    ("case-sensitive", '{"action":"Say"}', "Say"),
    ("number", '{"action":5}', "5"),
    ("boolean", '{"action":true}', "true"),
    ("array of two", '{"action":["item1", "item2"]}', "[item1, item2]"),
    ("non-JSON body", "hello", "$default"),
    ("empty text", "", "$default"),
    ("JSON without the key", '{"x":1}', "$default"),
    ("value matching no route", '{"action":"none"}', "$default"),
    ("JSON that is no object: [1]", "[1]", "$default"),
    ('JSON that is no object: "x"', '"x"', "$default"),
    ("JSON that is no object: 7", "7", "$default"),
    ("lenient reader", '{"action":"sendMessage", body:"hello"}', "sendMessage"),
    ("value $connect", '{"action":"$connect"}', "$default"),
    ("value $disconnect", '{"action":"$disconnect"}', "$default"),
    ("value $default", '{"action":"$default"}', "$default"),
    ("null", '{"action":null}', "$default"),
    ("object", '{"action":{}}', "$default"),
])
def test_choice(default, row, message, key):
    assert talk(default, message) == f"route {key}", row


EXPRESSIONS = [
    ("$request.body.service.do", {"service": {"do": "x"}}, "x"),
    ("${request.body.service}/${request.body.action}", {"service": "a", "action": "b"}, "a/b"),
    ("${request.body.action}-${request.body.none}", {"action": "join"}, "join-"),
    ("$request.body.list[1].k", {"list": [0, {"k": "v"}]}, "v"),
    ("${request.body['a b']}", {"a b": "c"}, "c"),
    ("plain", {"action": "x"}, "plain"),
    ("\\$default", {"action": "x"}, "$default"),
]


@pytest.mark.parametrize("expression, message, key", EXPRESSIONS,
                         ids=[row[0] for row in EXPRESSIONS])
def test_expression(tmp_path, expression, message, key):
    template = Template(expression).route(key, ROUTE_KEY, two_way=True)
    if key != "$default":
        template.route("$default", ROUTE_KEY, two_way=True)
    server = template.start(tmp_path)
    assert talk(server, message) == f"route {key}"
    server.stop()


@pytest.mark.parametrize("row, message, error", [
    ("no route matches and there is no $default", '{"action":"none"}', "Forbidden"),
    ("function threw", '{"action":"function","do":"raise"}', "Internal server error"),
    ("longer than its time-out", '{"action":"slow","do":"sleep"}', "Endpoint request timed out"),
    ("model: what it selects refuses", '{"action":"model","kind":"text"}', "Invalid request body"),
    ("model: too long", '{"action":"model","kind":"text","text":"long"}', "Invalid request body"),
    ("model: none matches, no $default", '{"action":"model","text":"x"}', "Invalid request body"),
    ("model: $default", '{"action":"any","kind":"?"}', "Invalid request body"),
])
def test_error_frame(bare, row, message, error):
    with RawWebSocket(bare) as client:
        client.send_text(message)
        assert error_of(client.read_text()) == error, row
        client.send_text('{"action":"say"}')
        assert client.read_text() == "route say", "the connection stays open"


@PYTHON_ONLY  # a C++ handler's answer has the right form
def test_error_frame_of_a_malformed_answer(bare):
    with RawWebSocket(bare) as client:
        client.send_text('{"action":"function","answer":{"Data":1}}')
        assert error_of(client.read_text()) == "Internal server error"
        client.send_text('{"action":"say"}')
        assert client.read_text() == "route say", "the connection stays open"


@pytest.mark.parametrize("status", [99, 600])
def test_error_frame_of_a_malformed_status(bare, status):
    answer = json.dumps({"action": "function", "answer": {"statusCode": status, "body": "x"}})
    assert error_of(talk(bare, answer)) == "Internal server error"


def test_error_frame__gateway_may_not_invoke(tmp_path):
    arn = "arn:aws:lambda:us-east-1:000000000000:function:nobody"
    template = Template().route("x", ({"IntegrationType": "AWS_PROXY", "IntegrationUri": arn}, ()))
    server = template.start(tmp_path)
    assert error_of(talk(server, {"action": "x"})) == "Internal server error"
    server.stop()


def test_error_frame__gateway_lacks_the_permission(tmp_path, handler):
    template = Template().use_function(handler).route("x", function())
    del template.resources["MayInvoke"]
    server = template.start(tmp_path)
    assert error_of(talk(server, {"action": "x", "answer": {}})) == "Internal server error"
    server.stop()


def test_error_frame__function_throttled(tmp_path, handler):
    template = Template().use_function(handler).route("x", function())
    template.resources["Handler"]["Properties"]["ReservedConcurrentExecutions"] = 0
    server = template.start(tmp_path)
    assert error_of(talk(server, {"action": "x", "answer": {}})) == "Internal server error"
    server.stop()


def test_message_throttled__too_many_requests(bare):
    with RawWebSocket(bare) as client:
        for _ in range(2):
            client.send_text('{"action":"rare"}')
        assert client.read_text() == "route rare"
        assert error_of(client.read_text()) == "Too Many Requests"
        client.send_text('{"action":"say"}')
        assert client.read_text() == "route say", "another route, another bucket"


@pytest.mark.parametrize("message", [
    {"action": "model", "kind": "text", "text": "ok"}, {"action": "any", "text": "ok"},
    {"action": "unselected", "kind": "text"}])
def test_what_the_models_accept(bare, message):
    assert talk(bare, message) == f"route {message['action']}"


def test_disabled_schema_validation(tmp_path):
    template = Template(DisableSchemaValidation=True).model("None", {"not": {}})
    template.route("say", ROUTE_KEY, two_way=True, ModelSelectionExpression="$request.body.x",
                   RequestModels={"$default": "None"})
    server = template.start(tmp_path)
    assert talk(server, '{"action":"say"}') == "route say"
    server.stop()


def test_route_that_the_deployment_has_not__forbidden(gatehouse):
    apis = boto3.client("apigatewayv2", endpoint_url=gatehouse.endpoint)
    api = apis.create_api(Name="x", ProtocolType="WEBSOCKET",
                          RouteSelectionExpression="$request.body.action")["ApiId"]
    made = apis.create_integration(ApiId=api, IntegrationType="MOCK")["IntegrationId"]
    apis.create_route(ApiId=api, RouteKey="old", Target=f"integrations/{made}")
    deployment = apis.create_deployment(ApiId=api)["DeploymentId"]
    apis.create_stage(ApiId=api, StageName="later", DeploymentId=deployment)
    apis.create_route(ApiId=api, RouteKey="new", Target=f"integrations/{made}")
    server = types.SimpleNamespace(port=gatehouse.port, stage={"name": "later"})
    assert error_of(talk(server, {"action": "new"})) == "Forbidden"
    assert error_of(talk(server, {"action": "old"})) == "Internal server error", "a bare MOCK"
    apis.delete_api(ApiId=api)


def test_mock_request_templates_and_responses(tmp_path):
    """§6.2, §6.3, §6.5: templates are selected, read the message and its context."""
    ping = mock('{"statusCode": $input.json(\'$.status\'), "echo": $input.json(\'$.x\')}',
                ("$default", '{"other":"$context.status"}'),
                ("/2\\d\\d/", '{"id":"$context.connectionId","x":$input.json(\'$.echo\'),'
                              '"v":"$stageVariables.v"}'))
    template = Template(stage={"StageVariables": {"v": "1"}})
    server = template.route("ping", ping, two_way=True).route("quiet", ping).start(tmp_path)
    answer = json.loads(talk(server, {"action": "ping", "status": 201, "x": [1]}))
    assert answer == {"id": answer["id"], "x": [1], "v": "1"} and len(answer["id"]) == 16
    assert talk(server, {"action": "ping", "status": 404}) == '{"other":"404"}'
    with RawWebSocket(server) as client:
        client.send_text('{"action":"quiet","status":200}')
        client.send_text('{"action":"ping","status":300}')
        assert client.read_text() == '{"other":"300"}', "without a route response nothing is sent"
    server.stop()


def test_a_mapping_template_computes(tmp_path):
    """Velocity's directives in both templates, and an index that is out of bounds."""
    request = ('#set($n = $input.path("$.items").size())\n'
               '{"statusCode": #if($n > 2)400#{else}200#end}')
    response = ('[#foreach($i in $util.parseJson($input.json("$")).keySet())"$i"#end]'
                ' $context.routeKey.toUpperCase()')
    broken = '{"statusCode": 200, "x": "$input.path(\'$.items\').get(5)"}'
    template = (Template().route("vtl", mock(request, ("$default", response)), two_way=True)
                .route("broken", mock(broken), two_way=True))
    server = template.start(tmp_path)
    assert talk(server, {"action": "vtl", "items": [1, 2]}) == '["statusCode"] VTL'
    assert error_of(talk(server, {"action": "broken", "items": []})) == "Internal server error"
    server.wait_for_log("line 1: index 5 is out of bounds of 0")
    server.stop()


def test_template_language_beyond_ours_is_named(tmp_path):
    template = Template().route("vtl", mock("{\n#macro(x)#end\n}"), two_way=True)
    server = template.start(tmp_path)
    assert error_of(talk(server, {"action": "vtl"})) == "Internal server error"
    server.wait_for_log("template $default: line 2: #macro is not served")
    server.stop()
