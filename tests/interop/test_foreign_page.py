"""Pages of other origins, in headless Chromium, read and change nothing (docs/security.md)."""

import asyncio
import functools
import json
import urllib.parse

import pytest
from harness import connection_id, open_socket
from pages import CHROMIUM, show, visit

# Tries each request and tells its server what came of it.
PAGE = """<!doctype html><script>
const tell = (seen) => fetch('/', {method: 'POST', mode: 'no-cors', body: JSON.stringify(seen)});
const own = 'http://localhost:PORT', rebound = 'http://rebound.example:PORT';
const text = {'Content-Type': 'text/plain'};
const target = 'DynamoDB_20120810.';
const json = {'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': target + 'Scan'};
const form = {'Content-Type': 'application/x-www-form-urlencoded'};
const put = JSON.stringify({TableName: 'TABLE', Item: {connectionId: {S: 'evil'}}});
const code = JSON.stringify({FunctionName: 'evil', Runtime: 'python3.12', Handler: 'index.handler',
  Role: 'arn:aws:iam::0:role/r', Code: {ZipFile: 'UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=='}});
const send = '{"action":"sendmessage","message":"evil"}';
const simple = (body) => ({method: 'POST', mode: 'no-cors', headers: text, body});
const tries = {
  'create-function': [own + '/2015-03-31/functions', simple(code)],
  'invoke': [own + '/2015-03-31/functions/SENDER/invocations', simple(send)],
  'scan': [own + '/', {method: 'POST', headers: json, body: '{"TableName":"TABLE"}'}],
  'put': [own + '/', {method: 'POST', body: put,
                      headers: {...json, 'X-Amz-Target': target + 'PutItem'}}],
  'broadcast': [own + '/STAGE/@connections', simple('evil')],
  'post': [own + '/STAGE/@connections/CONNECTION', simple('evil')],
  'delete-stack': [own + '/', {method: 'POST', mode: 'no-cors', headers: form,
                               body: 'Action=DeleteStack&Version=2010-05-15&StackName=STACK'}],
  'rebound-scan': [rebound + '/', {method: 'POST', headers: json, body: '{"TableName":"TABLE"}'}],
  'rebound-post': [rebound + '/STAGE/@connections/CONNECTION', simple('evil')],
};
(async () => {
  const seen = {};
  for (const [name, [url, options]] of Object.entries(tries)) {
    try {
      const answer = await fetch(url, options);
      seen[name] = answer.type === 'opaque' ? 'opaque' : answer.status + ' ' + await answer.text();
    } catch (error) {
      seen[name] = String(error);
    }
  }
  tell(seen);
})();
</script>"""


def state(server):
    """All that a page could have changed."""
    import boto3
    make = functools.partial(boto3.client, endpoint_url=server.endpoint, region_name="us-east-1")
    table = server.stack["tables"]["ConnectionsTable"]
    functions = make("lambda").list_functions()["Functions"]
    items = make("dynamodb").scan(TableName=table)["Items"]
    stacks = make("cloudformation").describe_stacks()["Stacks"]
    apis = make("apigatewayv2").get_apis()["Items"]
    return (sorted(api["Name"] for api in apis),
            sorted(function["FunctionName"] for function in functions),
            sorted(item["connectionId"]["S"] for item in items),
            [(stack["StackName"], stack["StackStatus"]) for stack in stacks])


@pytest.fixture(autouse=True)
def browser():
    if not CHROMIUM:
        pytest.fail("no chromium here (package chromium)")


async def test_a_foreign_page_changes_nothing(gatehouse, tmp_path):
    async with open_socket(gatehouse) as client:
        client_id = await connection_id(client)
        before = state(gatehouse)
        page = PAGE
        for name, value in {"PORT": gatehouse.port, "STAGE": gatehouse.stage["name"],
                            "TABLE": gatehouse.stack["tables"]["ConnectionsTable"],
                            "SENDER": gatehouse.stack["functions"]["SendMessageHandler"],
                            "STACK": gatehouse.stack["name"], "CONNECTION": client_id}.items():
            page = page.replace(name, str(value))
        seen = await asyncio.to_thread(visit, page, tmp_path)
        assert len(seen) == 9
        for name, what in seen.items():
            assert what == "opaque" or what.startswith("TypeError"), (name, what)
        assert state(gatehouse) == before
        # The answer is the first frame since: nothing was posted.
        await client.send('{"action":"getConnectionId"}')
        assert json.loads(await client.recv())["connectionId"] == client_id
    log = gatehouse.log()
    assert "a page of another origin asked" in log
    assert 'host "rebound.example' in log


