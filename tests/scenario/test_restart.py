"""What outlives a server, and what must not (design §2, §7.6, §7.18)."""

import json
import re
import socket
import stat
import subprocess

import pytest
from harness import (BINARY, ROWS_LOGGED, WAIT_SECONDS, RawWebSocket, ask, management,
                     rows_at_broadcasts, until)

def identity(server):
    return server.api["apiId"], server.stack["functions"], server.stack["tables"]


def gatehouse_says(*arguments, environment=None):
    """Runs it where it cannot start: (exit code, stderr)."""
    result = subprocess.run([BINARY, *arguments], capture_output=True, text=True, check=False,
                            timeout=WAIT_SECONDS, env=environment)
    assert result.stdout == ""
    return result.returncode, result.stderr


def test_rows_of_a_killed_server_are_swept_by_a_broadcast(start_gatehouse, tmp_path):
    """Without a journal; with it the next start removes them (test_left_behind.py)."""
    data = tmp_path / "data"
    first = start_gatehouse("--journal", "off", data=data)
    clients = [RawWebSocket(first) for _ in range(3)]
    for client in clients:
        assert client.connection_id()
    first.kill()

    second = start_gatehouse(*ROWS_LOGGED, data=data)
    with RawWebSocket(second) as ann:
        def are_swept():
            ann.send_text('{"action":"sendMessage","message":"hi"}')
            assert json.loads(ann.read_text())["payload"]["message"] == "hi"
            until(lambda: rows_at_broadcasts(second), "the log")
            return rows_at_broadcasts(second)[-1] == (1, 1)
        until(are_swept, "the rows to be swept")
    assert rows_at_broadcasts(second)[0] == (4, 1)


def test_a_row_of_a_killed_server_is_no_connection(start_gatehouse, tmp_path):
    first = start_gatehouse(data=tmp_path / "data")
    client = RawWebSocket(first)
    former_id = client.connection_id()
    first.kill()
    with RawWebSocket(start_gatehouse(data=tmp_path / "data")) as ann:
        ann.send_text('{"action":"sendDirect","connectionId":"%s","operationType":"t",'
                      '"message":1}' % former_id)
        assert ann.read_text() == ('{"error":"no such connection","action":"sendDirect",'
                                   '"connectionId":"%s"}' % former_id)


def test_ids_of_a_former_life_are_gone(start_gatehouse, tmp_path):
    data = tmp_path / "data"
    first = start_gatehouse(data=data)
    with RawWebSocket(first) as client:
        former_id = client.connection_id()
    first.stop()
    second = start_gatehouse(data=data)
    with RawWebSocket(second) as client:  # likely in the very slot
        assert client.connection_id() != former_id
        for method in ("GET", "DELETE"):
            answer = ask(second.port, method, f"/production/@connections/{former_id}")
            assert answer.status == 410
        with pytest.raises(management(second).exceptions.GoneException):
            management(second).post_to_connection(ConnectionId=former_id, Data=b"x")
        assert client.connection_id()  # open, and nothing came before it


def test_names_stay_with_the_data(start_gatehouse, tmp_path):
    first = start_gatehouse(data=tmp_path / "a")
    other = start_gatehouse(data=tmp_path / "b")
    first.stop()
    again = start_gatehouse(data=tmp_path / "a")
    assert identity(again) == identity(first)
    assert identity(again)[0] != identity(other)[0]
    assert re.fullmatch("[a-z0-9]{10}", identity(again)[0])


def test_the_data_directory_keeps_to_itself(start_gatehouse, tmp_path):
    data = tmp_path / "deep" / "data"
    start_gatehouse(data=data)
    assert (data / ".gitignore").read_text() == "*\n"
    for path in data.iterdir():
        if path.name != ".gitignore":
            assert stat.S_IMODE(path.stat().st_mode) & 0o022 == 0, path


def test_the_same_port_at_once(start_gatehouse):
    first = start_gatehouse()
    client = RawWebSocket(first)
    client.connection_id()
    first.kill()
    with client, RawWebSocket(start_gatehouse(port=first.port)) as again:
        assert again.connection_id()


def test_a_second_instance_on_the_data_is_refused(start_gatehouse, tmp_path):
    data = tmp_path / "data"
    first = start_gatehouse(data=data)
    code, said = gatehouse_says("up", "--port", "0", "--data", str(data))
    assert code == 1
    assert len(said.splitlines()) == 1 and said.startswith("gatehouse: ")
    assert str(data) in said and re.search(r"in use|another gatehouse|already", said)
    with RawWebSocket(first) as client:
        assert client.connection_id()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_taken_port_is_said(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family) as taken:
        port = taken.getsockname()[1]
        code, said = gatehouse_says("up", "--port", str(port), "--data", ":memory:",
                                    "--host", address)
    assert code == 1
    assert len(said.splitlines()) == 1 and said.startswith("gatehouse: ")
    assert str(port) in said and "in use" in said


def test_a_data_directory_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    code, said = gatehouse_says("up", "--port", "0", "--data", str(tmp_path / "file" / "data"))
    assert code == 1
    assert len(said.splitlines()) == 1 and str(tmp_path / "file") in said


# For what is found to be wrong only once the port is ours and the data is read.
ANYWHERE = ["--port", "0", "--data", ":memory:"]


@pytest.mark.parametrize("arguments, word", [
    (["up", "--no-such-option"], "--no-such-option"),
    (["up", "--port", "65536"], "--port"),
    (["up", "--port", "-1"], "--port"),
    (["up", "--port", "http"], "--port"),
    (["up", "--port"], "--port"),
    (["up", "--idle-seconds", "soon"], "--idle-seconds"),
    (["up", "--age-seconds", "-5"], "--age-seconds"),
    (["up", "--limits", "none"], "--limits"),
    (["up", "--log", "xml"], "--log"),
    (["up", "--log-level", "loud"], "--log-level"),
    (["up", "--parameter", "SendIdOnConnect"], "--parameter"),
    (["up", "--parameter", "SendIdOnConnect=maybe", *ANYWHERE], "SendIdOnConnect"),
    (["up", "--parameter", "NoSuch=1", *ANYWHERE], "NoSuch"),
    (["up", "--threads", "0"], "--threads"),
    (["up", "--threads", "65"], "--threads"),
    (["up", "--auth", "none"], "--auth"),
    (["up", "--account-id", "12"], "--account-id"),
    (["up", "--host", "0.0.0.0", *ANYWHERE], "--auth strict"),
    (["up", "--host", "nonsense", *ANYWHERE], "--host"),
    (["up", "no-such-template.yaml"], "template"),
])
def test_wrong_options_are_2(arguments, word):
    code, said = gatehouse_says(*arguments)
    assert code == 2
    assert word in said


def test_options_come_from_the_environment_too(start_gatehouse, monkeypatch):
    monkeypatch.setenv("GATEHOUSE_PARAMETER", "StageName=from-environment")
    assert start_gatehouse().stage["name"] == "from-environment"
    monkeypatch.setenv("GATEHOUSE_PARAMETER", "NoSuch=1")
    assert gatehouse_says("up", "--port", "0", "--data", ":memory:")[0] == 2
