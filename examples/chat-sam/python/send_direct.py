"""sendDirect: to one connection."""

from chat import BYTES_MAX, client_at, members, post, quoted
from database import TABLE


def text(body, name):
    value = (body or {}).get(name, (None,))[0]
    return value if isinstance(value, str) else None


def why_not(body):
    if body is None:
        return "the message is no JSON object"
    for name in ("connectionId", "operationType"):
        if text(body, name) is None:
            return name + " must be a string"
    return None if "message" in body else "message is missing"


def handler(event, context):
    here = event["requestContext"]
    sender = here["connectionId"]
    client = client_at("https://%s/%s" % (here["domainName"], here["stage"]))
    body = members(event["body"])
    target, why, status = text(body, "connectionId") or "", why_not(body), 400
    if not why:
        row = TABLE.get_item(Key={"connectionId": sender}).get("Item", {})
        user = row.get("user") or text(body, "user")
        frame = '{"operationType":%s,"from":%s,"user":%s,"message":%s}' % (
            body["operationType"][1],
            quoted(sender),
            quoted("anonymous" if user is None else user),
            body["message"][1],
        )
        size, status = len(frame.encode()), 410
        if size > BYTES_MAX:
            why = "the message has %d bytes; %d are allowed" % (size, BYTES_MAX)
        else:
            refused = post(client, target, frame)
            if refused is None:
                return {"statusCode": 200}
            if refused == 410:
                TABLE.delete_item(Key={"connectionId": target})
            slow = "the client reads too slowly: its queue is full"
            why = slow if refused == 429 else "no such connection"
    frame = '{"error":%s,"action":"sendDirect"' % quoted(why)
    if target:
        frame += ',"connectionId":' + quoted(target)
    post(client, sender, frame + "}")
    return {"statusCode": status}
