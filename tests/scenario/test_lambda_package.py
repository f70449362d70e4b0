"""Packages of C++ handlers: what they hold, what they ask of a system, how they fail."""

import base64
import json
import os
import pathlib
import platform
import re
import shutil
import stat
import subprocess
import zipfile

import pytest
from chat_scenario import check_chat
from harness import ROOT, is_sanitizer_build
from lambda_package import PACKAGE, TEMPLATE, template_of
from test_functions import create, invoke

GLIBC_MAX = (2, 34)  # of provided.al2023
TEST_PACKAGE = PACKAGE.with_name("test-lambda.zip")
LOADER = re.compile(r"ld-linux-[a-z0-9_-]+\.so\.\d+")

pytestmark = pytest.mark.skipif(not PACKAGE.exists(), reason="no package: ./dev package lambda")


def version(text):
    return tuple(int(part) for part in text.split("."))


def is_for_this_machine_only():
    return is_sanitizer_build() or version(platform.libc_ver()[1]) > (2, 36)


for_aws = pytest.mark.skipif(is_for_this_machine_only(),
                             reason="packages for AWS are made on Debian 12, without sanitizers")


@pytest.fixture(scope="module")
def bootstrap(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package")
    with zipfile.ZipFile(PACKAGE) as package:
        program = pathlib.Path(package.extract("bootstrap", folder))
    program.chmod(0o755)
    return program


def test_one_program_that_may_be_run():
    with zipfile.ZipFile(PACKAGE) as package:
        [entry] = package.infolist()
    assert entry.filename == "bootstrap"
    mode = entry.external_attr >> 16
    assert stat.S_ISREG(mode) and stat.S_IMODE(mode) == 0o755
    assert entry.create_system == 3  # whose mode bits count
    assert entry.date_time == (2020, 1, 1, 0, 0, 0)  # the same program makes the same zip


@for_aws
def test_it_asks_for_glibc_alone(bootstrap):
    dynamic = subprocess.check_output(["readelf", "-dW", bootstrap], text=True)
    needed = re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic)
    assert needed and all(name in ("libc.so.6", "libm.so.6") or LOADER.fullmatch(name)
                          for name in needed), needed
    assert "RUNPATH" not in dynamic and "RPATH" not in dynamic


@for_aws
def test_none_of_its_symbols_is_younger_than_glibc_2_34(bootstrap):
    symbols = subprocess.check_output(["readelf", "-W", "--dyn-syms", bootstrap], text=True)
    asked = re.findall(r" UND (\w+)@(\w+?)_([\d.]+) ", symbols)
    assert len(asked) > 50 and {name for _, name, _ in asked} == {"GLIBC"}, asked
    young = [row for row in asked if version(row[2]) > GLIBC_MAX]
    assert not young, young
    versions = subprocess.check_output(["readelf", "-W", "--version-info", bootstrap], text=True)
    named = {version(text) for text in re.findall(r"GLIBC_([\d.]+)", versions)}
    assert named and max(named) <= GLIBC_MAX, named


def jail_of(bootstrap, folder):
    """A folder to be a process's root: the program, glibc's parts that it names, a hosts file."""
    jail = folder / "jail"
    (jail / "etc/pki/tls/certs").mkdir(parents=True)
    (jail / "etc/hosts").write_text("127.0.0.1 localhost\n")
    shutil.copy(bootstrap, jail / "bootstrap")
    for path in re.findall(r"(/\S+) \(0x", subprocess.check_output(["ldd", bootstrap], text=True)):
        place = jail / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(os.path.realpath(path), place)
    names = sorted(path.name for path in jail.rglob("*") if path.is_file())
    assert all(name in ("bootstrap", "hosts", "libc.so.6", "libm.so.6") or LOADER.fullmatch(name)
               for name in names), names
    return jail


@for_aws
async def test_it_needs_nothing_else(bootstrap, start_gatehouse, tmp_path):
    """The whole chat, each function's process in a root of glibc alone, by Amazon's CA bundle."""
    jail = jail_of(bootstrap, tmp_path)
    enter = ["chroot", jail] if os.geteuid() == 0 else ["unshare", "-r", "chroot", jail]
    # A program that says why it ends shows that a root can be changed here.
    tried = subprocess.run([*enter, "/bootstrap"], capture_output=True, text=True, check=False,
                           env={"PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"})
    if "AWS_LAMBDA_RUNTIME_API" not in tried.stdout:
        pytest.skip(f"this machine lets nobody change a root: {tried.stderr}")
    code = tmp_path / "code"
    code.mkdir()
    certs = jail / "etc/pki/tls/certs"
    (code / "bootstrap").write_text(f"""#!/bin/sh
cp "$AWS_CA_BUNDLE" {certs}/$$ && mv {certs}/$$ {certs}/ca-bundle.crt
unset AWS_CA_BUNDLE SSL_CERT_FILE
PATH=$PATH:/usr/sbin:/sbin
exec {' '.join(map(str, enter))} /bootstrap
""")
    (code / "bootstrap").chmod(0o755)
    await check_chat(start_gatehouse(template_of(code, tmp_path)))


