"""What functions print and how they fail, as a person reads it in the log."""

import base64
import json
import os
import pty
import re
import signal
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness import BINARY, WAIT_SECONDS, until
from test_functions import invoke

ROLE = "arn:aws:iam::000000000000:role/r"
TIME = r"\d\d:\d\d:\d\d\.\d{3} "
LOADER = ("bootstrap.cjs", "bootstrap.py", "node:internal", "importlib")


def make(folder, files, functions):
    """A template beside its code: logical id → (runtime, handler)."""
    for name, text in files.items():
        path = folder / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "src").mkdir(exist_ok=True)
    resources = {logical_id: {"Type": "AWS::Lambda::Function", "Properties": {
        "Runtime": runtime, "Handler": handler, "Code": "./src", "Role": ROLE, "Timeout": 20}}
                 for logical_id, (runtime, handler) in functions.items()}
    # An API, for the harness wants one.
    resources["Api"] = {"Type": "AWS::ApiGatewayV2::Api", "Properties": {
        "Name": "a", "ProtocolType": "WEBSOCKET",
        "RouteSelectionExpression": "$request.body.action"}}
    resources["Mock"] = {"Type": "AWS::ApiGatewayV2::Integration", "Properties": {
        "ApiId": {"Ref": "Api"}, "IntegrationType": "MOCK"}}
    resources["Route"] = {"Type": "AWS::ApiGatewayV2::Route", "Properties": {
        "ApiId": {"Ref": "Api"}, "RouteKey": "$default",
        "Target": {"Fn::Sub": "integrations/${Mock}"}}}
    resources["Stage"] = {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {
        "ApiId": {"Ref": "Api"}, "StageName": "s", "AutoDeploy": True}}
    path = folder / "template.json"
    path.write_text(json.dumps({"Resources": resources}))
    return path


def block(server, logical_id):
    """The lines of a function, without time and name."""
    lines, inside = [], False
    for line in server.log().splitlines():
        named = re.fullmatch(TIME + r"(\S*) *\| (.*)", line)
        if named and named[1]:
            inside = named[1] == logical_id
        elif not named:
            inside = False
        if inside:
            lines.append(named[2])
    return lines


NODE_ERRORS = [
    ("a.handler", {"a.js": "exports.handler = async () => {\n  const x = ;\n};\n"},
     ["SyntaxError: Unexpected token ';'", "src/a.js:2", "  const x = ;"]),
    ("a.handler", {"a.mjs": "import fs from 'fs';\n\nexport const handler = {{;\n"},
     ["SyntaxError: ", "src/a.mjs:3", "export const handler = {{;"]),
    ("a.handler", {"a.mjs": "import { x } from './lib/b.mjs';\nexport const handler = () => x;\n",
                   "lib/b.mjs": "export const x = 1;\nexport const y = = 2;\n"},
     ["SyntaxError: ", "src/lib/b.mjs:2", "export const y = = 2;"]),
    ("a.handler", {"a.js": "const b = require('./b');\n", "b.js": "\nlet let = 1;\n"},
     ["SyntaxError: ", "src/b.js:2", "src/a.js:1:"]),
    ("a.handler", {"a.js": "\nJSON.parse('{');\n"}, ["SyntaxError: ", "src/a.js:2:"]),
    ("a.handler", {"a.js": "\n\nrequire('nowhere');\n"},
     ["Cannot find module 'nowhere'", "src/a.js:3:"]),
    ("a.handler", {"a.js": "\nfunction f() { throw new TypeError('no'); }\n"
                           "exports.handler = async () => f();\n"},
     ["TypeError: no", "src/a.js:2:", "src/a.js:3:"]),
    ("a.handler", {"a.js": "exports.handler = async () => {\n"
                           "  setTimeout(() => { throw new Error('late'); }, 1);\n"
                           "  await new Promise(() => {});\n};\n"},
     ["Error: late", "src/a.js:2:"]),
]


@pytest.mark.parametrize("handler, files, wanted", NODE_ERRORS,
                         ids=lambda value: "" if isinstance(value, str) else None)
