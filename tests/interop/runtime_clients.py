"""Runs one small function in a runtime, ours or AWS's, behind a Runtime API of the test's own.

What is compared is what a caller or a reader of the log can see: answers and errors as bytes, what
is printed, and how the process ends. Request ids are the test's and the folder is the same for
both, so only times and the runtimes' own frames are taken out.
"""

import dataclasses
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDER = pathlib.Path(__file__).resolve().parent
BOOTSTRAP = ROOT / "src/function/bootstrap"
MODULES = ROOT / "build/interop/node_modules"
WAIT_SECONDS = 60  # for anything a process does; the machine may be busy
PIPE_BYTES = 1 << 20  # Node writes what a full pipe refuses only after its answer

REQUEST = "8476a536-e9f4-11e8-9739-2dfe598c3f%02x"
DEADLINE_MS = 4102444800000  # 2100-01-01: remaining times are compared as "many"
HEADERS = {
    "Lambda-Runtime-Deadline-Ms": str(DEADLINE_MS),
    "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:000000000000:function:f",
    "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;"
                               "Sampled=0",
}
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "en_US.UTF-8", "TZ": ":UTC",
    "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_NAME": "f", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
    "AWS_LAMBDA_LOG_STREAM_NAME": "2026/11/28/[$LATEST]0123456789abcdef0123456789abcdef",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclasses.dataclass(frozen=True)
class Case:
    """One function and the events it gets."""
    name: str
    code: str
    events: tuple = ("{}",)
    handler: str = "index.handler"
    files: tuple = ()  # more of them: (path, text)
    variables: tuple = ()  # (name, value)
    headers: tuple = ()  # of the invocations
    expected: dict = None  # where AWS's client at hand is not the one we follow: said at the case
    file: str = ""  # the code's; empty: index.py or index.js


class RuntimeApi:
    """The answers of one process: its events one by one, then silence."""

    def __init__(self, case):
        self.case = case
        self.asked = 0
        self.answers = []  # (kind, body)
        self.over = threading.Event()  # all events are answered, and the next is asked for

    def serve(self, connection):
        """One connection, until it ends."""
        with connection, connection.makefile("rb") as stream:
            while True:
                try:
                    line = stream.readline().decode("latin-1")
                except ConnectionResetError:
                    return
                if not line.endswith("\n"):
                    return
                method, path, _ = line.split(" ", 2)
                headers = {}
                for field in iter(lambda: stream.readline().decode("latin-1").strip(), ""):
                    name, _, value = field.partition(":")
                    headers[name.lower()] = value.strip()
                body = self.body(stream, headers)
                answer = self.on_request(method, path, headers, body)
                if answer is None:
                    stream.read()  # the process waits, until its end closes the socket
                    return
                connection.sendall(answer)

    @staticmethod
    def body(stream, headers):
        if headers.get("transfer-encoding") != "chunked":
            return stream.read(int(headers.get("content-length", 0)))
        body = b""
        while True:
            size = int(stream.readline().strip(), 16)
            if size == 0:
                while stream.readline().strip():
                    pass  # trailers
                return body
            body += stream.read(size)
            stream.readline()

    def on_request(self, method, path, headers, body):
        if method == "GET":
            return self.next()
        kind = path.rpartition("/")[2]
        if path.endswith("init/error"):
            kind = "init error " + headers.get("lambda-runtime-function-error-type", "")
        self.answers.append((kind, body))
        return (b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\n"
                b"Content-Length: 16\r\n\r\n" + b'{"status":"OK"}\n')

    def next(self):
        if self.asked == len(self.case.events):
            self.over.set()
            return None
        event = self.case.events[self.asked].encode("utf-8", "surrogatepass")
        self.asked += 1
        fields = {**HEADERS, "Lambda-Runtime-Aws-Request-Id": REQUEST % self.asked,
                  **dict(self.case.headers), "Content-Type": "application/json",
                  "Content-Length": str(len(event))}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
        return ("HTTP/1.1 200 OK\r\n" + head + "\r\n").encode("latin-1") + event


