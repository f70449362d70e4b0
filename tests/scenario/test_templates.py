"""Mistakes told well: templates, options, and what stands in the way of a start."""

import json
import os
import pathlib
import signal
import socket
import sqlite3
import subprocess

import boto3
import pytest
from botocore.exceptions import ClientError
from harness import BINARY, ROOT, WAIT_SECONDS, RawWebSocket, until

ROLE = "arn:aws:iam::000000000000:role/r"
FUNCTION = f"""
  F:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Role: {ROLE}
      Code: {{ZipFile: 'def handler(e, c): return 1'}}
"""

MISTAKES = {
    "unresolved": (f"Resources:{FUNCTION}Outputs:\n  O:\n    Value: !Ref Nobody\n", 11,
                   "Unresolved resource dependencies [Nobody] in the Outputs block"),
    "unsupported": ("Resources:\n  A: {Type: AWS::EC2::Instances}\n"
                    "  B: {Type: AWS::RDS::DBClustr}\n", 2,
                    "did you mean AWS::EC2::Instance, AWS::RDS::DBCluster?"),
    "attribute": (f"Resources:{FUNCTION}Outputs:\n  O:\n    Value: !GetAtt F.Colour\n", 11,
                  "resource F does not support attribute type Colour in Fn::GetAtt"),
    "property": ("Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n"
                 "      Nonsense: 1\n", 5, "Nonsense"),
    "syntax": ("Resources:\n  A: [\n", 3, "YAML not well-formed"),
    "tab": ("Resources:\n\tA:\n\t\tType: x\n", 2, "a tab indents this line"),
    "runtime": (f"Resources:{FUNCTION}".replace("python3.12", "ruby3.3"), 2,
                'gatehouse does not run the runtime "ruby3.3"'),
    "nothing": ("Description: x\n", 1, "At least one Resources member must be defined."),
}


def gatehouse_says(*arguments, code=1, **settings):
    """What a command that fails prints; it must end by itself."""
    result = subprocess.run([BINARY, *arguments], capture_output=True, text=True, check=False,
                            timeout=WAIT_SECONDS, stdin=subprocess.DEVNULL, **settings)
    assert result.returncode == code, (result.returncode, result.stdout, result.stderr)
    return result.stdout + result.stderr


@pytest.mark.parametrize("name", MISTAKES)
def test_check_and_up_name_the_line(name, tmp_path):
    text, line, words = MISTAKES[name]
    path = tmp_path / "app.yaml"
    path.write_text(text)
    checked = gatehouse_says("check", path)
    assert words in checked, checked
    if line:
        assert f"app.yaml:{line}:" in checked, checked
    refused = gatehouse_says("up", path, "--port", "0", "--data", ":memory:", code=2)
    assert words in refused, refused


def test_good_templates_are_called_good(tmp_path):
    for name in ("ws-starter.yaml", "ws-starter-python.yaml"):
        checked = subprocess.run([BINARY, "check", ROOT / "examples/chat" / name], check=True,
                                 capture_output=True, text=True, timeout=WAIT_SECONDS).stdout
        assert checked.endswith("can be deployed\n")
    assert "No such file" in gatehouse_says("check", tmp_path / "none.yaml", code=2)


def test_what_stands_in_the_way(start_gatehouse, tmp_path):
    server = start_gatehouse(data=tmp_path / "data")
    taken = gatehouse_says("up", "--port", str(server.port), "--data", ":memory:")
    assert f"gatehouse (process {server.pid}) has it" in taken
    busy = gatehouse_says("up", "--port", "0", "--data", tmp_path / "data")
    assert "in use by another gatehouse" in busy and str(server.pid) in busy
    server.stop()
    with sqlite3.connect(tmp_path / "data/store.db") as database:
        database.execute("PRAGMA user_version = 99")
    newer = gatehouse_says("up", "--port", "0", "--data", tmp_path / "data")
    assert "newer" in newer
    for text in (taken, busy, newer):
        assert len(text.splitlines()) == 1, text
    (tmp_path / "file").write_text("")
    assert gatehouse_says("up", "--port", "0", "--data", tmp_path / "file/data")


def test_a_port_that_somebody_has_on_ipv6_alone_is_taken():
    """Else localhost would lead most clients to that somebody."""
    with socket.socket(socket.AF_INET6) as listener:
        try:
            listener.bind(("::1", 0))
        except OSError as error:
            pytest.skip(f"no IPv6 here: {error}")
        listener.listen()
        port = listener.getsockname()[1]
        refused = gatehouse_says("up", "--port", str(port), "--data", ":memory:")
    assert "Address already in use" in refused and f"(process {os.getpid()}) has it" in refused
    assert len(refused.splitlines()) == 1, refused


READ_ONLY = """
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 77
exec "$2" up --port 0 --data "$1"
"""


def test_a_read_only_disk_is_told(start_gatehouse, tmp_path):
    """Both where nothing is yet and where an instance has run."""
    start_gatehouse(data=tmp_path / "used").stop()
    (tmp_path / "new").mkdir()
    for name in ("used", "new"):
        result = subprocess.run(
            ["unshare", "--mount", "bash", "-c", READ_ONLY, "bash", tmp_path / name, BINARY],
            capture_output=True, text=True, check=False, timeout=WAIT_SECONDS)
        if result.returncode == 77 or "unshare" in result.stderr:
            pytest.skip(f"no mounts here: {result.stderr}")
        assert result.returncode == 1, result.stderr
        assert len(result.stderr.splitlines()) == 1, result.stderr
        assert "Read-only file system" in result.stderr or "readonly" in result.stderr
        assert str(tmp_path / name) in result.stderr
    assert not any((tmp_path / "new").iterdir())
    again = start_gatehouse(data=tmp_path / "used")
    assert again.ready["stacks"][0]["status"] == "CREATE_COMPLETE"


