"""The chat's five routes and failures as one scenario, for every way its handlers are written.

What each client reads is compared byte for byte; only ids are filled in.
"""

import json
import re

import boto3
from botocore.config import Config
from harness import RawWebSocket, connection_id, open_socket, receive, until

FORBIDDEN = '{"message": "Forbidden", "connectionId":"ANN", "requestId":"REQUEST"}'
REQUEST_ID = re.compile(r'"requestId":"[A-Za-z0-9_-]+={0,2}"')
NOBODY = "JDH-3ejISQ0CFlw="


def message(user, text):
    return '{"type":"message","payload":{"user":"%s","message":%s}}' % (user, text)


def everybody(frame):
    return {"ann": frame, "bob": frame, "eve": frame}


def broken(why, action="sendMessage", target=""):
    more = f',"connectionId":"{target}"' if target else ""
    return {"ann": '{"error":"%s","action":"%s"%s}' % (why, action, more)}


def direct(*members):
    return '{"action":"sendDirect",%s}' % ",".join(members)


TO_BOB, SIGNING = '"connectionId":"BOB"', '"operationType":"signing"'
LONG = "x" * 131030  # it may come in, and is over 128 KB with its envelope
VALUES = '{"txId": "abc123", "n": [1.50, 1e400, -0], "é": "\\u00e9\\ud83d\\ude00", "a":1,"a":2}'

# What a client sends, and what each one reads because of it: nothing where none is named.
STEPS = [
    ("ann", '{"action":"getConnectionId"}', {"ann": '{"connectionId":"ANN"}'}),
    ("ann", '{"action":"sendMessage","message":"hi"}', everybody(message("ann", '"hi"'))),
    ("bob", '{"action":"sendmessage","message":""}', everybody(message("anonymous", '""'))),
    ("bob", '{"user":"b\\"o\\u0062","message":"hi","action":"sendMessage"}',
     everybody(message('b\\"ob', '"hi"'))),
    ("bob", '{"user":5,"action":"sendMessage","message":"hi"}',
     everybody(message("anonymous", '"hi"'))),
    ("ann", '{"user":"eve","action":"sendMessage","message":"as whom?"}',
     everybody(message("ann", '"as whom?"'))),
    ("eve", '{"action":"sendMessage", "message" : "gr\\u00fc\\u00df \\"😀\\" \\/" }',
     everybody(message("Ève 😀", '"gr\\u00fc\\u00df \\"😀\\" \\/"'))),
    ("ann", direct(TO_BOB, SIGNING, f'"message":{VALUES}'),
     {"bob": '{"operationType":"signing","from":"ANN","user":"ann","message":%s}' % VALUES}),
    ("ann", direct('"connectionId":"ANN"', '"operationType":"\\u0061"', '"message":null'),
     {"ann": '{"operationType":"\\u0061","from":"ANN","user":"ann","message":null}'}),
    ("bob", direct('"connectionId":"ANN"', SIGNING, '"user":"bo\\tb"', '"message":false'),
     {"ann": '{"operationType":"signing","from":"BOB","user":"bo\\tb","message":false}'}),
    ("bob", direct('"connectionId":"EVE"', SIGNING, '"message":1'),
     {"eve": '{"operationType":"signing","from":"BOB","user":"anonymous","message":1}'}),
    # Failures.
    ("ann", '{"action":"sendMessage"}', broken("message is missing")),
    ("ann", '{"action":"sendMessage","message":{"a":1}}', broken("message must be a string")),
    ("ann", '{"action":"sendmessage","message":null}',
     broken("message must be a string", "sendmessage")),
    ("ann", "{action:\"sendMessage\",message:'hi'}", broken("the message is no JSON object")),
    ("ann", '{"action":"sendMessage","message":"%s"}' % LONG,
     broken(f"the message has {len(message('ann', LONG)) + 2} bytes; 131072 are allowed")),
    ("ann", direct(TO_BOB, SIGNING), broken("message is missing", "sendDirect", "BOB")),
    ("ann", direct(TO_BOB, '"message":1'),
     broken("operationType must be a string", "sendDirect", "BOB")),
    ("ann", direct(TO_BOB, '"operationType":7', '"message":1'),
     broken("operationType must be a string", "sendDirect", "BOB")),
    ("ann", direct('"connectionId":5', SIGNING, '"message":1'),
     broken("connectionId must be a string", "sendDirect")),
    ("ann", direct(SIGNING, '"message":1'), broken("connectionId must be a string", "sendDirect")),
    ("ann", "{action:'sendDirect'}", broken("the message is no JSON object", "sendDirect")),
    ("ann", direct(f'"connectionId":"{NOBODY}"', SIGNING, '"message":1'),
     broken("no such connection", "sendDirect", NOBODY)),
    ("ann", direct('"connectionId":"nobody \\u00e9"', SIGNING, '"message":1'),
     broken("no such connection", "sendDirect", "nobody é")),
    ("ann", '{"action":"nosuch"}', {"ann": FORBIDDEN}),
    ("ann", "plain text", {"ann": FORBIDDEN}),
]

NO_STRING = r'{"statusCode":400,"body":"{\"error\": \"message must be a string\"}"}'
# What SendMessageHandler is given directly, what it answers, and what everybody reads.
INVOCATIONS = [
    ({"action": "sendMessage", "message": "from outside ü"},
     r'{"statusCode":200,"body":"{\"status\": \"Message sent\"}"}',
     message("server", '"from outside ü"')),
    ({"message": "named", "apigw_endpoint": "ENDPOINT"},
     r'{"statusCode":200,"body":"{\"status\": \"Message sent\"}"}', message("server", '"named"')),
    ({"message": 5}, NO_STRING, None),
    ({}, NO_STRING, None),
]


