"""Who may ask what, over the wire (docs/security.md): method × way in × Origin × Sec-Fetch-Site ×
service. What a web page can send unasked reads and changes nothing."""

import collections
import functools
import json
import os
import pathlib
import socket

import boto3
import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from harness import UPGRADE, Wire, open_socket, request, without_verification

REGION = "us-east-1"
WAYS = ("direct", "name", "proxy", "tls")
SITES = (None, "none", "same-origin", "same-site", "cross-site", "future-value")
ORIGINS = (None, "own", "null", "http://localhost:3000", "https://evil.example")
FORM, TEXT = "application/x-www-form-urlencoded", "text/plain;charset=UTF-8"
MULTIPART = "multipart/form-data; boundary=x"

# The URL of an image in the page that found this: a signature that nobody verified.
UNVERIFIED = ("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=X%2F20260101%2Fus-east-1%2F{}%2F"
              "aws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=604800"
              "&X-Amz-SignedHeaders=host&X-Amz-Signature=0")

# What a page would send: each changes or tells something if it comes in.
Try = collections.namedtuple("Try", "door method target type body", defaults=(None, b""))


def tries(server, connection):
    delete = f"Action=DeleteStack&StackName={server.stack['name']}&Version=2010-05-15"
    code = json.dumps({"FunctionName": "evil", "Runtime": "python3.12", "Handler": "i.h",
                       "Role": "arn:aws:iam::0:role/r",
                       "Code": {"ZipFile": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}}).encode()
    stage = f"/{server.stage['name']}"
    api = json.dumps({"Name": "evil", "ProtocolType": "WEBSOCKET",
                      "RouteSelectionExpression": "$request.body.x"}).encode()
    unverified = UNVERIFIED.format
    return [
        Try("cloudformation", "GET", f"/?{delete}&{unverified('cloudformation')}"),
        Try("cloudformation", "GET", f"/?{delete}"),
        Try("cloudformation", "HEAD", f"/?{delete}&{unverified('cloudformation')}"),
        Try("cloudformation", "POST", "/", FORM, delete.encode()),
        Try("cloudformation", "POST", f"/?{delete}&{unverified('cloudformation')}", FORM,
            delete.encode()),
        Try("sts", "GET", f"/?Action=GetCallerIdentity&Version=2011-06-15&{unverified('sts')}"),
        Try("lambda", "GET", "/2015-03-31/functions"),
        Try("lambda", "GET", f"/2015-03-31/functions?{unverified('lambda')}"),
        Try("lambda", "POST", "/2015-03-31/functions", TEXT, code),
        Try("lambda", "POST", "/2015-03-31/functions", MULTIPART, code),
        Try("apigateway", "GET", "/v2/apis"),
        Try("apigateway", "POST", "/v2/apis", TEXT, api),
        Try("execute-api", "GET", f"{stage}/@connections/{connection}"),
        Try("execute-api", "GET", f"{stage}/%40connections/{connection}"),
        Try("execute-api", "POST", f"{stage}/@connections/{connection}", TEXT, b"evil"),
        Try("execute-api", "POST", f"{stage}/@connections", FORM, b"evil"),
        Try("own", "GET", "/_gatehouse/metrics"),
        Try("own", "HEAD", "/_gatehouse/health"),
    ]


def host_of(server, way, door):
    if way == "direct" or door == "own":
        return f"localhost:{server.port}"
    label = f"{server.api['apiId']}.execute-api" if door == "execute-api" else door
    return f"{label}.{REGION}.amazonaws.com"


TLS = without_verification()


def open_way(server, way, host):
    """A socket on which the host is asked that way."""
    wire = Wire(server.port)
    wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if way == "tls" and not host.startswith("localhost"):
        wire.send(f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode())
        assert wire.response(has_body=False).status == 200
    if way == "tls":
        name = host.partition(":")[0]
        wire.socket = TLS.wrap_socket(wire.socket, server_hostname=name)
    return wire


