"""A shell full of other people's settings: profile, region, endpoints, NODE_OPTIONS, a proxy with a
password. `gatehouse env` sets it right, and other hosts are still reached through that proxy."""

import base64
import contextlib
import json
import os
import socket
import socketserver
import subprocess
import threading

from aws_cli import needs_aws
from harness import BINARY, ROOT, Wire

SECRET = "Basic " + base64.b64encode(b"user:p@ss").decode()


class Proxy(socketserver.StreamRequestHandler):
    """Answers CONNECT with the right password, then says back what it hears, in capitals."""

    def handle(self):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.rfile.readline()
        self.server.heads.append(head.decode())
        if f"Proxy-Authorization: {SECRET}" not in head.decode():
            self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        while data := self.request.recv(65536):
            self.wfile.write(data.upper())


@contextlib.contextmanager
def upstream_proxy():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Proxy) as server:
        server.daemon_threads = True
        server.heads = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def hostile(folder, proxy_url):
    """The environment of such a shell."""
    (folder / ".aws").mkdir()
    (folder / ".aws/config").write_text(
        "[default]\nregion = eu-north-1\n[profile work]\nregion = ap-south-1\n"
        "endpoint_url = http://127.0.0.1:1\ncli_binary_format = base64\n")
    (folder / ".aws/credentials").write_text(
        "[work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = wrong\n")
    variables = {name: value for name, value in os.environ.items()
                 if not name.startswith("AWS_") and name.lower() != "no_proxy"}
    return {**variables, "HOME": str(folder), "AWS_PROFILE": "work", "AWS_PAGER": "",
            "AWS_SESSION_TOKEN": "stale", "AWS_ENDPOINT_URL_LAMBDA": "http://127.0.0.1:1",
            "NODE_OPTIONS": "--no-warnings", "NO_PROXY": "internal.example",
            "HTTPS_PROXY": proxy_url, "PATH": f"{BINARY.parent}:{os.environ['PATH']}"}


def shell(script, variables, folder):
    result = subprocess.run(["bash", "-euo", "pipefail", "-c", script], env=variables, cwd=folder,
                            capture_output=True, text=True, timeout=100, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@needs_aws
def test_the_seeds_commands_work(start_gatehouse, tmp_path):
    server = start_gatehouse("--empty")
    template = ROOT / "examples/chat/ws-starter.yaml"
    script = f"""
        eval "$(gatehouse env --port {server.port})"
        /usr/bin/aws cloudformation deploy --template-file {template} --stack-name demo \
          --capabilities CAPABILITY_IAM
        NAME=$(/usr/bin/aws cloudformation describe-stacks --stack-name demo --output text \
          --query "Stacks[0].Outputs[?OutputKey=='SendMessageHandlerName'].OutputValue")
        /usr/bin/aws lambda invoke --function-name "$NAME" \
          --payload '{{"action":"sendmessage","message":"hi"}}' output.json
        cat output.json
        /usr/bin/aws cloudformation delete-stack --stack-name demo
        eval "$(gatehouse env --unset)"
        echo; env | grep -E '^(AWS_|NODE_OPTIONS|HTTPS_PROXY|NO_PROXY)' | sort
        """
    variables = hostile(tmp_path, "http://user:p%40ss@127.0.0.1:1")
    printed = shell(script, variables, tmp_path)
    assert '{"statusCode":200,"body":"{\\"status\\": \\"Message sent\\"}"}' in printed
    kept = sorted(f"{name}={value}" for name, value in variables.items()
                  if name.startswith("AWS_") or name in ("NODE_OPTIONS", "HTTPS_PROXY", "NO_PROXY"))
    assert printed.splitlines()[-len(kept):] == kept


@needs_aws
def test_another_region_is_told_which_one_runs(start_gatehouse, tmp_path):
    server = start_gatehouse("--empty")
    said = shell(f"""
        eval "$(gatehouse env --port {server.port})"
        /usr/bin/aws --region eu-west-1 dynamodb list-tables 2>&1 || true
        """, hostile(tmp_path, "http://127.0.0.1:1"), tmp_path)
    assert "Credential should be scoped to a valid region, not 'eu-west-1'" in said
    assert f"this gatehouse runs {server.ready['region']}" in said


def test_sts_answers_whatever_region_runs(start_gatehouse, tmp_path):
    """Its global endpoint, which older SDKs ask, is signed for us-east-1."""
    server = start_gatehouse("--empty", "--region", "ap-south-1")
    variables = hostile(tmp_path, "http://127.0.0.1:1")
    for endpoints in ("legacy", "regional"):
        printed = shell(f"""
            eval "$(gatehouse env --port {server.port})"
            /usr/bin/python3 -c '
            import boto3
            print(boto3.client("sts").get_caller_identity()["Account"])'
            """.replace("\n            ", "\n"),
            {**variables, "AWS_STS_REGIONAL_ENDPOINTS": endpoints}, tmp_path)
        assert printed == "000000000000\n"


def test_other_hosts_go_through_the_proxy(start_gatehouse):
    with upstream_proxy() as proxy:
        url = f"http://user:p%40ss@127.0.0.1:{proxy.server_address[1]}"
        server = start_gatehouse(variables={"HTTPS_PROXY": url})
        with Wire(server.port) as wire:
            wire.send(b"CONNECT example.test:443 HTTP/1.1\r\nHost: example.test:443\r\n\r\n")
            assert wire.response(has_body=False).status == 200
            wire.send(b"untouched bytes \x00\xff")
            assert wire.read(18) == b"UNTOUCHED BYTES \x00\xff"
        assert proxy.heads[0].startswith("CONNECT example.test:443 HTTP/1.1\r\n")


def test_a_proxy_that_refuses_is_said(start_gatehouse):
    with upstream_proxy() as proxy:
        url = f"http://user:wrong@127.0.0.1:{proxy.server_address[1]}"
        server = start_gatehouse(variables={"HTTPS_PROXY": url})
        with Wire(server.port) as wire:
            wire.send(b"CONNECT example.test:443 HTTP/1.1\r\nHost: example.test:443\r\n\r\n")
            assert wire.response().status == 502
    with socket.socket() as closed:  # a port where nobody listens
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        server = start_gatehouse(variables={"HTTPS_PROXY": url})
        with Wire(server.port) as wire:
            wire.send(b"CONNECT example.test:443 HTTP/1.1\r\nHost: example.test:443\r\n\r\n")
            assert wire.response().status == 502


def test_env_as_json(start_gatehouse):
    server = start_gatehouse()
    printed = subprocess.run([BINARY, "env", "--json", "--ready-file", server.ready_file],
                             capture_output=True, text=True, check=True, timeout=20).stdout
    variables = json.loads(printed)
    assert variables["HTTPS_PROXY"] == f"http://127.0.0.1:{server.port}"
    assert variables["AWS_REGION"] == server.ready["region"]
    for name in ("AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "AWS_CONFIG_FILE"):
        assert os.path.getsize(variables[name]) > 0
