"""What the tests of the specification's rows share: one template of routes, one handler.

MOCK routes tell which route was taken; the handler does what the message or the query says. It is
there twice: in Python below, and in C++ in handlers/rows.cc, which runs in the process.
"""

import json
import os
import pathlib

import pytest
from harness import BINARY, UPGRADE, RawWebSocket, Server, ask, until

ROLE = "arn:aws:iam::000000000000:role/r"
IN_PROCESS = pathlib.Path(os.environ.get("GATEHOUSE_TEST_HANDLERS",
                                         BINARY.parent / "tests/scenario_handlers.so"))


@pytest.fixture(scope="module", params=["python", "in-process"])
def handler(request):
    """Which handler a template's function is: tests run with either."""
    return request.param


PYTHON_ONLY = pytest.mark.parametrize("handler", ["python"], indirect=True)

# Events go to a file, for $disconnect has nobody to answer to.
HANDLER = '''
import json, os, time

def note(record):
    with open(os.environ["EVENTS"], "a") as file:
        file.write(json.dumps(record) + "\\n")

def connections(context):
    """A function that calls a verb of @connections and says what came of it."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError
    url = "https://{}/{}".format(context["domainName"], context["stage"])
    client = boto3.client("apigatewaymanagementapi", endpoint_url=url,
                          config=Config(retries={"max_attempts": 0}))
    def call(verb, id_, **more):
        try:
            getattr(client, verb)(ConnectionId=id_, **more)
            return "fine"
        except ClientError as error:
            return error.response["Error"]["Code"]
    return call

def about_oneself(context):
    """What @connections says of the connection of this very event, verb by verb."""
    call, id_ = connections(context), context["connectionId"]
    return [call("get_connection", id_), call("post_to_connection", id_, Data=b"to myself"),
            call("delete_connection", id_)]

def flood(context):
    """Posts until it is refused."""
    call, said, posts = connections(context), "fine", 0
    while said == "fine" and posts < 400:
        said = call("post_to_connection", context["connectionId"], Data=b"z" * 131072)
        posts += 1
    return [said]

def handler(event, context):
    context = event["requestContext"]
    kind = context["eventType"]
    if kind == "DISCONNECT":
        note(context)
        if context["disconnectReason"] == "oneself":
            note(about_oneself(context))
        return
    if kind == "CONNECT":
        asked = dict(event.get("queryStringParameters") or {})
        asked["answer"] = json.loads(asked.get("answer") or '{"statusCode": 200}')
    else:
        asked = json.loads(event["body"])
    do = asked.get("do")
    if do == "raise":
        raise ValueError("asked to")
    if do == "sleep":
        time.sleep(2)
    if do == "oneself":
        note(about_oneself(context))
    if do == "post":
        data = b"x" * asked.get("size", 1)
        note([connections(context)("post_to_connection", asked["to"], Data=data)])
    if do == "flood":
        note(flood(context))
    if do == "fill":
        return {"body": "x" * asked["size"]}
    if do == "bytes":
        return {"body": "/w==", "isBase64Encoded": True}
    return asked.get("answer", {})
'''


def mock(request='{"statusCode": 200}', *responses, **properties):
    """An integration of type MOCK, and its responses as (key, template)."""
    templates = {"RequestTemplates": {"$default": request}} if request is not None else {}
    return {"IntegrationType": "MOCK", **templates, **properties}, responses


ROUTE_KEY = mock('{"statusCode": 200}', ("$default", "route $context.routeKey"))


def function(**properties):
    """The handler as an integration."""
    return {"IntegrationType": "AWS_PROXY", "IntegrationMethod": "POST",
            "IntegrationUri": {"Fn::Sub": "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31"
                                          "/functions/${Handler.Arn}/invocations"},
            **properties}, ()


