"""What the handlers that send share: frames, and posts to connections."""

import functools
import json
import re

import boto3
from botocore.exceptions import ClientError

DECODER = json.JSONDecoder()
BLANKS = re.compile(r"[ \t\r\n]*")
BYTES_MAX = 128 * 1024


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def members(text):
    """The members of a JSON object: name -> (value, the text it came in). None: it is none."""
    try:
        if not isinstance(json.loads(text), dict):
            return None
    except ValueError:
        return None
    skip = lambda at: BLANKS.match(text, at).end()
    found, at = {}, skip(skip(0) + 1)
    while text[at] != "}":
        name, at = DECODER.raw_decode(text, at)
        begin = skip(skip(at) + 1)
        value, end = DECODER.raw_decode(text, begin)
        found[name] = (value, text[begin:end])
        at = skip(end)
        if text[at] == ",":
            at = skip(at + 1)
    return found


def post(client, connection_id, frame):
    """None, or the status that refused it."""
    try:
        client.post_to_connection(ConnectionId=connection_id, Data=frame.encode())
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"]


@functools.lru_cache(maxsize=8)
def client_at(endpoint):
    return boto3.client("apigatewaymanagementapi", endpoint_url=endpoint)