def functions(**handlers):
    """A template of functions from test-lambda.zip: logical id → handler."""
    role = "arn:aws:iam::000000000000:role/r"
    resources = {logical_id: {"Type": "AWS::Lambda::Function", "Properties": {
        "FunctionName": logical_id, "Runtime": "provided.al2023", "Handler": handler,
        "Code": str(TEST_PACKAGE), "Role": role, "Timeout": 2, "MemorySize": 512,
        "Environment": {"Variables": {"OTHER_FUNCTION": "Throw"}}}}
        for logical_id, handler in handlers.items()}
    return json.dumps({"Resources": resources})


def test_answers_and_failures(start_gatehouse):
    server = start_gatehouse("--empty")
    create(server, "package", functions(Throw="test/throw", Tell="tell", Sleep="sleep",
                                        Large="large", Nobody="test/nobody"))
    answer, value = invoke(server, "Throw", [1])
    assert answer["FunctionError"] == "Unhandled"
    assert value == {"errorMessage": "thrown: [1]", "errorType": "std::runtime_error",
                     "stackTrace": []}

    answer, value = invoke(server, "Tell", {"a": "ü"}, LogType="Tail")
    assert "FunctionError" not in answer
    assert value["statusCode"] == 201 and value["headers"] == {"X-A": "b"}
    known, _, other = value["body"].partition(" other=")
    assert known == "region=us-east-1 unset=; now=sane"
    assert other.startswith(r'{"errorMessage":"thrown: {\"a\": \"\\u00fc\"}"'), other
    assert other.endswith("}Unhandled")
    assert "told\rtwice\n" in base64.b64decode(answer["LogResult"]).decode()

    answer, value = invoke(server, "Sleep", {})
    assert answer["FunctionError"] == "Unhandled"
    assert "Task timed out after 2.00 seconds" in value["errorMessage"]
    answer, value = invoke(server, "Large", {})
    assert value["errorType"] == "Function.ResponseSizeTooLarge"
    answer, value = invoke(server, "Nobody", {})
    assert answer["FunctionError"] == "Unhandled"
    assert value["errorType"] == "Runtime.HandlerNotFound"
    assert value["errorMessage"] == ("Handler 'test/nobody' is not in this package; it has "
                                     "test/throw, test/tell, test/large, test/sleep")
    answer, value = invoke(server, "Throw", 2)  # it serves on
    assert value["errorMessage"] == "thrown: 2"


@for_aws
def test_a_project_of_ones_own(tmp_path):
    """The page's CMakeLists.txt: whatever its package takes is known how to be made."""
    page = (ROOT / "docs/lambda-handlers.md").read_text()
    (tmp_path / "CMakeLists.txt").write_text(re.search(r"```cmake\n(.*?)```", page, re.S)[1])
    (tmp_path / "gatehouse").symlink_to(ROOT)
    shutil.copy(ROOT / "examples/handlers/hello.cc", tmp_path)
    subprocess.run(["cmake", "-B", "build", "-G", "Ninja"], cwd=tmp_path, check=True,
                   stdout=subprocess.DEVNULL)
    plan = subprocess.check_output(["ninja", "-C", "build", "-n", "hello"], cwd=tmp_path, text=True)
    assert "Packing hello.zip" in plan and "GTest" not in plan


def test_started_by_hand_it_says_who_starts_it(bootstrap):
    said = subprocess.run([bootstrap], capture_output=True, text=True, check=False, env={})
    assert said.returncode == 1
    assert said.stdout == ("error: AWS_LAMBDA_RUNTIME_API is not host:port; Lambda and gatehouse "
                           "set it when they start this program\n")


def test_the_template_is_the_chats_but_for_its_code():
    """What stands in both stays the same."""
    chat = (ROOT / "examples/chat/ws-starter.yaml").read_text().partition("Parameters:")[2]
    ours = TEMPLATE.read_text().partition("Parameters:")[2]
    chat = re.sub(r" +Metadata: .*\n", "", chat)
    chat = re.sub(r"Handler: (\w+)\n +Code: bootstrap\n", r"Handler: chat/\1\n", chat)
    own = "Code|Architectures|AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI"
    ours = re.sub(rf" +({own}): .*\n", "", ours)
    assert ours == chat
