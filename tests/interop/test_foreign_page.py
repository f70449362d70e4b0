"""A page of another origin, in headless Chromium, changes nothing (design §6, "auth")."""

import asyncio
import functools
import http.server
import json
import shutil
import subprocess
import threading

import pytest
from harness import connection_id, open_socket

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

# Tries each request and writes what came of it into the document.
PAGE = """<!doctype html><title>waiting</title><pre id="out"></pre><script>
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
  document.getElementById('out').textContent = JSON.stringify(seen);
  document.title = 'done';
})();
</script>"""


class Pages(http.server.SimpleHTTPRequestHandler):
    def __init__(self, page, *arguments):
        self.page = page.encode()
        super().__init__(*arguments)

    def do_GET(self):  # pylint: disable=invalid-name
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.page)

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass


def visit(page, folder):
    """What the page wrote, as headless Chromium shows it."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Pages, page))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        shown = subprocess.run(
            [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             f"--user-data-dir={folder}", "--host-resolver-rules=MAP rebound.example 127.0.0.1",
             "--virtual-time-budget=10000", "--dump-dom",
             f"http://127.0.0.1:{server.server_port}/"],
            capture_output=True, text=True, timeout=100, check=False)
    finally:
        server.shutdown()
        server.server_close()
    start, end = shown.stdout.find('<pre id="out">'), shown.stdout.find("</pre>")
    assert 0 < start < end, shown.stdout + shown.stderr
    return json.loads(shown.stdout[start + len('<pre id="out">'):end])


def state(server):
    """All that a page could have changed."""
    import boto3
    make = functools.partial(boto3.client, endpoint_url=server.endpoint, region_name="us-east-1")
    table = server.stack["tables"]["ConnectionsTable"]
    functions = make("lambda").list_functions()["Functions"]
    items = make("dynamodb").scan(TableName=table)["Items"]
    stacks = make("cloudformation").describe_stacks()["Stacks"]
    return (sorted(function["FunctionName"] for function in functions),
            sorted(item["connectionId"]["S"] for item in items),
            [(stack["StackName"], stack["StackStatus"]) for stack in stacks])


async def test_a_foreign_page_changes_nothing(gatehouse, tmp_path):
    if not CHROMIUM:
        pytest.fail("no chromium here (package chromium)")
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