def send(server, way, one, fields=()):
    host = host_of(server, way, one.door)
    target = f"http://{host}{one.target}" if way == "proxy" else one.target
    # Through a proxy the Host beside an absolute target counts for nothing.
    said = "localhost" if way == "proxy" else host
    if one.type:
        fields = [*fields, f"Content-Type: {one.type}"]
    with open_way(server, way, host) as wire:
        wire.send(request(server.port, one.method, target, one.body, host=said, fields=fields))
        return wire.response(has_body=one.method != "HEAD")


def asker_fields(server, way, door, origin, site):
    fields = []
    if origin == "own":
        scheme = "https" if way == "tls" else "http"
        origin = f"{scheme}://{host_of(server, way, door)}"
    if origin:
        fields.append(f"Origin: {origin}")
    if site:
        fields.append(f"Sec-Fetch-Site: {site}")
    return fields


def may_come_in(way, one, origin, site):
    """What docs/security.md says, of requests without a signature that counts."""
    reads = one.method in ("GET", "HEAD")
    if origin not in (None, "own") or site in ("same-site", "cross-site", "future-value"):
        return False
    if site == "none":
        return origin is None and reads and one.door == "own"
    if not reads or one.door == "own":
        return True
    if one.door in ("cloudformation", "sts"):
        return False
    # Over TLS and to this machine's own names a browser would have said that it asks.
    return way in ("direct", "tls")


def state(server):
    """All that could have changed."""
    make = functools.partial(boto3.client, endpoint_url=server.endpoint, region_name=REGION)
    table = server.stack["tables"]["ConnectionsTable"]
    return (sorted(f["FunctionName"] for f in make("lambda").list_functions()["Functions"]),
            sorted(i["connectionId"]["S"] for i in make("dynamodb").scan(TableName=table)["Items"]),
            [(s["StackName"], s["StackStatus"])
             for s in make("cloudformation").describe_stacks()["Stacks"]],
            sorted(a["Name"] for a in make("apigatewayv2").get_apis()["Items"]))


async def connected(server, test):
    """Runs test(connection id) while a client listens, which hears nothing."""
    async with open_socket(server) as client:
        await client.send('{"action":"getConnectionId"}')
        its_id = json.loads(await client.recv())["connectionId"]
        before = state(server)
        test(its_id)
        assert state(server) == before
        await client.send('{"action":"getConnectionId"}')
        assert json.loads(await client.recv())["connectionId"] == its_id, "something was posted"


@pytest.mark.parametrize("way", WAYS)
async def test_what_a_page_can_send_reads_and_changes_nothing(gatehouse, way):
    def walk(connection):
        count = 0
        for one in tries(gatehouse, connection):
            for origin in ORIGINS:
                for site in SITES:
                    if may_come_in(way, one, origin, site):
                        continue
                    fields = asker_fields(gatehouse, way, one.door, origin, site)
                    answer = send(gatehouse, way, one, fields)
                    count += 1
                    # By no name of AWS's, and unsigned, the root is a stage's that is not there.
                    assert answer.status == 403, (one, fields, answer.status, answer.body)
                    assert answer.fields["x-content-type-options"] == "nosniff"
                    assert answer.fields["cross-origin-resource-policy"] == "same-origin"
        assert count > 400

    await connected(gatehouse, walk)


@pytest.mark.parametrize("way", WAYS)
async def test_a_browser_that_says_nothing_reads_and_changes_nothing(gatehouse, way):
    def walk(connection):
        fields = ["User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15"]
        for one in tries(gatehouse, connection):
            if one.door == "own":
                assert send(gatehouse, way, one, fields).status == 200
            else:
                assert send(gatehouse, way, one, fields).status == 403, one

    await connected(gatehouse, walk)


HARMLESS = [
    Try("cloudformation", "POST", "/", FORM, b"Action=DescribeStacks&Version=2010-05-15"),
    Try("lambda", "GET", "/2015-03-31/functions"),
    Try("apigateway", "GET", "/v2/apis"),
    Try("own", "GET", "/_gatehouse/metrics"),
    Try("own", "HEAD", "/_gatehouse/health"),
]


