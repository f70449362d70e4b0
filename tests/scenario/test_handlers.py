"""Handlers in C++ from a shared object: `--handlers FILE.so`, built as README.md says."""

import re
import subprocess

import pytest
from harness import BINARY, CHAT_ROUTES, ROOT, WAIT_SECONDS, RawWebSocket
from test_templates import gatehouse_says

TEMPLATE = ROOT / "examples/handlers/template.yaml"
MEMORY = ("--port", "0", "--data", ":memory:")


def build(folder, command):
    """Runs a command of the README in a folder that has what its clone has."""
    for name in ("include", "examples"):
        if not (folder / name).exists():
            (folder / name).symlink_to(ROOT / name)
    subprocess.run(command, shell=True, cwd=folder, check=True)


def built(folder, name, text):
    """A shared object of a text: C, or C++ if it includes something."""
    language = "c++ -std=c++20 -I include" if "#include" in text else "c"
    (folder / "source").write_text(text)
    build(folder, f"g++ -fPIC -shared -x {language} source -o {name}")
    return folder / name


@pytest.fixture(scope="module")
def hello(tmp_path_factory):
    """examples/handlers/hello.cc by the README's own command."""
    folder = tmp_path_factory.mktemp("hello")
    build(folder, re.search(r"^g\+\+ .*hello\.cc.*$", (ROOT / "README.md").read_text(), re.M)[0])
    return folder / "hello.so"


def test_example(hello, start_gatehouse):
    server = start_gatehouse("--handlers", hello, TEMPLATE)
    with RawWebSocket(server) as client:
        client.send_text('{"action":"remind","text":"tea","milliseconds":300}')
        client.send_text('{"action":"greet","name":"ann"}')
        assert client.read_text() == "Hello, ann!", "while the other handler waits"
        assert client.read_text() == "tea"


def test_check_and_exec_take_it_too(hello):
    assert gatehouse_says("check", "--handlers", hello, TEMPLATE, code=0).endswith(
        "can be deployed\n")
    gatehouse_says("exec", "--handlers", hello, TEMPLATE, "--", "true", code=0)


def test_relative_path_is_of_the_folder_of_the_start(hello):
    said = gatehouse_says("check", "--handlers", hello.name, TEMPLATE, code=0, cwd=hello.parent)
    assert said.endswith("can be deployed\n")


def test_unknown_name_is_told_with_those_there_are(hello):
    names = [route.handler for route in CHAT_ROUTES if not route.is_alias]
    known = f"(there are {', '.join(names)})"
    words = f"GreetHandler: no in-process handler hello/greet {known}"
    assert f"template.yaml:33: {words}" in gatehouse_says("check", TEMPLATE)
    said = gatehouse_says("up", *MEMORY, TEMPLATE, code=2)
    assert "there is no in-process handler hello/greet" in said or words in said, said


def test_handlers_that_are_gone_after_a_restart(hello, start_gatehouse, tmp_path):
    """The function is kept; only its messages fail, and the log says why."""
    start_gatehouse("--handlers", hello, TEMPLATE, data=tmp_path / "data").stop()
    server = start_gatehouse("--empty", data=tmp_path / "data")
    with RawWebSocket(server) as client:
        client.send_text('{"action":"greet"}')
        assert '"Internal server error"' in client.read_text()
    server.wait_for_log("there is no in-process handler hello/greet")


OTHER_TABLE = """
static struct { unsigned layout, sizes; const char *library; void *entries; long count; } table =
    {99, 1, "libc++", (void *)8, 1};
const void *gatehouse_handlers_v1(void) { return &table; }
"""
EXPORT = """
#include "gatehouse/export.h"
gatehouse::Task<gatehouse::Answer> Nothing(gatehouse::Event, gatehouse::Context&) {
  co_return gatehouse::Answer{};
}
GATEHOUSE_EXPORT_HANDLERS(%s)
"""


WRONG = [
    (None, "there is no such file"),
    ("", "it exports no gatehouse_handlers_v1; gatehouse/export.h has GATEHOUSE_EXPORT_HANDLERS"),
    ("int nobody(void); int f(void) { return nobody(); }",
     "it cannot be loaded: undefined symbol: nobody"),
    ("const void *gatehouse_handlers_v1(void) { return 0; }",
     "its gatehouse_handlers_v1 returns null"),
    (OTHER_TABLE, "it was built for another gatehouse or standard library (layout 99, "
                  "sizes 00000001, libc++; here layout "),
    (EXPORT % '{"", Nothing}', "it has a handler without a name"),
    (EXPORT % '{"x/null", nullptr}', "its handler x/null is null"),
    (EXPORT % '{"x/y", Nothing}, {"chat/connect", Nothing}',
     "its handler chat/connect is in gatehouse itself, too"),
]


@pytest.mark.parametrize("text, words", WRONG, ids=[words[:40] for _, words in WRONG])
def test_what_is_wrong_with_a_file_in_one_sentence(tmp_path, text, words):
    file = tmp_path / "wrong.so"
    if text is not None:
        built(tmp_path, file.name, text)
    said = gatehouse_says("up", *MEMORY, "--empty", "--handlers", file, code=2)
    assert said.startswith(f"gatehouse: --handlers {file}: {words}") and said.count("\n") == 1, said
    assert gatehouse_says("check", "--handlers", file, TEMPLATE, code=2) == said


def test_no_shared_object(tmp_path):
    file = tmp_path / "text.so"
    file.write_text("this is no shared object")
    said = gatehouse_says("up", *MEMORY, "--handlers", file, code=2)
    assert said.startswith(f"gatehouse: --handlers {file}: it cannot be loaded: "), said


def test_several_files(hello, tmp_path):
    other = built(tmp_path, "other.so", EXPORT % '{"hello/other", Nothing}')
    both = ("--handlers", hello, "--handlers", other)
    assert gatehouse_says("check", *both, TEMPLATE, code=0).endswith("can be deployed\n")
    again = built(tmp_path, "again.so", EXPORT % '{"hello/remind", Nothing}')
    assert gatehouse_says("check", *both, "--handlers", again, TEMPLATE, code=2) == \
        f"gatehouse: --handlers {again}: its handler hello/remind is in {hello}, too\n"
    variables = {"GATEHOUSE_HANDLERS": str(hello)}
    said = subprocess.run([BINARY, "check", TEMPLATE], env=variables, check=True, text=True,
                          capture_output=True, timeout=WAIT_SECONDS).stdout
    assert said.endswith("can be deployed\n")