def test_a_missing_sdk_is_named(start_gatehouse, tmp_path):
    """An interpreter without boto3: the function's error and the log say what to install."""
    make = ["/usr/bin/python3", "-m", "venv", "--without-pip", tmp_path / "bare"]
    subprocess.run(make, check=True)
    python = tmp_path / "bare/bin/python3"
    template = tmp_path / "app.yaml"
    template.write_text("Resources:" + FUNCTION.replace(
        "'def handler(e, c): return 1'", '"import boto3\\ndef handler(e, c): return 1"'))
    server = start_gatehouse("--python", str(python), "--empty")
    client = boto3.client("cloudformation", endpoint_url=server.endpoint)
    client.create_stack(StackName="s", TemplateBody=template.read_text())
    name = client.list_stack_resources(StackName="s")["StackResourceSummaries"][0]
    answer = boto3.client("lambda", endpoint_url=server.endpoint).invoke(
        FunctionName=name["PhysicalResourceId"])
    error = json.loads(answer["Payload"].read())
    assert answer["FunctionError"] == "Unhandled"
    assert error["errorType"] == "Runtime.ImportModuleError"
    server.wait_for_log(f"{python} -m pip install boto3")


def test_delete_runs_disconnect_while_the_table_is_there(start_gatehouse):
    server = start_gatehouse("--log", "json", "--log-level", "debug")
    with RawWebSocket(server) as client:
        client.connection_id()
        stacks = boto3.client("cloudformation", endpoint_url=server.endpoint)
        stacks.delete_stack(StackName=server.stack["name"])
        code, _ = client.read_close()
        assert code == 1001
    with pytest.raises(ClientError, match="does not exist"):
        stacks.describe_stacks(StackName=server.stack["name"])
    stacks.delete_stack(StackName=server.stack["name"])  # a second time succeeds
    lines = [json.loads(line) for line in server.log().splitlines()]
    disconnects = [line for line in lines if line.get("route") == "$disconnect"]
    assert len(disconnects) == 1
    assert disconnects[0]["status"] == "200", disconnects


def children_of_functions():
    """Processes that were started for functions, whoever their parent is now."""
    found = set()
    for name in os.listdir("/proc"):
        try:
            if name.isdigit():
                environment = pathlib.Path(f"/proc/{name}/environ").read_bytes()
                if b"AWS_LAMBDA_RUNTIME_API=" in environment:
                    found.add(int(name))
        except OSError:
            pass
    return found


@pytest.mark.parametrize("delay_ms", [0, 1, 3, 6, 10, 20])
def test_killed_in_mid_deploy(start_gatehouse, tmp_path, delay_ms):
    """After SIGKILL and a restart the stack is the old one or the new one; no child remains."""
    data = tmp_path / "data"
    text = (ROOT / "examples/chat/ws-starter-python.yaml").read_text()
    changed = text.replace("Default: production", "Default: other").replace(
        "Timeout: 29", "Timeout: 17")
    before = children_of_functions()
    server = start_gatehouse("--empty", data=data)
    stacks = boto3.client("cloudformation", endpoint_url=server.endpoint)
    stacks.create_stack(StackName="app", TemplateBody=text, Capabilities=["CAPABILITY_IAM"])
    names = {r["LogicalResourceId"]: r["PhysicalResourceId"] for r in
             stacks.list_stack_resources(StackName="app")["StackResourceSummaries"]}
    boto3.client("lambda", endpoint_url=server.endpoint).invoke(
        FunctionName=names["SendMessageHandler"], Payload="{}")
    assert children_of_functions() - before
    updater = subprocess.Popen(
        ["/usr/bin/python3", "-c",
         "import boto3, sys\n"
         "client = boto3.client('cloudformation', endpoint_url=sys.argv[1])\n"
         "text = open(sys.argv[2]).read()\n"
         "print('go', flush=True)\n"
         "client.update_stack(StackName='app', TemplateBody=text, Capabilities=['CAPABILITY_IAM'])",
         server.endpoint, _write(tmp_path / "changed.yaml", changed)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    updater.stdout.readline()
    try:
        updater.wait(delay_ms / 1000)
    except subprocess.TimeoutExpired:
        pass
    os.kill(server.pid, signal.SIGKILL)
    server.process.wait(WAIT_SECONDS)
    updater.wait(WAIT_SECONDS)
    until(lambda: not children_of_functions() - before, "functions' processes to be gone")

    again = start_gatehouse("--empty", data=data)
    stacks = boto3.client("cloudformation", endpoint_url=again.endpoint)
    stack = stacks.describe_stacks(StackName="app")["Stacks"][0]
    assert stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE",
                                    "UPDATE_ROLLBACK_COMPLETE"), stack
    is_new = stack["StackStatus"] == "UPDATE_COMPLETE"
    function = boto3.client("lambda", endpoint_url=again.endpoint).get_function_configuration(
        FunctionName=names["SendMessageHandler"])
    assert function["Timeout"] == (17 if is_new else 29)
    stages = boto3.client("apigatewayv2", endpoint_url=again.endpoint).get_stages(
        ApiId=names["WebSocketApi"])["Items"]
    assert [stage["StageName"] for stage in stages] == ["other" if is_new else "production"]


def _write(path, text):
    path.write_text(text)
    return path