class Template:
    """One API under construction: routes are added, then text() is deployed."""

    def __init__(self, expression="$request.body.action", stage=None, **api):
        self.resources = {
            "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {
                "Name": "rows", "ProtocolType": "WEBSOCKET",
                "RouteSelectionExpression": expression, **api}},
            "Stage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {
                "ApiId": {"Ref": "Api"}, "StageName": "rows", "AutoDeploy": True,
                **(stage or {})}}}
        self.integrations = {}
        self.options = ()

    def use_function(self, handler="python"):  # pylint: disable=redefined-outer-name
        self.resources["Handler"] = {"Type": "AWS::Lambda::Function", "Properties": {
            "Runtime": "python3.12", "Handler": "index.handler", "Role": ROLE, "Timeout": 10,
            "Environment": {"Variables": {}},
            "Code": {"ZipFile": HANDLER}}}
        self.resources["MayInvoke"] = {"Type": "AWS::Lambda::Permission", "Properties": {
            "FunctionName": {"Ref": "Handler"}, "Action": "lambda:InvokeFunction",
            "Principal": "apigateway.amazonaws.com"}}
        if handler == "in-process":
            self.resources["Handler"]["Metadata"] = {"Gatehouse": {"InProcess": "rows/handler"}}
            self.options = ("--handlers", IN_PROCESS)
        return self

    def _add(self, kind, logical_id, properties, **attributes):
        self.resources[logical_id] = {"Type": f"AWS::ApiGatewayV2::{kind}", "Properties": {
            "ApiId": {"Ref": "Api"}, **properties}, **attributes}
        return {"Ref": logical_id}

    def route(self, key, integration=None, two_way=False, **properties):
        number = len(self.resources)
        if integration:
            settings, responses = integration
            name = repr(integration)
            if name not in self.integrations:
                self.integrations[name] = self._add("Integration", f"I{number}", settings)
                for index, (response, template) in enumerate(responses):
                    self._add("IntegrationResponse", f"IR{number}x{index}", {
                        "IntegrationId": self.integrations[name],
                        "IntegrationResponseKey": response,
                        **({"ResponseTemplates": template} if isinstance(template, dict) else
                           {"ResponseTemplates": {"$default": template}} if template else {})})
            properties["Target"] = {"Fn::Join": ["/", ["integrations", self.integrations[name]]]}
        if two_way:
            properties["RouteResponseSelectionExpression"] = "$default"
        models = sorted(set(properties.get("RequestModels", {}).values()))
        route = self._add("Route", f"R{number}", {"RouteKey": key, **properties},
                          DependsOn=models)  # models are known by their names
        if two_way:
            self._add("RouteResponse", f"RR{number}",
                      {"RouteId": route, "RouteResponseKey": "$default"})
        return self

    def model(self, name, schema):
        self._add("Model", name, {"Name": name, "ContentType": "application/json",
                                  "Schema": schema})
        return self

    def start(self, folder, *options):
        path, events_file = folder / "rows.json", folder / "events"
        if "Handler" in self.resources:
            variables = self.resources["Handler"]["Properties"]["Environment"]["Variables"]
            variables["EVENTS"] = str(events_file)
        path.write_text(json.dumps({"Resources": self.resources}))
        server = Server(folder, str(path), *self.options, *options)
        server.events = events_file
        return server


def events(server, count):
    """The first `count` records that the handler noted."""
    def read():
        if not server.events.exists():
            return None
        lines = server.events.read_text().splitlines()
        return [json.loads(line) for line in lines] if len(lines) >= count else None
    return until(read, f"{count} events of the handler")


def upgrade(server, query="", **settings):
    """The answer to an upgrade on the stage's URL."""
    fields = [*UPGRADE, *settings.pop("fields", ())]
    return ask(server.port, "GET", f"/{server.stage['name']}{query}", fields=fields, **settings)


def talk(server, text, query=""):
    """What comes back to one message on a connection of its own."""
    with RawWebSocket(server, query) as client:
        client.send_text(text if isinstance(text, str) else json.dumps(text))
        return client.read_text()


def error_of(frame):
    """The message of an error frame; its spacing is AWS's."""
    value = json.loads(frame)
    expected = '{{"message": "{message}", "connectionId":"{connectionId}", ' \
               '"requestId":"{requestId}"}}'
    assert frame == expected.format(**value)
    return value["message"]
