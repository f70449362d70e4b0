"""Several event loops (`--threads 4`): the kernel spreads clients over them, and nobody can tell.

Where a connection lives cannot be seen from outside. Of CLIENTS connections all are on fewer than
four loops once in 2 ** 24 runs; each post and request below comes by a socket of its own.
"""

import asyncio
import json
import os
import pathlib
import re
import ssl

import pytest
import websockets
from botocore.exceptions import ClientError
from harness import (ROOT, Server, ask, closed, connection_id, management, open_socket, receive,
                     until)
from test_direct_message import direct, no_such_connection
from spec_rows import Template, events, function, mock
from test_functions import client, create, template
from test_templates import gatehouse_says

CLIENTS = 64
THREADS = 4
BY_HAND = "/production/@connections"


@pytest.fixture(scope="module")
def threads(tmp_path_factory):
    """A gatehouse with four loops that the tests share."""
    server = Server(tmp_path_factory.mktemp("threads"), "--threads", str(THREADS))
    yield server
    server.stop()


async def open_many(server, count=CLIENTS):
    """Open sockets, and their ids."""
    sockets = await asyncio.gather(*[open_socket(server) for _ in range(count)])
    return sockets, [await connection_id(socket) for socket in sockets]


async def close_many(sockets):
    await asyncio.gather(*[socket.close() for socket in sockets])


def turns(server):
    """How often each loop's thread has gone to wait, by its name."""
    waits = {}
    for task in pathlib.Path(f"/proc/{server.pid}/task").iterdir():
        name = (task / "comm").read_text().strip()
        status = (task / "status").read_text()
        waits[name] = int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status, re.M)[1])
    return {name: count for name, count in waits.items() if name.startswith("loop ")}


async def test_every_loop_has_clients(threads):
    before = turns(threads)
    assert sorted(before) == ["loop 1", "loop 2", "loop 3"]
    sockets, ids = await open_many(threads)
    assert len(set(ids)) == CLIENTS
    after = turns(threads)
    assert all(after[name] > before[name] for name in before), (before, after)
    await close_many(sockets)


async def test_a_broadcast_reaches_everybody_once(threads):
    sockets, _ = await open_many(threads)
    for i in range(5):
        await sockets[i].send(json.dumps({"action": "sendMessage", "message": f"hello {i}"}))
        frames = [await receive(socket) for socket in sockets]
        expected = f'{{"type":"message","payload":{{"user":"anonymous","message":"hello {i}"}}}}'
        assert frames == [expected] * CLIENTS
    # What comes next is the answer to one's own question: nothing came twice.
    again = [await connection_id(socket) for socket in sockets]
    assert len(set(again)) == CLIENTS
    await close_many(sockets)


async def test_direct_messages_find_their_loop(threads):
    sockets, ids = await open_many(threads)
    for i, socket in enumerate(sockets):
        await socket.send(direct(ids[(i * 7 + 3) % CLIENTS], f'"from {i}"'))
    for i in range(CLIENTS):
        frame = json.loads(await receive(sockets[(i * 7 + 3) % CLIENTS]))
        assert (frame["from"], frame["message"]) == (ids[i], f"from {i}")
    gone = ids.pop()
    await sockets.pop().close()
    for socket in sockets[:8]:
        await socket.send(direct(gone))
        assert await receive(socket) == no_such_connection(gone)
    await close_many(sockets)


async def test_posts_from_outside_arrive_in_order(threads):
    sockets, ids = await open_many(threads, 8)
    for n in range(40):
        for i in ids:
            answer = ask(threads.port, "POST", f"{BY_HAND}/{i}", f"one {n}".encode())
            assert answer.status == 200, answer.body
        assert ask(threads.port, "POST", BY_HAND, f"all {n}".encode()).status == 200
    expected = [f"{kind} {n}" for n in range(40) for kind in ("one", "all")]
    for socket in sockets:
        assert [await receive(socket) for _ in expected] == expected
    await close_many(sockets)