class Run:
    """One process from its start to its end."""

    def __init__(self, case, folder, command, variables, api_descriptor):
        self.api = RuntimeApi(case)
        self.listener = socket.create_server(("127.0.0.1", 0))
        ours, theirs = socket.socketpair()
        environment = {**ENVIRONMENT, **variables, **dict(case.variables),
                       "LAMBDA_TASK_ROOT": str(folder), "_HANDLER": case.handler,
                       "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % self.listener.getsockname()[1],
                       api_descriptor: str(theirs.fileno())}
        with theirs:
            self.process = subprocess.Popen(
                [str(word) for word in command], cwd=folder, env=environment,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                pipesize=PIPE_BYTES, pass_fds=[theirs.fileno()])
        self.start(self.api.serve, ours)
        self.start(self.accept)
        self.printed = [b"", b""]
        self.readers = [self.start(self.read, 0, self.process.stdout),
                        self.start(self.read, 1, self.process.stderr)]

    @staticmethod
    def start(function, *arguments):
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        thread.start()
        return thread

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.start(self.api.serve, connection)

    def read(self, which, pipe):
        self.printed[which] = pipe.read()

    def end(self):
        """What there was to see."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not self.api.over.wait(0.01) and self.process.poll() is None:
            if time.monotonic() > deadline:
                self.process.kill()
                pytest.fail(f"{self.api.case.name}: neither an end nor an answer in "
                            f"{WAIT_SECONDS} s; answers so far: {self.api.answers}")
        self.process.send_signal(signal.SIGTERM)  # nothing, if it has ended
        code = self.process.wait(WAIT_SECONDS)
        for reader in self.readers:
            reader.join(WAIT_SECONDS)
        self.process.stdout.close()
        self.process.stderr.close()
        self.listener.close()
        return {
            "answers": [(kind, unified(body)) for kind, body in self.api.answers],
            "stdout": unified(self.printed[0]),
            "stderr": errors_only(unified(self.printed[1])),
            "exit": "goes on" if code == -signal.SIGTERM else code,
        }


TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
# Files of the runtimes themselves, ours and AWS's.
OWN = r"(?:bootstrap\.cjs|aws-lambda-ric|runtime_shim|awslambdaric|bootstrap\.py)"
OWN_FRAMES = tuple(re.compile(pattern % OWN) for pattern in (
    # Node's: in JSON, as text, as text within JSON; and what of Node's calls the runtime.
    r',?"\s+at [^"]*%s[^"]*"(?:,"\s+at [^"]*node:[^"]*")*',
    r"[\r\n]\s+at [^\r\n]*%s[^\r\n]*(?:[\r\n]\s+at [^\r\n]*node:[^\r\n]*)*",
    r'\\n\s+at [^"\\]*%s[^"\\]*(?:\\n\s+at [^"\\]*node:[^"\\]*)*',
    r'(?:(?<=\[)|, )"  File \\"[^"]*%s(?:\\.|[^"\\])*"',  # Python's, the same
    r'[\r\n]\s+File "[^"\r\n]*%s"[^\r\n]*[\r\n][^\r\n]*',
))


def unified(raw):
    """Text without times and the runtimes' own frames; what is no UTF-8 is shown escaped."""
    text = raw.decode("utf-8", "backslashreplace")
    text = TIME.sub("TIME", text)
    for pattern in OWN_FRAMES:
        text = pattern.sub("", text)
    text = re.sub(r"(?<![^\s\"'(])[^\s\"'(]*" + OWN + r"[^\s\"')]*", "RUNTIME", text)
    text = text.replace("[, ", "[")
    text = re.sub(r"\(node:\d+\)", "(node:PID)", text)
    # A runtime that is an ES module imports by another of Node's functions.
    text = re.sub(r"(?:default)?[iI]mportModuleDynamically\w* \([^)]*\)", "import", text)
    return re.sub(r"repeated \d+ more times", "repeated many more times", text)


def errors_only(text):
    """Of what Node and Python say on their own when they end: not where in a runtime it was."""
    lines = [re.sub(r".*%s:\d+: " % OWN, "", line) for line in text.splitlines()
             if not re.match(r"\s{2,}\S|\s+(at |\^|~)|\(Use `node|file://|/.*:\d+$|Node\.js v|"
                             r"\d+: |RuntimeWarning: Enable tracemalloc", line)]
    return "\n".join(line for line in lines if line.strip() not in ("", "^"))


def write(case, folder, name):
    folder.mkdir(parents=True)
    for path, text in ((case.file or name, case.code), *case.files):
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", errors="surrogatepass")


def run_python(case, folder, version="3.12"):
    """What ours did, and what AWS's client did."""
    write(case, folder, "index.py")
    name = {"AWS_EXECUTION_ENV": "AWS_Lambda_python" + version}
    place = folder.parent / "runtime"
    place.mkdir(exist_ok=True)
    ours = place / "bootstrap.py"
    ours.write_text((BOOTSTRAP / "python.py").read_text())
    python = sys.executable
    runs = [Run(case, folder, [python, ours], name, "_GATEHOUSE_RUNTIME"),
            Run(case, folder, [python, "-m", "awslambdaric", case.handler],
                {**name, "PYTHONIOENCODING": "utf-8:strict"}, "UNUSED_FD")]
    return [run.end() for run in runs]


def node_flags():
    """Node 22 and later can require ES modules and guess; the runtimes of AWS have that off."""
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    if int(version.stdout[1:].split(".")[0]) < 22:
        return []
    return ["--no-experimental-require-module", "--no-experimental-detect-module"]


def run_node(case, folder, major=20):
    write(case, folder, "index.js")
    name = {"AWS_EXECUTION_ENV": f"AWS_Lambda_nodejs{major}.x"}
    place = folder.parent / "runtime"
    place.mkdir(exist_ok=True)
    ours = place / "bootstrap.cjs"
    ours.write_text((BOOTSTRAP / "node.cjs").read_text())
    start = MODULES / "aws-lambda-ric-4/index.mjs"
    if major < 24:
        start = place / "aws-lambda-ric.mjs"  # bin/index.mjs prints a line of its own
        client = MODULES / "aws-lambda-ric-3/dist/index.mjs"
        start.write_text(f"import {{ run }} from '{client}';\n"
                         "await run(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);\n")
    node = ["node", *node_flags()]
    runs = [Run(case, folder, [*node, ours], name, "_GATEHOUSE_RUNTIME"),
            Run(case, folder, [*node, "--require", FOLDER / "runtime_shim.cjs", start], name,
                "GATEHOUSE_SHIM")]
    return [run.end() for run in runs]


def compare(case, results):
    ours, theirs = results
    expected = {**theirs, **(case.expected or {})}
    for part in ("answers", "stdout", "stderr", "exit"):
        assert json.dumps(ours[part], indent=1) == json.dumps(expected[part], indent=1), \
            f"{case.name}: {part}: ours first, then AWS's client"
    return os.path.basename(case.name)
