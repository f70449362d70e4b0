"""What `gatehouse check` says is what `gatehouse up` does."""

import pathlib
import subprocess
import zipfile

import boto3
import pytest
from harness import BINARY, UPGRADE, WAIT_SECONDS, ask, until

ROLE = "arn:aws:iam::000000000000:role/r"
API = """Resources:
  A:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: a, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
"""
STAGE = """  S:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {ApiId: !Ref A, StageName: live, AutoDeploy: true}
"""

PERMISSION = """  P:
    Type: AWS::Lambda::Permission
    Properties: {FunctionName: !Ref F, Action: 'lambda:InvokeFunction',
                 Principal: apigateway.amazonaws.com}
"""


def connect(integration, more=""):
    return f"""  C:
    Type: AWS::ApiGatewayV2::Route
    Properties: {{ApiId: !Ref A, RouteKey: $connect, Target: !Sub 'integrations/${{I}}'{more}}}
  I:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {{ApiId: !Ref A, {integration}}}
"""


def function(runtime, handler, code):
    return connect("IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt F.Arn") + f"""  F:
    Type: AWS::Lambda::Function
    Properties:
      Role: {ROLE}
      Runtime: {runtime}
      Handler: {handler}
      Code: {code}
""" + PERMISSION


def check(*arguments):
    return subprocess.run([BINARY, "check", *arguments], capture_output=True, text=True,
                          check=False, timeout=WAIT_SECONDS)


def write(folder, text, files=()):
    for name, content in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    (folder / "app.yaml").write_text(text)
    return folder / "app.yaml"


