"""Functions that return nothing: malformed, as on AWS (docs/aws/websocket-api.md §5.3)."""

import json
import shutil

import pytest
from harness import ROOT, RawWebSocket
from spec_rows import error_of

CASE = ROOT / "tests/scenario/cases/null-results"
MALFORMED = "the function's result is malformed: it returned nothing (null)"


def two_way(template, route):
    """The route, which the template has one-way, gets a response."""
    resources = template["Resources"]
    resources[route]["Properties"]["RouteResponseSelectionExpression"] = "$default"
    resources[route + "Response"] = {"Type": "AWS::ApiGatewayV2::RouteResponse", "Properties": {
        "ApiId": {"Ref": "Api"}, "RouteId": {"Ref": route}, "RouteResponseKey": "$default"}}


@pytest.fixture(scope="module", params=["one-way", "two-way"])
def template(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("null") / "case"
    shutil.copytree(CASE, folder)
    text = json.loads((folder / "template.json").read_text())
    if request.param == "two-way":
        two_way(text, "R2")
        two_way(text, "R3")
    (folder / "template.json").write_text(json.dumps(text))
    return folder / "template.json"


def errors(server):
    lines = [json.loads(line) for line in server.log().splitlines(True) if line.endswith("\n")]
    return [line for line in lines if line["level"] == "error"]


def test_null_results(start_gatehouse, template):
    server = start_gatehouse(template, "--log", "json", "--log-level", "debug")
    with RawWebSocket(server) as client:
        for action in ("py", "js"):
            client.send_text(json.dumps({"action": action, "body": "x"}))
            frame = client.read_text()
            assert error_of(frame) == "Internal server error"
            assert set(json.loads(frame)) == {"message", "connectionId", "requestId"}
    server.wait_for_log('"$disconnect","requestId"')  # nobody hears of it but the log
    said = errors(server)
    assert [line["route"] for line in said] == ["py", "js", "$disconnect"], "one line each"
    assert all(line["message"].startswith(MALFORMED) for line in said)