# ---- Without fetch's permission: what a page may send without being asked, from each origin ----

SILENT = """<!doctype html><div id="work"></div><script>
const tell = (seen) => fetch('/', {method: 'POST', mode: 'no-cors', body: JSON.stringify(seen)});
const urls = %urls%, posts = %posts%;
const work = document.getElementById('work');
const seen = {};
const waits = [];
function note(name, start) {
  waits.push(new Promise((done) => {
    const end = (what) => { if (!(name in seen)) seen[name] = String(what); done(); };
    setTimeout(() => end('time'), 15000);
    try { start(end); } catch (error) { end(error); }
  }));
}
function element(name, tag, attributes) {
  note(name, (end) => {
    const made = document.createElement(tag);
    made.onload = () => end('load');
    made.onerror = () => end('error');
    Object.assign(made, attributes);
    work.append(made);
  });
}
function frame(name, start) {
  note(name, (end) => {
    const inside = document.createElement('iframe');
    inside.name = name;
    work.append(inside);
    inside.onload = () => {
      let text = 'hidden';
      try { text = 'read ' + inside.contentDocument.body.innerText; } catch {}
      end(text === 'read ' ? 'hidden' : text);
    };
    start(name, inside);
  });
}
function form(name, method, url, type, fields) {
  frame(name, (target) => {
    const made = document.createElement('form');
    Object.assign(made, {method, action: url, enctype: type, target});
    for (const [key, value] of Object.entries(fields)) {
      const field = document.createElement('input');
      Object.assign(field, {type: 'hidden', name: key, value});
      made.append(field);
    }
    work.append(made);
    made.submit();
  });
}
const kinds = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];
for (const [what, url] of Object.entries(urls)) {
  element('img ' + what, 'img', {src: url});
  element('script ' + what, 'script', {src: url});
  element('style ' + what, 'link', {rel: 'stylesheet', href: url});
  element('audio ' + what, 'audio', {src: url, preload: 'auto'});
  frame('frame ' + what, (name, inside) => { inside.src = url; });
  frame('link ' + what, (target) => {
    const made = document.createElement('a');
    Object.assign(made, {href: url, target});
    work.append(made);
    made.click();
  });
  form('get ' + what, 'GET', url, kinds[0],
       Object.fromEntries(new URL(url).searchParams.entries()));
  const opaque = (answer) => answer.type === 'opaque' ? 'opaque' : 'read ' + answer.status;
  note('no-cors ' + what, (end) => fetch(url, {mode: 'no-cors'}).then(opaque).then(end, end));
  note('fetch ' + what, (end) => fetch(url).then(opaque).then(end, end));
  note('events ' + what, (end) => {
    const events = new EventSource(url);
    events.onopen = () => end('read');
    events.onerror = () => { events.close(); end('error'); };
  });
  note('socket ' + what, (end) => {
    const socket = new WebSocket(url.replace(/^http/, 'ws'));
    socket.onopen = () => end('read');
    socket.onerror = () => end('error');
  });
}
for (const [what, [url, fields]] of Object.entries(posts)) {
  for (const kind of kinds) {
    form('form ' + kind + ' ' + what, 'POST', url, kind, fields);
  }
  const body = new URLSearchParams(fields);
  const opaque = (answer) => answer.type === 'opaque' ? 'opaque' : 'read ' + answer.status;
  note('post ' + what, (end) =>
    fetch(url, {method: 'POST', mode: 'no-cors', body}).then(opaque).then(end, end));
  note('text ' + what, (end) =>
    fetch(url, {method: 'POST', mode: 'no-cors', body: fields.text || 'x'}).then(opaque)
      .then(end, end));
  note('beacon ' + what, (end) => end(navigator.sendBeacon(url, body) ? 'sent' : 'error'));
}
Promise.all(waits).then(() => {
  tell(seen);
});
</script>"""

# The URL's signature that nobody verified (issue 10, A1).
UNVERIFIED = ("X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=X%2F20260101%2Fus-east-1%2F"
              "cloudformation%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=604800"
              "&X-Amz-SignedHeaders=host&X-Amz-Signature=0")