async def test_boto3_posts_gets_and_deletes(threads):
    sockets, ids = await open_many(threads, 24)
    for i, (socket, its_id) in enumerate(zip(sockets, ids)):
        connections = management(threads)  # whose first request opens a socket
        connections.post_to_connection(ConnectionId=its_id, Data=f"hello {i}")
        assert await receive(socket) == f"hello {i}"
        told = connections.get_connection(ConnectionId=its_id)
        assert told["Identity"]["SourceIp"] in ("127.0.0.1", "::1")
        connections.delete_connection(ConnectionId=its_id)
        assert await closed(socket) == (1000, "Connection Closed Normally")
        with pytest.raises(ClientError) as error:
            management(threads).post_to_connection(ConnectionId=its_id, Data="x")
        assert error.value.response["Error"]["Code"] == "GoneException"


async def test_the_broadcast_call_counts_all_loops(threads):
    sockets, ids = await open_many(threads, 24)
    excluded = ids[::3]
    query = "&".join(f"exclude={i.replace('=', '%3D')}" for i in excluded)
    answer = ask(threads.port, "POST", f"{BY_HAND}?{query}", b"some")
    assert (answer.status, answer.json()) == (200, {"posted": 16, "failed": 0})
    assert ask(threads.port, "POST", BY_HAND, b"all").json() == {"posted": 24, "failed": 0}
    for socket, its_id in zip(sockets, ids):
        expected = ["all"] if its_id in excluded else ["some", "all"]
        assert [await receive(socket) for _ in expected] == expected
    await close_many(sockets)


async def test_tls_on_every_loop(threads):
    folder = pathlib.Path(os.environ["XDG_RUNTIME_DIR"]) / "gatehouse" / str(threads.port)
    trust = ssl.create_default_context(cafile=folder / "ca-bundle.pem")
    url = threads.url.replace("ws://", "wss://")
    sockets = await asyncio.gather(*[websockets.connect(url, ssl=trust) for _ in range(24)])
    ids = [await connection_id(socket) for socket in sockets]
    for i in ids:
        assert ask(threads.port, "POST", f"{BY_HAND}/{i}", b"over TLS").status == 200
    assert [await receive(socket) for socket in sockets] == ["over TLS"] * 24
    await close_many(sockets)


def test_aws_services_answer_on_every_loop(threads):
    table = threads.stack["tables"]["ConnectionsTable"]
    for _ in range(24):
        assert client(threads, "dynamodb").list_tables()["TableNames"] == [table]
        stacks = client(threads, "cloudformation").describe_stacks()["Stacks"]
        assert [stack["StackName"] for stack in stacks] == ["websocket-chat-demo"]
        identity = client(threads, "sts").get_caller_identity()
        assert identity["Account"] == "000000000000"
    with pytest.raises(ClientError):
        client(threads, "dynamodb").describe_table(TableName="none")


async def test_a_function_that_is_invoked_posts_to_every_loop(threads):
    """The chat's sendMessage, by Lambda's API: it runs on the first loop."""
    sockets, ids = await open_many(threads, 16)
    function = threads.stack["functions"]["SendMessageHandler"]
    event = json.dumps({"message": "from the server"})
    answer = await asyncio.to_thread(client(threads, "lambda").invoke, FunctionName=function,
                                     Payload=event)
    assert json.loads(answer["Payload"].read())["statusCode"] == 200
    frames = [json.loads(await receive(socket)) for socket in sockets]
    assert frames == [{"type": "message", "payload": {
        "user": "server", "message": "from the server"}}] * len(ids)
    await close_many(sockets)


async def test_handlers_in_python_serve_every_loop(start_gatehouse):
    server = start_gatehouse(str(ROOT / "examples/chat/ws-starter-python.yaml"), "--threads", "2")
    # One after another: a Python that imports boto3 takes its time to start, one is enough.
    sockets = [await open_socket(server, open_timeout=60) for _ in range(8)]
    ids = [await connection_id(socket) for socket in sockets]
    await sockets[0].send(json.dumps({"action": "sendMessage", "message": "hello"}))
    for socket in sockets:
        frame = json.loads(await receive(socket))
        assert frame["payload"]["message"] == "hello"
    for i, socket in enumerate(sockets):
        await socket.send(direct(ids[(i + 1) % 8], f'"from {i}"'))
        assert json.loads(await receive(sockets[(i + 1) % 8]))["message"] == f"from {i}"
    table = server.stack["tables"]["ConnectionsTable"]
    rows = client(server, "dynamodb")
    for left, socket in reversed(list(enumerate(sockets))):
        await socket.close()
        await asyncio.to_thread(until, lambda count=left: rows.scan(
            TableName=table)["Count"] == count, "its $disconnect to have run")


