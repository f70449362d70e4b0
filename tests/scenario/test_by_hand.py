"""The seed's steps 2 and 3 by hand: a template with table and functions only, then the API, its
routes and a stage by `aws apigatewayv2`."""

import asyncio
import json
import re

import websockets
from aws_cli import aws, deploy, needs_aws, refused
from harness import CHAT_ROUTES, ROOT, receive

pytestmark = needs_aws

TEMPLATE = ROOT / "examples/chat/ws-starter-python.yaml"
ROUTES = {route.key: route.logical_id for route in CHAT_ROUTES if not route.is_alias}


def without_api(text):
    """The chat's template less its API, permissions and outputs."""
    text = text[:text.index("\nOutputs:")]
    head, resources = text.split("\nResources:\n")
    left_out = re.compile("Type: AWS::(ApiGatewayV2::|Lambda::Permission)")
    kept = [part for part in re.split(r"(?m)^(?=  \w+:$)", resources) if not left_out.search(part)]
    return head + "\nResources:\n" + "".join(kept).replace("${WebSocketApi}", "*")


def make_api(server, functions):
    """API, integrations, routes, permissions, deployment, stage, as the tutorial says."""
    region = server.ready["region"]
    api = aws(server, "apigatewayv2", "create-api", "--name", "by-hand", "--protocol-type",
              "WEBSOCKET", "--route-selection-expression", "$request.body.action")["ApiId"]
    for key, logical_id in ROUTES.items():
        arn = aws(server, "lambda", "get-function",
                  "--function-name", functions[logical_id])["Configuration"]["FunctionArn"]
        integration = aws(
            server, "apigatewayv2", "create-integration", "--api-id", api, "--integration-type",
            "AWS_PROXY", "--integration-uri",
            f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations",
        )["IntegrationId"]
        route = aws(server, "apigatewayv2", "create-route", "--api-id", api, "--route-key", key,
                    "--target", f"integrations/{integration}")
        assert route["RouteKey"] == key
        aws(server, "lambda", "add-permission", "--function-name", functions[logical_id],
            "--statement-id", "gateway", "--action", "lambda:InvokeFunction",
            "--principal", "apigateway.amazonaws.com",
            "--source-arn", f"arn:aws:execute-api:{region}:000000000000:{api}/*/{key}")
    deployment = aws(server, "apigatewayv2", "create-deployment", "--api-id", api)["DeploymentId"]
    aws(server, "apigatewayv2", "create-stage", "--api-id", api, "--stage-name", "production",
        "--deployment-id", deployment)
    return api


async def talk(url):
    async with websockets.connect(f"{url}?username=ann") as ann, \
            websockets.connect(f"{url}?username=bob") as bob:
        await bob.send('{"action":"getConnectionId"}')
        bob_id = json.loads(await receive(bob))["connectionId"]
        await ann.send('{"action":"sendMessage","message":"hi"}')
        for client in (ann, bob):
            assert json.loads(await receive(client)) == \
                {"type": "message", "payload": {"user": "ann", "message": "hi"}}
        await ann.send(json.dumps({"action": "sendDirect", "connectionId": bob_id,
                                   "operationType": "signing", "message": {"txId": "abc123"}}))
        assert json.loads(await receive(bob))["message"] == {"txId": "abc123"}
        await ann.send('{"action":"nonsense"}')
        assert json.loads(await receive(ann))["message"] == "Forbidden"


def test_api_made_by_hand(start_gatehouse, tmp_path):
    server = start_gatehouse("--empty")
    template = tmp_path / "functions.yaml"
    template.write_text(without_api(TEMPLATE.read_text()))
    deployed = deploy(server, template, "parts")
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr
    resources = aws(server, "cloudformation", "list-stack-resources",
                    "--stack-name", "parts")["StackResourceSummaries"]
    functions = {resource["LogicalResourceId"]: resource["PhysicalResourceId"]
                 for resource in resources if resource["ResourceType"] == "AWS::Lambda::Function"}
    assert len(functions) == len(ROUTES)
    api = make_api(server, functions)
    asyncio.run(talk(f"ws://localhost:{server.port}/production"))

    policy = json.loads(aws(server, "lambda", "get-policy",
                            "--function-name", functions["ConnectHandler"])["Policy"])
    assert policy["Statement"][0]["Sid"] == "gateway"
    aws(server, "lambda", "remove-permission", "--function-name", functions["ConnectHandler"],
        "--statement-id", "gateway")
    refused(server, "ResourceNotFoundException", "lambda", "get-policy", "--function-name",
            functions["ConnectHandler"])
    aws(server, "apigatewayv2", "delete-api", "--api-id", api)
    refused(server, "NotFoundException", "apigatewayv2", "get-api", "--api-id", api)
