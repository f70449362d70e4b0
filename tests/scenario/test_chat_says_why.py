"""The chat client says why it failed, exits non-zero, leaves what is gone for good, and speaks to
apps that are not this chat."""

import json
import subprocess

import boto3
from harness import BINARY, WAIT_SECONDS, RawWebSocket, ask, until
from test_chat_two_clients import Chat, chat  # noqa: F401  pylint: disable=unused-import


def run(*arguments, lines="", code=None):
    result = subprocess.run([BINARY, "chat", *arguments], input=lines, capture_output=True,
                            text=True, timeout=WAIT_SECONDS, check=False)
    assert code is None or result.returncode == code, result
    return result


def test_which_stages_there_are(gatehouse):
    said = run(f"ws://localhost:{gatehouse.port}/staging", code=1)
    assert said.stderr.splitlines()[1:] == [
        "no connection: the server answers 403 Forbidden: "
        "no stage at /staging (there are: /production)"]


def test_the_body_stays_as_aws_has_it(gatehouse):
    answer = ask(gatehouse.port, "GET", "/staging%0d%0aX-Evil:%20x")
    assert (answer.status, answer.body) == (403, b'{"message":"Forbidden"}')
    assert answer.fields["x-gatehouse-reason"].startswith("no stage at /staging%0d%0aX-Evil")
    assert "x-evil" not in answer.fields


def test_forbidden_with_the_routes(gatehouse):
    frame = '{"action":"snd"}'
    said = run("--raw", gatehouse.url, lines=frame + "\n", code=1)
    answer = json.loads(said.stdout)
    assert list(answer) == ["message", "connectionId", "requestId"]
    assert answer["message"] == "Forbidden"
    reason = next(line for line in said.stderr.splitlines() if "no route" in line)
    assert reason.startswith('no route for action "snd" (routes: ') and "sendMessage" in reason


def test_other_clients_get_the_frame_alone(gatehouse):
    with RawWebSocket(gatehouse) as client:
        client.send_text('{"action":"snd"}')
        assert json.loads(client.read_text())["message"] == "Forbidden"


def test_raw_sends_lines_as_they_are(gatehouse):
    lines = '{"action":"getConnectionId"}\n{"action":"sendMessage","message":"hi"}\n'
    said = run("--raw", gatehouse.url, lines=lines, code=0)
    first, second = map(json.loads, said.stdout.splitlines())
    assert list(first) == ["connectionId"] and second["payload"]["message"] == "hi"
    assert said.stderr.splitlines()[1:] == ["connected", "connection closed: 1000"]


def test_failures_show_in_the_exit_code(gatehouse):
    said = run(gatehouse.url, lines="/direct AAAAAAAAAAAAAAA= t 1\n", code=1)
    assert "⚠️ no such connection" in said.stdout


def test_a_deleted_stack_ends_it(start_gatehouse, chat):  # noqa: F811
    server = start_gatehouse()
    ann = chat(server, "ann")
    stacks = boto3.client("cloudformation", endpoint_url=server.endpoint)
    stacks.delete_stack(StackName=server.stack["name"])
    ann.err.expect("connection closed: 1001.*")
    assert ann.process.wait(2 * WAIT_SECONDS) == 1, ann.err.lines
    refusals = [line for line in ann.err.lines if "no stage at /production" in line]
    assert len(refusals) == 5, ann.err.lines


def test_exec_tells_its_command_of_the_instance(tmp_path):
    script = """
        set -eu
        echo "$GATEHOUSE_PORT $GATEHOUSE_STAGE $GATEHOUSE_URL $GATEHOUSE_MANAGEMENT_URL"
        echo "$GATEHOUSE_OUTPUT_WebSocketApiEndpoint"
        echo "$GATEHOUSE_OUTPUT_websocket_chat_demo_WebSocketApiEndpoint"
        echo hello | "$0" chat --username ann 2>chat.err
        "$0" env --json
        "$0" exec --attach -- sh -c 'echo "$GATEHOUSE_URL"'
        """
    runs = [subprocess.run([BINARY, "exec", "--", "sh", "-c", script, BINARY], cwd=tmp_path,
                           capture_output=True, text=True, timeout=100, check=False)
            for _ in range(2)]
    for result in runs:
        assert result.returncode == 0, result
        facts, endpoint, same, message, env, attached = result.stdout.splitlines()
        port, stage, url, management_url = facts.split()
        assert stage == "production" and url == f"ws://localhost:{port}/production"
        assert management_url == f"http://localhost:{port}/production" and attached == url
        assert endpoint == same and endpoint.startswith("wss://")
        assert message == "📨 Message from ann: hello"
        assert json.loads(env)["HTTPS_PROXY"] == f"http://127.0.0.1:{port}"
    assert runs[0].stdout.splitlines()[1] == runs[1].stdout.splitlines()[1]  # the same ids


def test_a_zero_width_space_is_seen(gatehouse, chat):  # noqa: F811
    ann = chat(gatehouse, "ann")
    ann.say("ad\u200bmin \U0001f469\u200d\U0001f4bb")
    until(lambda: ann.out.lines, "the message")
    assert ann.out.lines == ["📨 Message from ann: ad\\u200bmin \U0001f469\u200d\U0001f4bb"]
