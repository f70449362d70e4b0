"""examples/chat/announcer.yaml beside the chat, by the AWS CLI: a schedule of one minute, really."""

import asyncio
import json

from aws_cli import aws, deploy, needs_aws, refused
from harness import ROOT, open_socket

SENT = {"type": "message", "payload": {"user": "server", "message": "Tick."}}
MINUTE_SECONDS = 90  # of one minute, on a busy machine


@needs_aws
async def test_every_client_sees_a_message_each_minute(start_gatehouse):
    server = start_gatehouse()
    outputs = {one["OutputKey"]: one["OutputValue"] for one in aws(
        server, "cloudformation", "describe-stacks")["Stacks"][0]["Outputs"]}
    async with open_socket(server) as ann, open_socket(server, "?username=bob") as bob:
        result = await asyncio.to_thread(
            deploy, server, ROOT / "examples/chat/announcer.yaml", "announcer",
            "--parameter-overrides", "Message=Tick.",
            *(f"{key}={outputs[key]}" for key in ("SendMessageHandlerName", "ConnectionsEndpoint")))
        assert result.returncode == 0, (result.stdout, result.stderr)
        for _ in range(2):  # at once, and a minute later
            for client in (ann, bob):
                message = await asyncio.wait_for(client.recv(), MINUTE_SECONDS)
                assert json.loads(message) == SENT


@needs_aws
def test_by_the_aws_cli(gatehouse):
    target = json.dumps([{"Id": "1", "Arn": "arn:aws:lambda:us-east-1:000000000000:function:f"}])
    made = aws(gatehouse, "events", "put-rule", "--name", "cli", "--schedule-expression",
               "cron(15 10 ? * 6L 2199)")
    assert made == {"RuleArn": "arn:aws:events:us-east-1:000000000000:rule/cli"}
    assert aws(gatehouse, "events", "put-targets", "--rule", "cli", "--targets",
               target)["FailedEntryCount"] == 0
    assert aws(gatehouse, "events", "list-rules")["Rules"][0]["ScheduleExpression"] == \
        "cron(15 10 ? * 6L 2199)"
    refused(gatehouse, "ResourceNotFoundException", "events", "describe-rule", "--name", "none")
    aws(gatehouse, "events", "remove-targets", "--rule", "cli", "--ids", "1")
    aws(gatehouse, "events", "delete-rule", "--name", "cli")
    assert aws(gatehouse, "events", "list-rules")["Rules"] == []

    target = json.dumps({"Arn": "arn:aws:lambda:us-east-1:000000000000:function:f",
                         "RoleArn": "arn:aws:iam::000000000000:role/r"})
    aws(gatehouse, "scheduler", "create-schedule", "--name", "cli", "--schedule-expression",
        "rate(5 minutes)", "--flexible-time-window", "Mode=OFF", "--target", target,
        "--state", "DISABLED")
    assert aws(gatehouse, "scheduler", "get-schedule", "--name", "cli")["State"] == "DISABLED"
    refused(gatehouse, "ConflictException", "scheduler", "create-schedule", "--name", "cli",
            "--schedule-expression", "rate(5 minutes)", "--flexible-time-window", "Mode=OFF",
            "--target", target)
    aws(gatehouse, "scheduler", "delete-schedule", "--name", "cli")
    assert aws(gatehouse, "scheduler", "list-schedules") == {"Schedules": []}