class Talk:
    """Three clients whose every frame is expected."""

    def __init__(self, clients, ids):
        self.clients, self.ids = clients, ids

    def filled_in(self, text):
        for name, id_ in self.ids.items():
            text = text.replace(name.upper(), id_)
        return text

    async def expect(self, frames):
        """Each client reads what is its. What is nobody's, a later question would show."""
        for name, frame in frames.items():
            got = REQUEST_ID.sub('"requestId":"REQUEST"', await receive(self.clients[name]))
            assert got == self.filled_in(frame), name

    async def expect_nothing(self):
        """No client reads anything before the answer to its own question."""
        for name, client in self.clients.items():
            await client.send('{"action":"getConnectionId"}')
            assert await receive(client) == '{"connectionId":"%s"}' % self.ids[name]

    async def play(self, sender, text, frames):
        text = self.filled_in(text)
        parts = [text[at:at + 8000] for at in range(0, len(text), 8000)]  # frames of 32 KB at most
        await self.clients[sender].send(parts if len(parts) > 1 else text)
        await self.expect(frames)


def client_of(server, service):
    return boto3.client(service, endpoint_url=server.endpoint, region_name="us-east-1",
                        config=Config(retries={"max_attempts": 0}, read_timeout=60))


def rows(server):
    """connectionId → the row's other attributes, but for the time."""
    database = client_of(server, "dynamodb")
    [table] = database.list_tables()["TableNames"]
    items = database.scan(TableName=table)["Items"]
    for item in items:
        assert item.pop("connectedAt")["N"].isdigit()
    return {item.pop("connectionId")["S"]: item for item in items}


def add_row(server, id_):
    database = client_of(server, "dynamodb")
    [table] = database.list_tables()["TableNames"]
    database.put_item(TableName=table, Item={"connectionId": {"S": id_}, "connectedAt": {"N": "1"}})


async def check_rows(server, talk):
    """$connect and $disconnect write, and who is gone loses its row when it is posted to."""
    ids = talk.ids
    expected = {ids["ann"]: {"user": {"S": "ann"}}, ids["bob"]: {}, ids["eve"]: {
        "user": {"S": "Ève 😀"}}}
    assert rows(server) == expected
    async with open_socket(server) as passing:
        gone = await connection_id(passing)
        assert rows(server) == {**expected, gone: {}}
    until(lambda: rows(server) == expected, "$disconnect to remove the row")
    add_row(server, gone)
    await talk.play("ann", '{"action":"sendMessage","message":"1"}',
                    everybody(message("ann", '"1"')))
    until(lambda: rows(server) == expected, "the broadcast to remove the row")
    add_row(server, gone)
    await talk.play("ann", direct(f'"connectionId":"{gone}"', SIGNING, '"message":1'),
                    broken("no such connection", "sendDirect", gone))
    until(lambda: rows(server) == expected, "sendDirect to remove the row")


async def check_invocations(server, talk):
    functions = client_of(server, "lambda")
    outputs = client_of(server, "cloudformation").describe_stacks()["Stacks"][0]["Outputs"]
    [name] = [o["OutputValue"] for o in outputs if o["OutputKey"] == "SendMessageHandlerName"]
    for payload, expected, frame in INVOCATIONS:
        if "apigw_endpoint" in payload:
            payload = {**payload, "apigw_endpoint": server.management_url}
        text = json.dumps(payload, ensure_ascii=False)
        answer = functions.invoke(FunctionName=name, Payload=text)
        assert "FunctionError" not in answer
        assert compact(answer["Payload"].read()) == expected
        await talk.expect(everybody(frame) if frame else {})
    await talk.expect_nothing()


def compact(payload):
    """Runtimes put blanks between members as they please."""
    return json.dumps(json.loads(payload), separators=(",", ":"), ensure_ascii=False)


async def check_slow_reader(server, talk):
    """One who does not read: the sender hears of it. Some later frames of his stay unread here."""
    ann, own = talk.clients["ann"], '{"connectionId":"%s"}' % talk.ids["ann"]
    with RawWebSocket(server) as slow:
        slow_id = slow.connection_id()
        text = direct(f'"connectionId":"{slow_id}"', SIGNING, '"message":"%s"' % LONG[:120000])
        refusal = broken("the client reads too slowly: its queue is full", "sendDirect", slow_id)
        for _ in range(200):  # 24 MB: no socket buffer is that large
            await ann.send([text[at:at + 8000] for at in range(0, len(text), 8000)])
            await ann.send('{"action":"getConnectionId"}')
            answer = await receive(ann)
            if answer != own:
                break
        assert answer == refusal["ann"]


async def check_chat(server):
    async with open_socket(server, "?username=ann") as ann, open_socket(server) as bob, \
            open_socket(server, "?username=%C3%88ve%20%F0%9F%98%80") as eve:
        clients = {"ann": ann, "bob": bob, "eve": eve}
        ids = {name: await connection_id(client) for name, client in clients.items()}
        talk = Talk(clients, ids)
        for sender, text, frames in STEPS:
            await talk.play(sender, text, frames)
        await talk.expect_nothing()
        await check_rows(server, talk)
        await check_invocations(server, talk)
        await check_slow_reader(server, talk)
    until(lambda: rows(server) == {}, "all rows to be gone")


async def check_id_on_connect(server):
    """For one that was started with SendIdOnConnect=true: the id comes unasked."""
    async with open_socket(server) as client:
        unasked = await receive(client)
        assert unasked == '{"connectionId":"%s"}' % await connection_id(client)
