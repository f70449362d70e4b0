"""Spec §9, row by row: quotas, and what happens beyond them."""

import json
import subprocess

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from harness import (BINARY, TEXT, WAIT_SECONDS, RawWebSocket, ask, frame, management)
from spec_rows import ROUTE_KEY, Template, error_of, function, mock, talk, upgrade

KB = 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    template = Template()
    template.route("$default", mock('{"statusCode": 200}', ("$default", "got it")), two_way=True)
    running = template.start(tmp_path_factory.mktemp("quotas"))
    yield running
    running.stop()


def text_frames(size, frame_size):
    """One message of x's in frames."""
    sizes = [frame_size] * (size // frame_size) + ([size % frame_size] if size % frame_size else [])
    return b"".join(frame(0 if i else TEXT, b"x" * part, fin=i == len(sizes) - 1)
                    for i, part in enumerate(sizes))


def test_message_payload_128_kb(server):
    with RawWebSocket(server) as client:
        client.send(text_frames(128 * KB, 32 * KB))
        assert client.read_text() == "got it"
        client.send(text_frames(128 * KB + 1, 32 * KB))
        assert client.read_close() == (1009, "message too big")


def test_frame_32_kb(server):
    with RawWebSocket(server) as client:
        client.send(text_frames(32 * KB, 32 * KB))
        assert client.read_text() == "got it"
        client.send(frame(TEXT, b"x" * (32 * KB + 1)))
        assert client.read_close()[0] == 1009


def test_sizes_are_options(tmp_path):
    template = Template().route("$default", ROUTE_KEY, two_way=True)
    server = template.start(tmp_path, "--frame-bytes", "1000", "--message-bytes", "3000")
    with RawWebSocket(server) as client:
        client.send(text_frames(3000, 1000))
        assert client.read_text() == "route $default"
        client.send(frame(TEXT, b"x" * 1001))
        assert client.read_close()[0] == 1009
    target = "/rows/@connections/JDH-3ejISQ0CFlw="
    assert ask(server.port, "POST", target, b"x" * 3001).status == 413
    server.stop()


def test_idle__1001(tmp_path):
    server = Template().route("x").start(tmp_path, "--idle-seconds", "1")
    with RawWebSocket(server) as idle:
        assert idle.read_close() == (1001, "Going away")
    server.stop()


def test_duration_whatever_the_traffic__1001(tmp_path):
    template = Template().route("$default", ROUTE_KEY, two_way=True)
    server = template.start(tmp_path, "--age-seconds", "1")
    with RawWebSocket(server) as busy:
        answers, opcode = 0, TEXT
        while opcode == TEXT:
            busy.send_text("x")
            opcode, payload, _ = busy.read_frame()
            answers += opcode == TEXT
        assert payload == b"\x03\xe9Going away" and answers > 0
    server.stop()


def test_new_connections__upgrade_429(tmp_path):
    """AWS's 500 a second are counted in limits_test; an option of its own goes before --limits."""
    server = Template().route("x").start(tmp_path, "--limits", "aws",
                                         "--connects-per-second", "0.001")
    assert [upgrade(server).status for _ in range(2)] == [101, 429]
    server.stop()


def test_requests_are_shared_by_messages_and_callbacks(tmp_path):
    template = Template().route("$default", ROUTE_KEY, two_way=True)
    server = template.start(tmp_path, "--requests-per-second", "0.001", "--requests-burst", "3")
    with RawWebSocket(server) as client:
        for _ in range(2):
            client.send_text("x")
            assert client.read_text() == "route $default"
        assert ask(server.port, "GET", "/rows/@connections/JDH-3ejISQ0CFlw=").status == 410
        client.send_text("x")
        assert error_of(client.read_text()) == "Too Many Requests"
        assert ask(server.port, "GET", "/rows/@connections/JDH-3ejISQ0CFlw=").status == 429
    server.stop()


def test_one_client_with_too_many_requests__close_1008(tmp_path):
    rate = {"ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": 2}
    template = Template(stage={"DefaultRouteSettings": rate})
    template.route("$default", ROUTE_KEY, two_way=True)
    server = template.start(tmp_path, "--throttled-messages", "5")
    with RawWebSocket(server) as client:  # took one of the two
        for _ in range(6):
            client.send_text("x")
        assert client.read_text() == "route $default"
        for _ in range(5):
            assert error_of(client.read_text()) == "Too Many Requests"
        assert client.read_close() == (1008, "too many requests")
    server.stop()


def test_integration_time_out__endpoint_request_timed_out(tmp_path, handler):
    template = Template().use_function(handler).route("slow", function(TimeoutInMillis=50))
    server = template.start(tmp_path)
    assert error_of(talk(server, {"action": "slow", "do": "sleep"})) == \
        "Endpoint request timed out"
    server.stop()


@pytest.mark.parametrize("milliseconds", [49, 29001])
def test_integration_time_out_50_ms_to_29_s__creation_fails(gatehouse, milliseconds):
    apis = boto3.client("apigatewayv2", endpoint_url=gatehouse.endpoint,
                        config=Config(parameter_validation=False))
    api = apis.create_api(Name="t", ProtocolType="WEBSOCKET",
                          RouteSelectionExpression="$request.body.action")["ApiId"]
    with pytest.raises(ClientError) as refused:
        apis.create_integration(ApiId=api, IntegrationType="MOCK", TimeoutInMillis=milliseconds)
    assert refused.value.response["Error"]["Code"] == "BadRequestException"
    apis.delete_api(ApiId=api)


def test_mapping_template_300_kb__creation_fails(gatehouse):
    apis = boto3.client("apigatewayv2", endpoint_url=gatehouse.endpoint)
    api = apis.create_api(Name="t", ProtocolType="WEBSOCKET",
                          RouteSelectionExpression="$request.body.action")["ApiId"]

    def create(size):
        return apis.create_integration(ApiId=api, IntegrationType="MOCK",
                                       RequestTemplates={"$default": "x" * size})

    assert create(300 * KB)["IntegrationType"] == "MOCK"
    with pytest.raises(ClientError) as refused:
        create(300 * KB + 1)
    assert refused.value.response["Error"]["Code"] == "BadRequestException"
    apis.delete_api(ApiId=api)


def test_a_template_gives_no_more_than_a_message(tmp_path):
    body = mock('{"statusCode": 200, "x": $input.body}',
                ("$default", "$input.body" * 5))
    server = Template().route("$default", body, two_way=True).start(tmp_path)
    with RawWebSocket(server) as client:
        text = json.dumps("x" * (30 * KB))
        client.send_text(text)
        assert error_of(client.read_text()) == "Internal server error"
    server.stop()


@pytest.mark.parametrize("options, words", [
    (["--frame-bytes", "12"], '--frame-bytes: "12" is not a whole number from 125 to 16777216'),
    (["--limits", "all"], '--limits: "all" is not aws or server'),
    (["--integration-seconds", "60"],
     '--integration-seconds: "60" is not a number from 0.05 to 29'),
    (["--send-queue-bytes", "1000"],
     "--send-queue-bytes 1000: a message of --message-bytes 131072 must fit in"),
    (["--requests-burst", "5"], "--requests-burst: there is no rate to it"),
])
def test_bad_values_are_named(options, words):
    said = subprocess.run([BINARY, "up", "--empty", "--port", "0", "--data", ":memory:", *options],
                          capture_output=True, text=True, check=False, timeout=WAIT_SECONDS)
    assert said.returncode != 0 and words in said.stderr, said.stderr


def test_post_that_is_too_long__413(gatehouse):
    with RawWebSocket(gatehouse) as client:
        api = management(gatehouse)
        with pytest.raises(api.exceptions.PayloadTooLargeException):
            api.post_to_connection(ConnectionId=client.connection_id(), Data=b"x" * (128 * KB + 1))