def test_an_error_of_node_has_its_place_and_no_loader(start_gatehouse, tmp_path, handler, files,
                                                      wanted):
    server = start_gatehouse(make(tmp_path, files, {"Broken": ("nodejs20.x", handler)}))
    name = server.stack["functions"]["Broken"]
    answer, error = invoke(server, name, {})
    assert answer["FunctionError"] == "Unhandled"
    server.wait_for_log("Broken")
    until(lambda: wanted[-1] in "\n".join(block(server, "Broken")), wanted[-1])
    lines = block(server, "Broken")
    text = "\n".join(lines)
    assert all(part in text for part in wanted), text
    assert not any(part in server.log() for part in LOADER), server.log()
    frames = [line for line in error["trace"] if line.startswith("    at ")]
    assert not any("bootstrap.cjs" in frame for frame in frames), error
    assert lines[0].count("\n") == 0 and len(lines) >= 2, "the stack has lines of its own"
    assert name not in text


PYTHON_ERRORS = [
    ("def handler(e, c):\n    x = = 1\n", ["invalid syntax (a.py, line 2)", 'src/a.py" Line 2']),
    ("\n1 / 0\n", ["ZeroDivisionError", 'src/a.py", line 2']),
    ("def f(): raise ValueError('no')\ndef handler(e, c): f()\n",
     ["ValueError: no", 'src/a.py", line 2', 'src/a.py", line 1']),
]


@pytest.mark.parametrize("source, wanted", PYTHON_ERRORS, ids=["syntax", "import", "handler"])
def test_an_error_of_python_has_its_place_and_no_loader(start_gatehouse, tmp_path, source, wanted):
    server = start_gatehouse(make(tmp_path, {"a.py": source}, {"Broken": ("python3.12",
                                                                         "a.handler")}))
    invoke(server, server.stack["functions"]["Broken"], {})
    until(lambda: wanted[-1] in "\n".join(block(server, "Broken")), wanted[-1])
    text = "\n".join(block(server, "Broken"))
    assert all(part in text for part in wanted), text
    assert not any(part in server.log() for part in LOADER), server.log()


def test_the_name_stands_once_and_in_a_column(start_gatehouse, tmp_path):
    source = "def handler(e, c):\n    print('one')\n    print('two')\n"
    server = start_gatehouse(make(tmp_path, {"a.py": source}, {
        "F": ("python3.12", "a.handler"), "LongerName": ("python3.12", "a.handler")}))
    names = server.stack["functions"]
    for logical_id in ("LongerName", "F"):
        invoke(server, names[logical_id], {})
        until(lambda name=logical_id: block(server, name)[1:], "two lines")
    lines = [re.sub("^" + TIME, "", line) for line in server.log().splitlines()]
    at = lines.index("LongerName | one")
    assert lines[at:at + 4] == ["LongerName | one", "           | two",
                                "F          | one", "           | two"]
    assert not any(name in server.log() for name in names.values())


def test_json_has_the_whole_name_in_every_line(start_gatehouse, tmp_path):
    source = "def handler(e, c):\n    print('one')\n    print('two')\n"
    server = start_gatehouse(make(tmp_path, {"a.py": source}, {"F": ("python3.12", "a.handler")}),
                             "--log", "json")
    name = server.stack["functions"]["F"]
    invoke(server, name, {})
    server.wait_for_log("two")
    lines = [json.loads(line) for line in server.log().splitlines(True) if line.endswith("\n")]
    said = [line for line in lines if line["message"] in ("one", "two")]
    assert [line["function"] for line in said] == [name, name]


COLUMNS = {
    "py.py": "import logging\n"
             "logging.getLogger().setLevel('INFO')\n"
             "logging.warning('at the start')\n"
             "def handler(e, c):\n    logging.info('hello\\tyou')\n    print('plain')\n",
    "js.js": "console.warn('at the start');\n"
             "exports.handler = async () => {\n  console.log('hello\\tyou');\n"
             "  process.stdout.write('plain\\n');\n};\n",
}