@pytest.mark.parametrize("way", WAYS)
def test_programs_and_own_pages_come_in(gatehouse, way):
    for one in HARMLESS:
        for origin in (None, "own"):
            for site in (None, "same-origin", "none"):
                if not may_come_in(way, one, origin, site):
                    continue
                fields = asker_fields(gatehouse, way, one.door, origin, site)
                answer = send(gatehouse, way, one, fields)
                assert answer.status == 200, (one, fields, answer.body)
                assert answer.fields["x-content-type-options"] == "nosniff"
                assert answer.fields["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("way", WAYS)
def test_websockets_stay_as_open_as_on_aws(gatehouse, way):
    """Any Origin, and whatever a browser says of the site."""
    for origin in ORIGINS:
        for site in SITES:
            fields = asker_fields(gatehouse, way, "execute-api", origin, site)
            one = Try("execute-api", "GET", f"/{gatehouse.stage['name']}")
            assert send(gatehouse, way, one, [*UPGRADE, *fields]).status == 101, fields
            assert send(gatehouse, way, one, fields).status == 426, fields


def owner_of(server):
    """The key that the instance keeps for its owner's clients."""
    folder = pathlib.Path(os.environ["XDG_RUNTIME_DIR"]) / "gatehouse" / str(server.port)
    key = json.loads((folder / "credentials.json").read_text())
    names = {name.lower().replace("_", ""): value for name, value in key.items()}
    return Credentials(names["accesskeyid"], names["secretaccesskey"],
                       names.get("sessiontoken") or names.get("securitytoken"))


def signed_get(server, way, door, query, sign, credentials):
    url = f"http://{host_of(server, way, door)}/?{query}"
    unsigned = AWSRequest("GET", url)
    sign(credentials, door, REGION).add_auth(unsigned)
    prepared = unsigned.prepare()
    target = "/" + prepared.url.split("/", 3)[3]
    fields = [f"{name}: {value if isinstance(value, str) else value.decode()}"
              for name, value in prepared.headers.items() if name.lower() != "host"]
    return send(server, way, Try(door, "GET", target), fields)


DESCRIBE = {"cloudformation": "Action=DescribeStacks&Version=2010-05-15",
            "sts": "Action=GetCallerIdentity&Version=2011-06-15"}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("door", DESCRIBE)
@pytest.mark.parametrize("sign", [SigV4Auth, SigV4QueryAuth])
def test_a_get_of_a_query_service_needs_a_verified_signature(gatehouse, way, door, sign):
    ask = functools.partial(signed_get, gatehouse, way, door, DESCRIBE[door], sign)
    answer = ask(owner_of(gatehouse))
    assert answer.status == 200, answer.body
    assert DESCRIBE[door][len("Action="):].partition("&")[0] in answer.body.decode()
    unknown = ask(Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
    assert unknown.status == 403, unknown.body


def test_a_verified_url_opens_nothing_for_a_page(gatehouse):
    """Who has read it somewhere still is a page of another origin."""
    url = f"http://localhost:{gatehouse.port}/?{DESCRIBE['cloudformation']}"
    unsigned = AWSRequest("GET", url)
    SigV4QueryAuth(owner_of(gatehouse), "cloudformation", REGION).add_auth(unsigned)
    target = "/" + unsigned.prepare().url.split("/", 3)[3]
    one = Try("cloudformation", "GET", target)
    for site in ("same-site", "cross-site", "none"):
        assert send(gatehouse, "direct", one, [f"Sec-Fetch-Site: {site}"]).status == 403


def test_other_methods_of_query_services_are_refused(gatehouse):
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"):
        one = Try("cloudformation", method, f"/?{DESCRIBE['cloudformation']}")
        assert send(gatehouse, "name", one).status == 403, method
