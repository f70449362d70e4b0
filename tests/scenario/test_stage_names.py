"""Stages with names that URLs write in more than one way, or that look like other paths."""

import asyncio
import functools
import json

import boto3
import pytest
import websockets
from harness import ROOT, ask, receive

CASES = ROOT / "tests/scenario/cases"


@pytest.fixture(params=["$default", "2020-06-30", "v2"])
def stage(request, start_gatehouse, tmp_path):
    """(server, the stage's name, paths by which it is reached)."""
    name = request.param
    template = json.loads((CASES / "stage-default/template.json").read_text())
    template["Resources"]["Stage"]["Properties"]["StageName"] = name
    file = tmp_path / "template.json"
    file.write_text(json.dumps(template))
    server = start_gatehouse(str(file))
    by_id = f"/{server.api['apiId']}/{name}"
    paths = [by_id, by_id.replace("$", "%24").replace("2020-06", "2020%2D06")]
    if name == "$default":
        paths += ["/$default", "/%24default"]
    return server, name, paths


async def test_every_way_of_writing_its_name_opens(stage):
    server, name, paths = stage
    assert server.stage["name"] == name
    assert server.stage["websocketUrl"] == f"ws://localhost:{server.port}" + \
        ("/$default" if name == "$default" else paths[0])
    client = functools.partial(boto3.client, "apigatewaymanagementapi", region_name="us-east-1")
    for path in paths:
        async with websockets.connect(f"ws://localhost:{server.port}{path}") as socket:
            # The mock has no answer but the error frame, which names the connection.
            await socket.send('{"action":"who"}')
            connection = json.loads(await receive(socket))["connectionId"]
            for where in paths:
                posts = client(endpoint_url=server.endpoint + where)
                await asyncio.to_thread(posts.post_to_connection, ConnectionId=connection,
                                        Data=where.encode())
                assert await receive(socket) == where
                answer = ask(server.port, "POST", f"{where}/@connections/{connection}", b"plain")
                assert answer.status == 200
                assert await receive(socket) == "plain"


def test_a_path_that_begins_with_a_date_is_lambdas(gatehouse):
    """Also where it is no path of the operations that are served."""
    for path in ("/2020-06-30/functions/f/code-signing-config", "/2017-03-31/tags/x",
                 "/2031-01-02/x"):
        answer = ask(gatehouse.port, "GET", path)
        assert answer.status == 404, (path, answer.body)
        assert answer.fields["x-amzn-errortype"] == "UnknownOperationException"
