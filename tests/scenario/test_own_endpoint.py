"""A function's own endpoint variables count, as on AWS; inherited ones do not."""

import http.server
import json
import shutil
import subprocess
import threading

import pytest
from harness import ROOT, RawWebSocket

CASE = ROOT / "tests/scenario/cases/own-endpoint"


def interpreters():
    """Debian's, whose boto3 may be old, and the PATH's, which may be another."""
    found = {"/usr/bin/python3", shutil.which("python3")}
    return sorted(path for path in found if path and subprocess.run(
        [path, "-c", "import boto3"], capture_output=True, check=False).returncode == 0)


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """A DynamoDB that is not ours."""

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"TableNames":["elsewhere"]}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def elsewhere():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def start(start_gatehouse, tmp_path, python, own, variables=None):
    """The case with these variables of its own; what its client is told."""
    shutil.copytree(CASE, tmp_path / "case")
    path = tmp_path / "case/template.json"
    template = json.loads(path.read_text())
    template["Resources"]["F0"]["Properties"]["Environment"]["Variables"] = own
    template["Resources"]["Role"]["Properties"]["Policies"] = [{
        "PolicyName": "tables", "PolicyDocument": {"Statement": [{
            "Effect": "Allow", "Action": "dynamodb:ListTables", "Resource": "*"}]}}]
    path.write_text(json.dumps(template))
    server = start_gatehouse(path, "--python", python, variables=variables)
    with RawWebSocket(server) as client:
        client.send_text("{}")
        return json.loads(client.read_text())


AWS = "https://dynamodb.us-east-1.amazonaws.com"
AWS_LAMBDA = "https://lambda.us-east-1.amazonaws.com"


@pytest.mark.parametrize("python", interpreters())
@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"])
def test_its_own_endpoint(start_gatehouse, tmp_path, elsewhere, python, name):
    told = start(start_gatehouse, tmp_path, python, {name: elsewhere})
    assert (told["goes to"], told["tables"]) == (elsewhere, ["elsewhere"])
    assert told["lambda"] == (AWS_LAMBDA if name.endswith("DYNAMODB") else elsewhere)


@pytest.mark.parametrize("python", interpreters())
def test_its_own_word_that_endpoints_are_ignored(start_gatehouse, tmp_path, elsewhere, python):
    told = start(start_gatehouse, tmp_path, python, {
        "AWS_ENDPOINT_URL_DYNAMODB": elsewhere, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"})
    assert (told["goes to"], told["tables"]) == (AWS, [])


@pytest.mark.parametrize("python", interpreters())
def test_inherited_ones_are_ignored(start_gatehouse, tmp_path, elsewhere, python):
    """Of gatehouse's environment, and of the config of the user who runs it."""
    home = tmp_path / "home"
    (home / ".aws").mkdir(parents=True)
    (home / ".aws/config").write_text(f"[default]\nendpoint_url = {elsewhere}\n")
    told = start(start_gatehouse, tmp_path, python, {"OTHER": "x"}, variables={
        "HOME": str(home), "AWS_CONFIG_FILE": str(home / ".aws/config"),
        "AWS_ENDPOINT_URL": elsewhere, "AWS_ENDPOINT_URL_DYNAMODB": elsewhere})
    assert (told["goes to"], told["tables"]) == (AWS, [])