async def test_handlers_of_a_shared_object_run_on_every_loop(tmp_path):
    """Each posts from its connection's loop to a connection that lives anywhere."""
    me = mock('{"statusCode": 200}', ("$default", "$context.connectionId"))
    template = Template().use_function("in-process").route("post", function())
    template.route("$disconnect", function()).route("me", me, two_way=True)
    server = template.start(tmp_path, "--threads", str(THREADS))
    sockets = await asyncio.gather(*[open_socket(server) for _ in range(CLIENTS)])
    ids = []
    for one in sockets:
        await one.send('{"action":"me"}')
        ids.append(await receive(one))
    for one, to in zip(sockets, ids[1:] + ids[:1]):
        await one.send(json.dumps({"action": "post", "do": "post", "to": to}))
    assert await asyncio.gather(*[receive(one) for one in sockets]) == ["x"] * CLIENTS
    await close_many(sockets)
    noted = await asyncio.to_thread(events, server, 2 * CLIENTS)
    assert noted.count(["fine"]) == CLIENTS
    await asyncio.to_thread(server.stop)


def test_functions_are_deployed_and_invoked_by_any_loop(start_gatehouse):
    server = start_gatehouse("--empty", "--threads", str(THREADS))
    for n in range(3):
        names = create(server, f"s{n}", template(F=("python3.12", f"return [{n}, event]", {})))
        for i in range(8):
            answer = client(server, "lambda").invoke(FunctionName=names["F"], Payload=str(i))
            assert json.loads(answer["Payload"].read()) == [n, i]


async def test_a_stack_goes_from_every_loop(start_gatehouse):
    server = start_gatehouse("--threads", str(THREADS))
    sockets, _ = await open_many(server)
    leaving = asyncio.gather(*[closed(socket) for socket in sockets])
    stacks = client(server, "cloudformation")
    await asyncio.to_thread(stacks.delete_stack, StackName="websocket-chat-demo")
    assert await leaving == [(1001, "Going away")] * CLIENTS
    with pytest.raises(ClientError):
        until(lambda: not stacks.describe_stacks(StackName="websocket-chat-demo")["Stacks"],
              "the stack to be gone")
    for _ in range(24):  # whichever loop is asked
        assert ask(server.port, "POST", BY_HAND, b"x").status == 403


async def test_a_stop_runs_disconnect_on_every_loop(start_gatehouse, tmp_path):
    data = tmp_path / "data"
    server = start_gatehouse("--threads", str(THREADS), data=data)
    table = server.stack["tables"]["ConnectionsTable"]
    sockets, ids = await open_many(server)
    rows = client(server, "dynamodb").scan(TableName=table)["Items"]
    assert {row["connectionId"]["S"] for row in rows} == set(ids)
    leaving = asyncio.gather(*[closed(socket) for socket in sockets])
    await asyncio.to_thread(server.stop)
    assert await leaving == [(1001, "Going away")] * CLIENTS
    again = start_gatehouse(data=data)
    assert client(again, "dynamodb").scan(TableName=table)["Count"] == 0


def test_a_port_is_not_shared_with_another_gatehouse(threads):
    taken = gatehouse_says("up", "--threads", "2", "--port", str(threads.port), "--data",
                           ":memory:")
    assert f"gatehouse (process {threads.pid}) has it" in taken


@pytest.mark.parametrize("count", ["0", "65", "-1", "two", "1.5", ""])
def test_wrong_numbers_of_threads_are_told(count):
    said = gatehouse_says("up", "--threads", count, code=2)
    assert f'--threads: "{count}" is not a number from 1 to 64' in said
