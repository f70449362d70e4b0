"""$connect and $disconnect: who is there."""

from database import TABLE


def connect(event, context):
    here = event["requestContext"]
    row = {"connectionId": here["connectionId"], "connectedAt": here["connectedAt"]}
    user = (event.get("queryStringParameters") or {}).get("username")
    if user:
        row["user"] = user
    TABLE.put_item(Item=row)
    return {"statusCode": 200}


def disconnect(event, context):
    TABLE.delete_item(Key={"connectionId": event["requestContext"]["connectionId"]})
    return {"statusCode": 200}
