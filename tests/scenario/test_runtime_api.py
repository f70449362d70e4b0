"""The Runtime API: a function's events are its own, whoever else asks for them."""

import io
import json
import os
import pathlib
import re
import socket
import sys
import threading
import zipfile

import pytest
from harness import WAIT_SECONDS, request
from test_functions import client, create, invoke, template

NEXT = "/2018-06-01/runtime/invocation/next"
ROLE = "arn:aws:iam::000000000000:role/r"

# Waits for a file while it is imported, as a slow start does.
SLOW_START = {
    "python3.12": "import os, time\n"
                  "print('loading', flush=True)\n"
                  "while not os.path.exists(os.environ['GO']): time.sleep(0.01)\n"
                  "def handler(event, context):\n"
                  "    return event\n",
    "nodejs20.x": "console.log('loading');\n"
                  "const pause = new Int32Array(new SharedArrayBuffer(4));\n"
                  "while (!require('fs').existsSync(process.env.GO)) {\n"
                  "  Atomics.wait(pause, 0, 0, 10);\n"
                  "}\n"
                  "exports.handler = async (event) => event;\n",
}

# A runtime of one's own. It waits for the files GO (before it asks for its first event) and GO-n
# (before it asks again, when the event says so), and does what the event tells it.
BOOTSTRAP = f"""#!{sys.executable}
import http.client, json, os, subprocess, sys, time
address = os.environ["AWS_LAMBDA_RUNTIME_API"]
NEXT = "{NEXT}"

def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.01)

def ask(method, path, body=None, **fields):
    connection = http.client.HTTPConnection(address)
    connection.request(method, path, body, {{k.replace("_", "-"): v for k, v in fields.items()}})
    response = connection.getresponse()
    return response, response.read().decode()

def by_grandchild(path):
    command = ["curl", "-s", "-i", "http://" + address + path]
    text = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()
    head, _, body = text.partition("\\r\\n\\r\\n")
    fields = dict(line.split(": ", 1) for line in head.split("\\r\\n")[1:])
    return fields["Lambda-Runtime-Aws-Request-Id"], body

print("loading", flush=True)
wait_for(os.environ["GO"])
forked = False
while True:
    if forked:
        request_id, body = by_grandchild(NEXT)
    else:
        response, body = ask("GET", NEXT)
        request_id = response.headers["Lambda-Runtime-Aws-Request-Id"]
    event = json.loads(body)
    forked = event.get("then") == "fork"
    answer = event
    if "ask" in event:
        response, answer = ask("GET", NEXT, **event["ask"])
        answer = [response.status, answer]
    ask("POST", "/2018-06-01/runtime/invocation/" + request_id + "/response", json.dumps(answer))
    if "wait" in event:
        wait_for(event["wait"])
"""


def zipped(name, text):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = 0o100755 << 16
        archive.writestr(info, text)
    return data.getvalue()


def create_custom(server, go, **settings):
    client(server, "lambda").create_function(
        FunctionName="custom", Runtime="provided.al2023", Handler="x", Role=ROLE, Timeout=20,
        Code={"ZipFile": zipped("bootstrap", BOOTSTRAP)},
        Environment={"Variables": {"GO": str(go)}}, **settings)


