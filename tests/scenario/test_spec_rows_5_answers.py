"""Spec §5, row by row: what of a handler's answer reaches the client."""

import json

import pytest
from harness import RawWebSocket
from spec_rows import PYTHON_ONLY, ROUTE_KEY, Template, error_of, function


@pytest.fixture(scope="module")
def server(tmp_path_factory, handler):
    """`two` is two-way, `one` is not; both are the handler. `end` tells when all is said."""
    template = Template().use_function(handler)
    template.route("two", function(), two_way=True).route("one", function())
    template.route("end", ROUTE_KEY, two_way=True)
    template.route("alone", function(), RouteResponseSelectionExpression="$default")
    running = template.start(tmp_path_factory.mktemp("answers"))
    yield running
    running.stop()


class Talk(RawWebSocket):
    def say(self, action, answer, **more):
        self.send_text(json.dumps({"action": action, "answer": answer, **more}))


@pytest.mark.parametrize("row, answer, message", [
    ("the body, not the envelope", {"statusCode": 200, "headers": {"a": "b"}, "body": "hi"}, "hi"),
    ("statusCode 500 with a body", {"statusCode": 500, "body": "still sent"}, "still sent"),
    ("missing statusCode", {"body": "hi"}, "hi"),
    ("no body: an empty message", {"statusCode": 200}, ""),
    ("{}: an empty message", {}, ""),
    ("an empty body: an empty message", {"body": ""}, ""),
    ("body is JSON text", {"body": '{"a": 1.50}'}, '{"a": 1.50}'),
])
def test_two_way(server, row, answer, message):
    with Talk(server) as client:
        client.say("two", answer)
        assert client.read_text() == message, row


@PYTHON_ONLY  # a C++ handler's answer is none of these
@pytest.mark.parametrize("row, answer, message", [
    ("isBase64Encoded: decoded", {"isBase64Encoded": True, "body": "aGVsbG8="}, "hello"),
])
def test_two_way_of_a_process(server, row, answer, message):
    with Talk(server) as client:
        client.say("two", answer)
        assert client.read_text() == message, row


def test_two_way__128_kb_of_text_and_no_more(server):
    """§9: both ways; what is no message is the function's failure."""
    with Talk(server) as client:
        client.say("two", {}, do="fill", size=131072)
        assert client.read_text() == "x" * 131072
        for wrong in ({"do": "fill", "size": 131073}, {"do": "bytes"}):
            client.say("two", {}, **wrong)
            assert error_of(client.read_text()) == "Internal server error"


MALFORMED = [
    ("unknown keys", {"ConnectionId": "x", "Data": "y", "statusCode": 200}),
    ("body is an object", {"statusCode": 200, "body": {"a": 1}}),
    ("body is a number", {"body": 7}),
    ("statusCode is no number", {"statusCode": "ok"}),
    ("null", None), ("a string", "text"), ("a list", [1]), ("a number", 5),
    ("no base64", {"isBase64Encoded": True, "body": "?"}),
]


@PYTHON_ONLY
@pytest.mark.parametrize("action", ["one", "two"])
@pytest.mark.parametrize("row, answer", MALFORMED, ids=[row for row, _ in MALFORMED])
def test_malformed__internal_server_error(server, action, row, answer):
    """Checked even when it will not be sent."""
    with Talk(server) as client:
        client.say(action, answer)
        assert error_of(client.read_text()) == "Internal server error", row


@pytest.mark.parametrize("action", ["one", "alone"])
@pytest.mark.parametrize("status", [200, 301, 401, 501])
def test_without_a_route_response_the_answer_is_thrown_away(server, action, status):
    with Talk(server) as client:
        client.say(action, {"statusCode": status, "body": "never seen"})
        client.say("two", {"body": "next"})
        assert client.read_text() == "next"


def test_the_expression_alone_is_warned_of(server):
    server.wait_for_log("it has no RouteResponse: its answers are not sent")


def test_error_frames_are_sent_on_one_way_routes_too(server):
    with Talk(server) as client:
        client.say("one", {}, do="raise")
        assert error_of(client.read_text()) == "Internal server error"