REFUSED = {  # by the control plane: neither is anything begun
    "stage name": (API + STAGE.replace("live", "$x!"), 5, "Stage name only allows a-zA-Z0-9_-"),
    "two routes": (API + connect("IntegrationType: MOCK")
                   + connect("IntegrationType: MOCK").replace("C:", "D:").replace("  I:", "  J:"),
                   5, "Route with key $connect already exists"),
    "timeout": (API + connect("IntegrationType: MOCK, TimeoutInMillis: 5"), 10,
                "timeoutInMillis is 5; 50 to 29000 are allowed"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_up_refuses_check_refuses(name, tmp_path):
    text, line, words = REFUSED[name]
    path = write(tmp_path, text)
    checked = check(path)
    assert checked.returncode == 1
    assert f"app.yaml:{line}: " in checked.stdout and words in checked.stdout, checked.stdout
    up = subprocess.run([BINARY, "up", path, "--port", "0", "--data", ":memory:"],
                        capture_output=True, text=True, check=False, timeout=WAIT_SECONDS)
    assert up.returncode == 2
    assert f"app.yaml:{line}: " in up.stderr and words in up.stderr, up.stderr
    assert "ROLLBACK" not in up.stderr


EVERYTHING = """Transform: [AWS::Serverless-2016-10-31, AWS::SecretsManager-2020-07-23]
Resources:
  A:
    Type: AWS::ApiGatewayV2::Api
    Properties: {Name: a, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action}
  Q: {Type: AWS::SQS::Que}
  T:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: other, KeyType: HASH}]
      BillingMode: PAY_PER_REQUEST
  S:
    Type: AWS::ApiGatewayV2::Stage
    Properties: {ApiId: !Ref A, StageName: $x!, AutoDeploy: true}
  C:
    Type: AWS::ApiGatewayV2::Route
    Properties: {ApiId: !Ref A, RouteKey: $connect, Target: !Sub 'integrations/${I}', Colour: red}
  I:
    Type: AWS::ApiGatewayV2::Integration
    Properties: {ApiId: !Ref A, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt F.Arn}
  F:
    Type: AWS::Lambda::Function
    Properties: {Role: ROLE, Runtime: python3.12, Handler: app.handler, Code: src}
  G:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.12, Handler: app.handler, InlineCode: x, Tiemout: 3}
""".replace("ROLE", ROLE)


def test_everything_wrong_is_told_in_one_go(tmp_path):
    path = write(tmp_path, EVERYTHING, [("src/other.py", "")])
    said = check(path).stdout.splitlines()
    told = ((1, "AWS::SecretsManager-2020-07-23"), (6, "did you mean AWS::SQS::Queue?"),
            (7, "Some index key attributes are not defined"), (13, "Stage name only allows"),
            (18, "extraneous key [Colour]"), (25, "property Tiemout not defined"),
            (24, "app.py is not in"))
    for line, words in told:
        assert [row for row in said if row.startswith(f"{path}:{line}: ") and words in row], said
    up = subprocess.run([BINARY, "up", path, "--port", "0", "--data", ":memory:"],
                        capture_output=True, text=True, check=False, timeout=WAIT_SECONDS)
    assert up.returncode == 2
    for line, words in told[:-1]:  # code that will fail is no reason not to start
        assert f"app.yaml:{line}: " in up.stderr and words in up.stderr, up.stderr

BOTH = API + STAGE
UNSERVED = {  # $connect answers (status, …) to everybody
    "authorization": (BOTH + connect("IntegrationType: MOCK", ", AuthorizationType: AWS_IAM"),
                      (), 500, 8, "AuthorizationType AWS_IAM does not run yet"),
    "integration": (BOTH + connect("IntegrationType: HTTP_PROXY, IntegrationUri: 'http://x'"),
                    (), 500, 8, "integrations of type HTTP_PROXY do not run yet"),
    "handler": (API + STAGE + function("python3.12", "app.handler", "src"),
                [("src/other.py", "")], 502, 19, "app.py is not in"),
    "typescript": (API + STAGE + function("nodejs20.x", "app.handler", "src"),
                   [("src/app.ts", "")], 502, 19, "app.ts is TypeScript that is not built"),
    "bootstrap": (API + STAGE + function("provided.al2023", "x", "src"),
                  [("src/main.go", "")], 502, 19, "there is no program bootstrap in"),
    "sdk": (API + STAGE + function("nodejs20.x", "app.handler", "src"),
            [("src/app.js", "const x = require('@aws-sdk/client-none');\n")], 502, 19,
            "npm install @aws-sdk/client-none"),
}


@pytest.mark.parametrize("name", UNSERVED)
def test_a_connect_that_always_fails_is_told(name, start_gatehouse, tmp_path):
    text, files, status, line, words = UNSERVED[name]
    path = write(tmp_path, text, files)
    checked = check(path)
    assert checked.returncode == 1, checked.stdout
    assert f"app.yaml:{line}: " in checked.stdout and words in checked.stdout, checked.stdout
    assert f"always answers {status}" in checked.stdout, checked.stdout
    server = start_gatehouse(str(path))
    server.wait_for_log(f"warning: {path}:{line}: ")
    assert words in server.log(), server.log()
    out = server.folder / "out"
    until(lambda: "  $connect" in out.read_text(), "the box")
    box = out.read_text()
    route = next(row for row in box.splitlines() if row.startswith("  $connect"))
    assert "not served: " in route and words in route, box
    assert ask(server.port, "GET", "/live", fields=UPGRADE).status == status


@pytest.mark.parametrize("name, started", [
    ("serverless.yml", False), ("samconfig.toml", False), ("cdk.json", False), ("main.tf", False),
    ("docker-compose.yml", True), ("package.json", True)])
def test_a_bare_start_beside_files_of_other_tools(name, started, tmp_path):
    """An app for another tool is not the built-in chat; beside anything else that one says so."""
    (tmp_path / name).write_text("a: 1\n")
    command = [BINARY, "exec", "--log-level", "info", "--", "true"]
    said = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path,
                          timeout=WAIT_SECONDS)
    assert said.returncode == (0 if started else 2), said.stderr
    assert f"{name} is " in said.stderr and "; run: " in said.stderr, said.stderr
    if started:
        assert "no template.yaml, so the built-in chat is served" in said.stderr
    else:
        assert "for the built-in chat start gatehouse in another folder" in said.stderr


@pytest.mark.parametrize("runtime, files", [
    ("nodejs20.x", {"app.js": "const db = require('./lib/db');\n",
                    "lib/db.js": "require('@aws-sdk/client-none');\n"}),
    ("nodejs20.x", {"app.mjs": "import { X } from '@aws-sdk/client-none';\n"})],
    ids=["a file of its own", "zip"])
def test_an_sdk_that_is_missing_behind_the_first_look(runtime, files, tmp_path):
    code = "src"
    if len(files) == 1:
        code = "code.zip"
        with zipfile.ZipFile(tmp_path / code, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
    path = write(tmp_path, API + STAGE + function(runtime, "app.handler", code),
                 [("src/" + name, text) for name, text in files.items()])
    checked = check(path)
    assert checked.returncode == 1, checked.stdout
    assert "npm install @aws-sdk/client-none" in checked.stdout, checked.stdout


def test_an_interpreter_without_the_sdk_is_told(start_gatehouse, tmp_path):
    subprocess.run(["/usr/bin/python3", "-m", "venv", "--without-pip", tmp_path / "bare"],
                   check=True)
    python = str(tmp_path / "bare/bin/python3")
    path = write(tmp_path,
                 API + STAGE + function("python3.12", "app.handler", "src") + PERMISSION,
                 [("src/app.py", "import boto3\ndef handler(e, c): return {'statusCode': 200}\n")])
    assert "can be deployed" in check(path).stdout
    checked = check("--python", python, path)
    assert checked.returncode == 1 and f"{python} -m pip install boto3" in checked.stdout
    checked = check("--python", str(tmp_path / "none/python3"), path)
    assert checked.returncode == 1 and "none/python3 does not run" in checked.stdout
    server = start_gatehouse(str(path), "--python", python)
    assert f"{python} -m pip install boto3" in (server.folder / "out").read_text()


def test_what_is_wired_together_must_be_allowed(start_gatehouse, tmp_path):
    code = "import boto3\nboto3.client('apigatewaymanagementapi')\ndef handler(e, c): return {}\n"
    with_it = function("python3.12", "app.handler", "src").replace(ROLE, "!GetAtt Role.Arn")
    text = API + STAGE + with_it.replace(PERMISSION, "") + """  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: {Effect: Allow, Action: 'sts:AssumeRole',
                                             Principal: {Service: lambda.amazonaws.com}}}
      Policies:
        - PolicyName: p
          PolicyDocument: {Statement: {Effect: Allow, Action: VERB, Resource: '*'}}
"""
    path = write(tmp_path, text.replace("VERB", "'execute-api:Invoke'"), [("src/app.py", code)])
    checked = check(path)
    assert checked.returncode == 1
    assert "C: $connect always answers 500: API Gateway may not invoke F" in checked.stdout
    assert "let it allow execute-api:ManageConnections" in checked.stdout
    server = start_gatehouse(str(path))
    server.wait_for_log("API Gateway may not invoke F")
    path = write(tmp_path, text.replace("VERB", "'execute-api:*'") + PERMISSION)
    assert check(path).stdout == f"{path}: can be deployed\n"


def test_parameters_are_judged_when_they_are_given(tmp_path):
    path = write(tmp_path, "Parameters: {Name: {Type: String}}\n" + API
                 + STAGE.replace("live", "!Ref Name"))
    assert check(path).returncode == 0
    assert check("--parameter", "Name=good", path).returncode == 0
    assert "Stage name only allows" in check("--parameter", "Name=b.d", path).stdout
    assert "[Nobody] do not exist" in check("--parameter", "Nobody=x", path).stdout


CASES = pathlib.Path(__file__).parent / "cases"


def test_a_cdk_assembly_without_metadata_has_its_code(start_gatehouse):
    """Found by S.assets.json beside the template."""
    template = CASES / "cdk-without-metadata/S.template.json"
    checked = check(template)
    assert checked.returncode == 0, checked.stdout
    server = start_gatehouse(str(template))
    assert server.stack["status"] == "CREATE_COMPLETE"
    assert "not served" not in (server.folder / "out").read_text()


def test_an_http_api_beside_is_named_with_its_line(tmp_path):
    template = CASES / "http-api-beside/template.json"
    checked = check(template)
    assert checked.returncode == 0
    lines = [line for line in checked.stdout.splitlines() if "AWS::ApiGatewayV2::Api" in line]
    assert len(lines) == 1, checked.stdout
    assert ": not served; requests to it answer an error" in lines[0]


def test_nothing_is_warned_of_while_a_stack_is_being_made(start_gatehouse):
    server = start_gatehouse(str(CASES / "early-warning/template.json"))
    assert "RouteResponse" not in server.log(), server.log()
    client = boto3.client("cloudformation", endpoint_url=server.endpoint)
    body = (CASES / "early-warning/template.json").read_text().replace('"./src"',
                                                                     f'"{CASES}/early-warning/src"')
    client.create_stack(StackName="again", TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
    server.wait_for_log("stack again is CREATE_COMPLETE")
    assert "RouteResponse" not in server.log(), server.log()


@pytest.mark.parametrize("name,words", [
    ("serverless.yml", "npx serverless package"), ("docker-compose.yml", "Docker Compose"),
    ("samconfig.toml", "gatehouse up template.yaml"), ("cdk.json", "npx cdk synth"),
    ("package.json", "npm"), ("main.tf", "terraform apply")])
def test_files_of_other_tools_are_recognised(name, words, tmp_path):
    (tmp_path / name).write_text("a: 1\n")
    for command in (("check",), ("up", "--port", "0", "--data", ":memory:")):
        said = subprocess.run([BINARY, command[0], tmp_path / name, *command[1:]],
                              capture_output=True, text=True, check=False, timeout=WAIT_SECONDS)
        assert said.returncode == 2
        assert words in said.stderr and "not a CloudFormation template" in said.stderr