@pytest.mark.parametrize("logical_id, warning", [("Py", "WARNING"), ("Js", "WARN")])
def test_the_runtimes_columns_are_the_tails_only(start_gatehouse, tmp_path, logical_id, warning):
    template = make(tmp_path, COLUMNS, {"Py": ("python3.12", "py.handler"),
                                        "Js": ("nodejs20.x", "js.handler")})
    server = start_gatehouse(template)
    name = server.stack["functions"][logical_id]
    answer, _ = invoke(server, name, {}, LogType="Tail")
    until(lambda: "plain" in block(server, logical_id), "the line")
    assert block(server, logical_id) == [f"[{warning}] at the start", "[INFO] hello\tyou", "plain"]
    tail = base64.b64decode(answer["LogResult"]).decode()
    time, request_id = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", r"[0-9a-f-]{36}"
    wanted = rf"\[INFO\]\t{time}\t{request_id}\thello\tyou\n" if logical_id == "Py" else \
        rf"{time}\t{request_id}\tINFO\thello\tyou\n"
    assert re.search(wanted, tail), tail
    server = start_gatehouse(template, "--log", "json")
    invoke(server, server.stack["functions"][logical_id], {})
    server.wait_for_log("plain")
    lines = [json.loads(line)["message"] for line in server.log().splitlines(True)
             if line.endswith("\n")]
    assert any(re.fullmatch(wanted[:-2], line) for line in lines), lines


FAKE_SDKS = {
    "boto3/__init__.py": "import warnings\n"
                         "class PythonDeprecationWarning(Warning): pass\n"
                         "warnings.warn('Boto3 will no longer support it', "
                         "PythonDeprecationWarning)\n",
    "py.py": "import boto3, os, time, warnings\n"
             "warnings.warn('mine')\n"
             "def handler(e, c):\n    time.sleep(0.5)\n    return os.getpid()\n",
    "js.js": "process.emitWarning('The AWS SDK for JavaScript (v3) will\\nno longer support it', "
             "'NodeDeprecationWarning');\n"
             "process.emitWarning('mine');\n"
             "exports.handler = async () => {\n"
             "  await new Promise((done) => setTimeout(done, 500));\n"
             "  return process.pid;\n};\n",
}


@pytest.mark.parametrize("logical_id, words", [
    ("Py", "DeprecationWarning: Boto3 will no longer support it"),
    ("Js", "DeprecationWarning: The AWS SDK for JavaScript (v3) will")])
def test_the_sdk_warns_once_for_each_start(start_gatehouse, tmp_path, logical_id, words):
    template = make(tmp_path, FAKE_SDKS, {"Py": ("python3.12", "py.handler"),
                                          "Js": ("nodejs20.x", "js.handler")})
    data = tmp_path / "data"
    for _ in range(2):
        server = start_gatehouse(template, data=data)
        name = server.stack["functions"][logical_id]
        with ThreadPoolExecutor(3) as threads:
            calls = [threads.submit(invoke, server, name, {}) for _ in range(3)]
            assert len({call.result(WAIT_SECONDS)[1] for call in calls}) == 3, "three processes"
        server.stop()
        assert server.log().count(words) == 1, server.log()
        mine = len(re.findall(r"Warning: mine$", server.log(), re.MULTILINE))
        assert mine == 3, "what is not the SDK's is said by each"


class Terminal:
    """gatehouse up with its log on a pseudo-terminal."""

    def __init__(self, folder, *options, **variables):
        near, far = pty.openpty()
        ready = folder / "ready.json"
        environment = {**os.environ, "TERM": "xterm", **variables}
        process = subprocess.Popen(
            [BINARY, "up", "--empty", "--port", "0", "--data", ":memory:", "--ready-file", ready,
             *options], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=far,
            env=environment)
        os.close(far)
        self.text = b""
        reader = threading.Thread(target=self.read, args=(near,), daemon=True)
        reader.start()
        until(ready.exists, "gatehouse to be ready")
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT_SECONDS) == 0
        reader.join(WAIT_SECONDS)
        os.close(near)

    def read(self, near):
        try:
            while part := os.read(near, 4096):
                self.text += part
        except OSError:  # the other end has gone
            pass


def test_colours_are_for_terminals(start_gatehouse, tmp_path):
    coloured = Terminal(tmp_path_of(tmp_path, "a")).text
    assert b"\x1b[2m" in coloured and b"stopping" in coloured
    for name, options, variables in [("b", (), {"NO_COLOR": "1"}), ("c", (), {"TERM": "dumb"}),
                                     ("d", ("--log", "json"), {})]:
        plain = Terminal(tmp_path_of(tmp_path, name), *options, **variables).text
        assert b"stopping" in plain and b"\x1b" not in plain, plain
    assert b"\x1b[2m" in Terminal(tmp_path_of(tmp_path, "e"), NO_COLOR="").text
    server = start_gatehouse("--empty")
    server.stop()
    assert "stopping" in server.log() and "\x1b" not in server.log()


def tmp_path_of(folder, name):
    (folder / name).mkdir()
    return folder / name