EVIL = {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": {
    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}}, "F": {
        "Type": "AWS::Lambda::Function", "Properties": {
            "Runtime": "python3.12", "Handler": "index.handler",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": "def handler(event, context): return 1"}}}}}


def what_pages_try(server, base, client_id):
    """(URLs to ask, URLs to post to with fields); base(service): the service's host."""
    name = server.stack["name"]
    sender = server.stack["functions"]["SendMessageHandler"]
    create = urllib.parse.urlencode({"Action": "CreateStack", "StackName": "evil",
                                     "Version": "2010-05-15", "TemplateBody": json.dumps(EVIL),
                                     "Capabilities.member.1": "CAPABILITY_IAM"})
    delete = f"Action=DeleteStack&StackName={name}&Version=2010-05-15"
    stage = f"{base('execute-api')}/{server.stage['name']}/@connections"
    say = {"text": '{"action":"sendMessage","message":"evil"}'}
    urls = {
        "delete": f"{base('cloudformation')}/?{delete}&{UNVERIFIED}",
        "create": f"{base('cloudformation')}/?{create}&{UNVERIFIED}",
        "delete-bare": f"{base('cloudformation')}/?{delete}",
        "functions": f"{base('lambda')}/2015-03-31/functions",
        "apis": f"{base('apigateway')}/v2/apis",
        "connection": f"{stage}/{client_id}",
        "metrics": f"{base('own')}/_gatehouse/metrics",
    }
    posts = {
        "delete": [f"{base('cloudformation')}/", dict(urllib.parse.parse_qsl(delete))],
        "create": [f"{base('cloudformation')}/", dict(urllib.parse.parse_qsl(create))],
        "invoke": [f"{base('lambda')}/2015-03-31/functions/{sender}/invocations", say],
        "function": [f"{base('lambda')}/2015-03-31/functions", {"text": "{}"}],
        "api": [f"{base('apigateway')}/v2/apis",
                {"text": '{"Name":"evil","ProtocolType":"WEBSOCKET",'
                         '"RouteSelectionExpression":"$request.body.x"}'}],
        "post": [f"{stage}/{client_id}", {"text": "evil"}],
        "broadcast": [stage, {"text": "evil"}],
    }
    return urls, posts


def direct(server, _):
    return f"http://localhost:{server.port}"


def by_name(server, service):
    label = f"{server.api['apiId']}.execute-api" if service == "execute-api" else service
    label = "sts" if service == "own" else label
    return f"http://{label}.us-east-1.amazonaws.com"


# The page's host, headers of its own, how it reaches us, options of the browser.
ORIGINS = {
    "other port of localhost": ("localhost", {}, direct, []),
    "127.0.0.1": ("127.0.0.1", {}, direct, []),
    "null": ("foreign.example",
             {"Content-Security-Policy": "sandbox allow-scripts allow-forms"}, direct, []),
    "foreign name": ("foreign.example", {"Referrer-Policy": "no-referrer"}, direct, []),
    "by us as its proxy": ("foreign.example", {}, by_name,
                           ["--proxy-server=http://127.0.0.1:{port}",
                            "--proxy-bypass-list=foreign.example"]),
}


@pytest.mark.parametrize("origin", ORIGINS)
async def test_what_a_page_sends_unasked_changes_nothing(gatehouse, tmp_path, origin):
    host, headers, way, options = ORIGINS[origin]
    options = [option.format(port=gatehouse.port) for option in options]
    async with open_socket(gatehouse) as client:
        client_id = await connection_id(client)
        before = state(gatehouse)
        told = len(gatehouse.log())
        urls, posts = what_pages_try(gatehouse, functools.partial(way, gatehouse), client_id)
        page = SILENT.replace("%urls%", json.dumps(urls)).replace("%posts%", json.dumps(posts))
        seen = await asyncio.to_thread(visit, page, tmp_path, *options, host=host, headers=headers)
        assert len(seen) == len(urls) * 11 + len(posts) * 6
        # Nothing was read; a beacon says only that it left, a style sheet or frame that it came.
        read = {name: what for name, what in seen.items() if what.startswith("read")}
        assert not read
        assert state(gatehouse) == before
        await client.send('{"action":"getConnectionId"}')
        assert json.loads(await client.recv())["connectionId"] == client_id
    refused = gatehouse.log()[told:].count("refused ")
    assert refused > 60, "the browser asked: it was we who refused"


def test_an_address_line_reaches_own_pages_only(gatehouse, tmp_path):
    """A link of another program, or pasted: Sec-Fetch-Site: none."""
    before = state(gatehouse)
    urls, _ = what_pages_try(gatehouse, functools.partial(direct, gatehouse), "x")
    for name, url in urls.items():
        text = show(url, tmp_path)
        if name == "metrics":
            assert "gatehouse_info" in text, text
        else:
            assert "Forbidden" in text, (name, text)
    assert state(gatehouse) == before
