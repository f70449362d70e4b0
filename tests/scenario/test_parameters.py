"""Parameters of Systems Manager: made and read by a client, read by templates."""

import json
import subprocess

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from harness import BINARY, WAIT_SECONDS

READER = """
Parameters:
  Url: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /app/url}
Resources:
  Copy: {Type: AWS::SSM::Parameter, Properties: {Name: /app/copy, Type: String, Value: !Ref Url}}
  Alerts: {Type: AWS::SNS::Topic}
"""
API = """
  Api:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: x, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
  Mock:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref Api, IntegrationType: MOCK}
  Default:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref Api, RouteKey: $default, Target: !Sub 'integrations/${Mock}'}
  Live:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {ApiId: !Ref Api, StageName: live, AutoDeploy: true}
"""


def client(server, service):
    return boto3.client(service, endpoint_url=server.endpoint, region_name="us-east-1",
                        aws_access_key_id="x", aws_secret_access_key="y",
                        config=Config(retries={"max_attempts": 0}))


def test_a_template_reads_what_a_client_wrote(start_gatehouse):
    server = start_gatehouse("--empty")
    ssm, stacks = client(server, "ssm"), client(server, "cloudformation")
    with pytest.raises(ClientError) as refused:
        stacks.create_stack(StackName="reader", TemplateBody=READER)
    assert refused.value.response["Error"]["Message"] == (
        "Unable to fetch parameters [/app/url] from parameter store for this account.")
    assert ssm.put_parameter(Name="/app/url", Type="String", Value="wss://x")["Version"] == 1
    stacks.create_stack(StackName="reader", TemplateBody=READER)
    got = ssm.get_parameter(Name="/app/copy")["Parameter"]
    assert (got["Value"], got["Type"], got["Version"]) == ("wss://x", "String", 1)
    assert got["ARN"] == "arn:aws:ssm:us-east-1:000000000000:parameter/app/copy"
    names = [one["Name"] for one in ssm.get_parameters_by_path(Path="/app")["Parameters"]]
    assert names == ["/app/copy", "/app/url"]
    with pytest.raises(ssm.exceptions.ParameterAlreadyExists):
        ssm.put_parameter(Name="/app/url", Type="String", Value="z")
    stacks.delete_stack(StackName="reader")
    several = ssm.get_parameters(Names=["/app/copy", "/app/url"])
    assert several["InvalidParameters"] == ["/app/copy"]
    ssm.delete_parameter(Name="/app/url")
    with pytest.raises(ssm.exceptions.ParameterNotFound):
        ssm.get_parameter(Name="/app/url")


def test_up_serves_without_it_and_says_how_to_make_it(start_gatehouse, tmp_path):
    (tmp_path / "reader.yaml").write_text(READER + API)
    server = start_gatehouse(str(tmp_path / "reader.yaml"))
    server.wait_for_log("aws ssm put-parameter --name /app/url")
    server.wait_for_log("AWS::SNS::Topic Alerts: not served; publishing to it answers an error")
    value = client(server, "ssm").get_parameter(Name="/app/copy")["Parameter"]["Value"]
    assert value == "gatehouse-placeholder-Url"


def check(*arguments):
    result = subprocess.run([BINARY, "check", *arguments], capture_output=True, text=True,
                            check=False, timeout=WAIT_SECONDS, stdin=subprocess.DEVNULL)
    return result.returncode, result.stdout


def test_check_as_json(tmp_path):
    good, wrong = tmp_path / "good.yaml", tmp_path / "wrong.yaml"
    good.write_text("Parameters: {P: {Type: String}}\nResources: {A: {Type: AWS::SNS::Topic}}\n")
    wrong.write_text("Resources: {A: {Type: AWS::SNS::Topik}}\n")
    code, said = check("--json", good, wrong)
    first, second = json.loads(said)["templates"]
    assert code == 1
    assert first == {
        "path": str(good), "loads": True, "good": True, "problems": [], "unserved": [],
        "warnings": [], "notices": [
            {"line": 1, "message": "Parameter P has no default: up needs --parameter P=VALUE"},
            {"line": 2, "message": "AWS::SNS::Topic A: not served; publishing to it answers an "
                                   "error"}]}
    assert (second["loads"], second["good"], second["problems"][0]["line"]) == (False, False, 1)
    assert check("--json", good)[0] == 0
    code, said = check("--strict-types", good)
    assert code == 1 and "(--strict-types)" in said
