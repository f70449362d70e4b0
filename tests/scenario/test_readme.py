"""Every command of README.md, in order: as AWS by `gatehouse env`, and with --endpoint-url."""

import pytest
from harness import until
from readme import AWS, aftermath, blocks, run

pytestmark = pytest.mark.skipif(not AWS.exists(), reason="no /usr/bin/aws (package awscli)")


def is_empty(server):
    import boto3
    client = boto3.client("cloudformation", endpoint_url=server.endpoint)
    tables = boto3.client("dynamodb", endpoint_url=server.endpoint).list_tables()["TableNames"]
    functions = boto3.client("lambda", endpoint_url=server.endpoint).list_functions()["Functions"]
    return not client.describe_stacks()["Stacks"] and not tables and not functions


def test_word_for_word(start_gatehouse, tmp_path):
    server = start_gatehouse("--empty")
    folder = tmp_path / "reader"
    folder.mkdir()
    commands = blocks()
    line = 'eval "$(gatehouse env)"'
    assert line in commands[0], "the README has changed; so must this test"
    # Others of this user may run on this machine.
    commands[0] = commands[0].replace(line, f'eval "$(gatehouse env --port {server.port})"')
    aftermath(run("\n".join(commands), folder), folder)
    assert until(lambda: is_empty(server), "everything to be gone")


def test_with_endpoint_url(start_gatehouse, tmp_path):
    server = start_gatehouse("--empty")
    folder = tmp_path / "reader"
    folder.mkdir()
    config = folder / "config"
    config.write_text("[default]\ncli_binary_format = raw-in-base64-out\n")
    commands = blocks()
    commands[0] = f'aws() {{ command aws --endpoint-url {server.endpoint} "$@"; }}\n'
    script = "\n".join(commands)
    for name, url in {"URL": "ws", "ENDPOINT": "http"}.items():
        line = f"{name}=$(output "
        assert line in script
        script = script.replace(line, f"{name}={url}://localhost:{server.port}/production #")
    script = script.replace('--endpoint-url "$ENDPOINT"', '')
    script = script.replace("aws apigatewaymanagementapi",
                            'command aws --endpoint-url "$ENDPOINT" apigatewaymanagementapi')
    aftermath(run(script, folder, AWS_ACCESS_KEY_ID="any", AWS_SECRET_ACCESS_KEY="any",
                  AWS_DEFAULT_REGION="us-east-1", AWS_CONFIG_FILE=str(config)), folder)
    assert until(lambda: is_empty(server), "everything to be gone")
