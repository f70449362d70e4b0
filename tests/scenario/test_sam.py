"""A SAM template is served as it is: `gatehouse up` and the AWS CLI's change sets."""

import json
import subprocess

import boto3
import pytest
from botocore.exceptions import ClientError
from chat_scenario import check_chat
from harness import BINARY, ENVIRONMENT, ROOT

TEMPLATE = ROOT / "examples/chat-sam/template.yaml"

ECHO = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      InlineCode: |
        def handler(event, context):
            return {"statusCode": 200}
  Api:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      RouteSelectionExpression: $request.body.action
      Routes: {$connect: {FunctionArn: !GetAtt Echo.Arn}}
"""


async def test_the_chat_of_the_examples(start_gatehouse):
    await check_chat(start_gatehouse(TEMPLATE))


def test_print_expanded():
    result = subprocess.run([BINARY, "check", "--print-expanded", TEMPLATE], capture_output=True,
                            text=True, check=True)
    resources = json.loads(result.stdout)["Resources"]
    assert resources["ConnectHandler"]["Properties"]["Code"] == "python/"
    assert resources["WebSocketApiSendmessageRoute"]["Properties"]["RouteKey"] == "sendMessage"
    assert "ConnectHandlerRole" in resources


def test_print_expanded_says_what_is_wrong(tmp_path):
    path = tmp_path / "template.yaml"
    path.write_text(ECHO.replace("Handler: index.handler", "Handlers: index.handler"))
    result = subprocess.run([BINARY, "check", "--print-expanded", path], capture_output=True,
                            text=True, check=False)
    assert result.returncode == 1
    assert result.stdout == ""
    assert f"{path}:4: Resource with id [Echo] is invalid. property Handlers" in result.stderr


def cloudformation(server):
    return boto3.client("cloudformation", endpoint_url=server.endpoint, region_name="us-east-1",
                        aws_access_key_id=ENVIRONMENT["AWS_ACCESS_KEY_ID"],
                        aws_secret_access_key=ENVIRONMENT["AWS_SECRET_ACCESS_KEY"])


async def test_over_the_wire_with_the_capability(start_gatehouse):
    server = start_gatehouse("--empty")
    client = cloudformation(server)
    with pytest.raises(ClientError, match="CAPABILITY_AUTO_EXPAND"):
        client.create_stack(StackName="echo", TemplateBody=ECHO,
                            Capabilities=["CAPABILITY_IAM"])
    client.create_stack(StackName="echo", TemplateBody=ECHO,
                        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"])
    client.get_waiter("stack_create_complete").wait(
        StackName="echo", WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    assert client.get_template(StackName="echo")["TemplateBody"].strip() == ECHO.strip()
    processed = client.get_template(StackName="echo", TemplateStage="Processed")["TemplateBody"]
    assert "AWS::Serverless" not in json.dumps(processed)
    summary = client.get_template_summary(StackName="echo")
    assert summary["DeclaredTransforms"] == ["AWS::Serverless-2016-10-31"]
    assert summary["ResourceTypes"] == ["AWS::Serverless::Function",
                                        "AWS::Serverless::WebSocketApi"]


def test_a_change_set_needs_no_more_than_iam_and_says_why_it_failed(start_gatehouse):
    client = cloudformation(start_gatehouse("--empty"))
    client.create_change_set(StackName="good", ChangeSetName="c", ChangeSetType="CREATE",
                             TemplateBody=ECHO, Capabilities=["CAPABILITY_IAM"])
    good = client.describe_change_set(StackName="good", ChangeSetName="c")
    assert good["Status"] == "CREATE_COMPLETE"
    assert "EchoRole" in [c["ResourceChange"]["LogicalResourceId"] for c in good["Changes"]]
    client.create_change_set(StackName="bad", ChangeSetName="c", ChangeSetType="CREATE",
                             TemplateBody=ECHO.replace("InlineCode", "Inline"),
                             Capabilities=["CAPABILITY_IAM"])
    bad = client.describe_change_set(StackName="bad", ChangeSetName="c")
    assert bad["Status"] == "FAILED"
    assert bad["StatusReason"].startswith(
        "Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application "
        "Specification document. Number of errors found: 1. Resource with id [Echo] is invalid. ")
