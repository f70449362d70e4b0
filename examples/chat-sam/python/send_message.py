"""sendMessage: to everybody."""

import json
import os

from chat import BYTES_MAX, client_at, members, post, quoted
from database import TABLE


def rows():
    page = TABLE.scan()
    found = page["Items"]
    while "LastEvaluatedKey" in page:
        page = TABLE.scan(ExclusiveStartKey=page["LastEvaluatedKey"])
        found += page["Items"]
    return found


def send_to_all(client, everybody, user, message):
    """None, or why nothing was sent."""
    frame = '{"type":"message","payload":{"user":%s,"message":%s}}' % (quoted(user), message)
    size = len(frame.encode())
    if size > BYTES_MAX:
        return "the message has %d bytes; %d are allowed" % (size, BYTES_MAX)
    for row in everybody:
        if post(client, row["connectionId"], frame) == 410:
            TABLE.delete_item(Key={"connectionId": row["connectionId"]})


def invoked(event):
    """Not by a client, but as a function: what it says comes from the server."""
    if not isinstance(event.get("message"), str):
        why = "message must be a string"
    else:
        client = client_at(event.get("apigw_endpoint", os.environ["ENDPOINT"]))
        why = send_to_all(client, rows(), "server", quoted(event["message"]))
    if why:
        return {"statusCode": 400, "body": json.dumps({"error": why})}
    return {"statusCode": 200, "body": json.dumps({"status": "Message sent"})}


def handler(event, context):
    here = event.get("requestContext")
    if not here:
        return invoked(event)
    client = client_at("https://%s/%s" % (here["domainName"], here["stage"]))
    body = members(event["body"])
    message = body and body.get("message")
    if message and isinstance(message[0], str):
        everybody = rows()
        own = [r for r in everybody if r["connectionId"] == here["connectionId"]]
        user = own[0].get("user") if own else None
        said = body.get("user", (None,))[0]
        user = user or (said if isinstance(said, str) else "anonymous")
        why = send_to_all(client, everybody, user, message[1])
        if not why:
            return {"statusCode": 200}
    elif body is None:
        why = "the message is no JSON object"
    else:
        why = "message must be a string" if message else "message is missing"
    frame = '{"error":%s,"action":%s}' % (quoted(why), quoted(here["routeKey"]))
    post(client, here["connectionId"], frame)
    return {"statusCode": 400}