def doors(server):
    """Ports that the server listens on, beside its own: the kernel's word."""
    sockets = set()
    folder = pathlib.Path(f"/proc/{server.pid}/fd")
    for descriptor in folder.iterdir():
        try:
            found = re.fullmatch(r"socket:\[(\d+)\]", os.readlink(descriptor))
        except OSError:  # closed meanwhile
            continue
        if found:
            sockets.add(found[1])
    ports = set()
    for table in ("tcp", "tcp6"):
        for line in pathlib.Path(f"/proc/{server.pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in sockets:
                ports.add(int(fields[1].rpartition(":")[2], 16))
    return ports - {server.port}


class Invocation(threading.Thread):
    def __init__(self, server, name, event):
        super().__init__(daemon=True)
        self.arguments = (server, name, event)
        self.value = None
        self.start()

    def run(self):
        self.value = invoke(*self.arguments)[1]

    def result(self):
        self.join(WAIT_SECONDS)
        assert not self.is_alive(), "the function does not answer"
        return self.value


class Stranger:
    """Another process of this machine that asks a function's door for its event."""

    def __init__(self, port):
        self.socket = socket.socket()
        self.socket.settimeout(WAIT_SECONDS)
        try:
            self.socket.connect(("127.0.0.1", port))
            self.socket.sendall(request(port, "GET", NEXT, host=f"127.0.0.1:{port}"))
        except (ConnectionResetError, BrokenPipeError):
            pass  # turned away already

    def is_turned_away(self):
        """Whether the socket ends without a byte."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True
        finally:
            self.socket.close()


@pytest.mark.parametrize("runtime", SLOW_START)
def test_managed_functions_have_no_door(start_gatehouse, tmp_path, runtime):
    server = start_gatehouse("--empty")
    go = tmp_path / "go"
    names = create(server, "doors", template(Slow=(runtime, "", {
        "Code": {"ZipFile": SLOW_START[runtime]}, "Timeout": 20,
        "Environment": {"Variables": {"GO": str(go)}}})))
    call = Invocation(server, names["Slow"], {"secret": 1})
    server.wait_for_log("loading")
    assert doors(server) == set()  # a cold start
    go.touch()
    assert call.result() == {"secret": 1}
    assert doors(server) == set()  # between two events
    assert invoke(server, names["Slow"], {"secret": 2})[1] == {"secret": 2}


def test_a_stranger_gets_no_event_of_a_cold_start(start_gatehouse, tmp_path):
    server = start_gatehouse("--empty")
    go = tmp_path / "go"
    create_custom(server, go)
    call = Invocation(server, "custom", {"secret": 1})
    server.wait_for_log("loading")
    [port] = doors(server)
    assert Stranger(port).is_turned_away()
    go.touch()
    assert call.result() == {"secret": 1}
    server.wait_for_log("turned away")
    assert Stranger(port).is_turned_away()  # while it waits for its next event
    assert server.log().count("turned away") == 1, "each environment says it once"


def test_a_stranger_gets_no_event_between_two(start_gatehouse, tmp_path):
    server = start_gatehouse("--empty")
    go, go_on = tmp_path / "go", tmp_path / "go_on"
    go.touch()
    create_custom(server, go)
    assert invoke(server, "custom", {"wait": str(go_on)})[1] == {"wait": str(go_on)}
    [port] = doors(server)
    stranger = Stranger(port)
    call = Invocation(server, "custom", {"secret": 2})
    assert stranger.is_turned_away()
    go_on.touch()
    assert call.result() == {"secret": 2}


@pytest.mark.parametrize("fields", [
    {"Host": "evil.example"}, {"Host": "localhost:{port}"}, {"Host": "127.0.0.1"},
    {"Host": "127.0.0.1:1"}, {"Origin": "http://evil.example"}, {"Origin": "null"},
    {"Origin": "http://127.0.0.1:{port}"}, {"Sec_Fetch_Site": "none"},
    {"Sec_Fetch_Mode": "no-cors"},
], ids=str)
def test_what_a_browser_could_send_is_refused(start_gatehouse, tmp_path, fields):
    """Even if it came from the function's own process."""
    server = start_gatehouse("--empty")
    go = tmp_path / "go"
    create_custom(server, go)
    call = Invocation(server, "custom", {})
    server.wait_for_log("loading")
    [port] = doors(server)
    go.touch()
    call.result()
    fields = {name: value.format(port=port) for name, value in fields.items()}
    status, body = invoke(server, "custom", {"ask": fields})[1]
    assert status == 403
    assert json.loads(body)["errorType"] == "Forbidden"
    assert invoke(server, "custom", {"still": "here"})[1] == {"still": "here"}


def test_a_process_of_the_functions_process_may_ask(start_gatehouse, tmp_path):
    server = start_gatehouse("--empty")
    go = tmp_path / "go"
    go.touch()
    create_custom(server, go)
    assert invoke(server, "custom", {"then": "fork"})[1] == {"then": "fork"}
    assert invoke(server, "custom", {"by": "curl"})[1] == {"by": "curl"}
    assert "turned away" not in server.log()


@pytest.mark.parametrize("runtime, body", [
    ("python3.12", "import os, subprocess\n"
                   "    script = 'ls -l /proc/self/fd; env'\n"
                   "    return subprocess.run(['sh', '-c', script], capture_output=True,\n"
                   "                          close_fds=False).stdout.decode()"),
    ("nodejs20.x", "return require('child_process').execSync('ls -l /proc/self/fd; env')"
                   ".toString();"),
])
def test_processes_of_a_handler_inherit_nothing_of_it(start_gatehouse, runtime, body):
    server = start_gatehouse("--empty")
    names = create(server, "inherit", template(Fork=(runtime, body, {"Timeout": 20})))
    seen = invoke(server, names["Fork"], {})[1]
    own = {name for name in re.findall(r" (\d+) -> socket:", seen) if int(name) > 2}
    assert own == set(), seen
    assert "GATEHOUSE_RUNTIME" not in seen
    # As on AWS it is there; libraries look whether it is. It leads nowhere.
    assert "AWS_LAMBDA_RUNTIME_API=127.0.0.1:0\n" in seen


