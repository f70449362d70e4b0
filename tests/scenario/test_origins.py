"""Whose pages may open WebSockets: --origin and a stage's Metadata narrow it (docs/security.md)."""

import json
import subprocess

import pytest
from harness import BINARY, ROOT, UPGRADE, ask

APP, LOCAL, EVIL = "https://app.example", "http://localhost:3000", "https://evil.example"
CASE = ROOT / "tests/scenario/cases/stage-default/template.json"


def upgrade(server, origin, path=None):
    fields = [*UPGRADE, f"Origin: {origin}"] if origin else UPGRADE
    return ask(server.port, "GET", path or f"/{server.stage['name']}", fields=fields)


def opens(server, origin):
    answer = upgrade(server, origin)
    assert answer.status in (101, 403), answer.status
    return answer.status == 101


def with_origins(tmp_path, *origins, name="template.json"):
    template = json.loads(CASE.read_text())
    template["Resources"]["Stage"]["Metadata"] = {"Gatehouse": {"Origins": origins}}
    file = tmp_path / name
    file.write_text(json.dumps(template))
    return str(file)


def test_any_page_may_unless_told(gatehouse):
    for origin in (None, "null", APP, EVIL, f"http://localhost:{gatehouse.port}"):
        assert opens(gatehouse, origin)


def test_the_option_narrows(start_gatehouse):
    server = start_gatehouse("--origin", APP, "--origin", LOCAL)
    for origin in (APP, LOCAL, None):  # who sends none is no page
        assert opens(server, origin), origin
    for origin in (EVIL, "null", APP + ":444", "http://app.example", "https://app.example.evil",
                   f"http://localhost:{server.port}"):
        assert not opens(server, origin), origin
    assert f"a page of {EVIL} may not open production" in server.log()


def test_a_stages_metadata_narrows(start_gatehouse, tmp_path):
    server = start_gatehouse(with_origins(tmp_path, APP))
    assert opens(server, APP) and opens(server, None)
    assert not opens(server, LOCAL) and not opens(server, "null")


def test_both_must_name_it(start_gatehouse, tmp_path):
    server = start_gatehouse("--origin", APP, "--origin", EVIL, with_origins(tmp_path, APP, LOCAL))
    assert opens(server, APP)
    assert not opens(server, LOCAL) and not opens(server, EVIL)


def test_it_is_kept_and_changed_with_the_stack(start_gatehouse, tmp_path):
    data = tmp_path / "data"
    server = start_gatehouse(with_origins(tmp_path, APP), data=data)
    server.stop()
    server = start_gatehouse(with_origins(tmp_path, APP), data=data)
    assert opens(server, APP) and not opens(server, LOCAL)
    server.stop()
    server = start_gatehouse(with_origins(tmp_path, LOCAL), data=data)
    assert opens(server, LOCAL) and not opens(server, APP)


@pytest.mark.parametrize("option", ["--origin", "--cors-origin"])
@pytest.mark.parametrize("wrong", ["app.example", "https://app.example/", "https://App.example",
                                   "*"])
def test_what_is_no_origin_is_refused_at_start(option, wrong):
    said = subprocess.run([BINARY, "up", "--empty", option, wrong], capture_output=True, text=True,
                          timeout=20, check=False)
    assert said.returncode == 2
    assert f'{option}: "{wrong}" is not an origin, like https://app.example' in said.stderr
