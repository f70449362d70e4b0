"""What each service says when it refuses, byte by byte: status, AWS's fields in their order, body.

Ids are random and stand as UUID and ID here. The forms: docs/aws/dynamodb.md, docs/aws/lambda.md
§14, docs/design/aws.md.
"""

import re

import pytest
from harness import Wire, request

UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
LONG_ID = re.compile("(?<=x-amzn-RequestId: )[A-Z0-9]{52}(?=\r\n)")
OURS = ("Date:", "Content-Length:", "X-Content-Type-Options:", "Cross-Origin-Resource-Policy:")

REFUSALS = {
    "DynamoDB: an operation it does not know": (
        "POST", "/", ["X-Amz-Target: DynamoDB_20120810.Nope"], b"{}",
        """HTTP/1.1 404 Not Found
Content-Type: application/xml
x-amz-crc32: 3552371480
x-amzn-RequestId: ID

<UnknownOperationException/>
"""),
    "DynamoDB: no JSON": (
        "POST", "/", ["X-Amz-Target: DynamoDB_20120810.GetItem",
                      "Content-Type: application/x-amz-json-1.0"], b"{",
        """HTTP/1.1 400 Bad Request
Content-Type: application/x-amz-json-1.0
x-amz-crc32: 3948637019
x-amzn-RequestId: ID

{"__type":"com.amazon.coral.service#SerializationException"}"""),
    "DynamoDB: no such table": (
        "POST", "/", ["X-Amz-Target: DynamoDB_20120810.DescribeTable",
                      "Content-Type: application/x-amz-json-1.0"], b'{"TableName":"none"}',
        """HTTP/1.1 400 Bad Request
Content-Type: application/x-amz-json-1.0
x-amz-crc32: 2960256995
x-amzn-RequestId: ID

{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",\
"message":"Requested resource not found: Table: none not found"}"""),
    "EventBridge: no such rule": (
        "POST", "/", ["X-Amz-Target: AWSEvents.DescribeRule"], b'{"Name":"none"}',
        """HTTP/1.1 400 Bad Request
Content-Type: application/x-amz-json-1.1
x-amzn-RequestId: UUID

{"__type":"ResourceNotFoundException",\
"message":"Rule none does not exist on EventBus default."}"""),
    "EventBridge: a bad pattern": (
        "POST", "/", ["X-Amz-Target: AWSEvents.PutRule"],
        rb'{"Name":"x","EventPattern":"{\"a\":1}"}',
        r"""HTTP/1.1 400 Bad Request
Content-Type: application/x-amz-json-1.1
x-amzn-RequestId: UUID

{"__type":"InvalidEventPatternException","""
        r""""message":"Event pattern is not valid. """
        r"""Reason: \"a\" must be an object or an array"}"""),
    "EventBridge: no JSON": (
        "POST", "/", ["X-Amz-Target: AWSEvents.DescribeRule"], b"[",
        """HTTP/1.1 400 Bad Request
Content-Type: application/x-amz-json-1.1
x-amzn-RequestId: UUID

{"__type":"SerializationException"}"""),
    "Scheduler: no JSON": (
        "PUT", "/schedules/none", ["Host: scheduler.us-east-1.amazonaws.com"], b"[",
        """HTTP/1.1 400 Bad Request
Content-Type: application/json
x-amzn-RequestId: UUID
x-amzn-ErrorType: ValidationException

{"Message":"the body is no JSON object"}"""),
    "Scheduler: a program must sign a GET": (
        "GET", "/schedules/none", ["Host: scheduler.us-east-1.amazonaws.com"], b"",
        """HTTP/1.1 403 Forbidden
x-amzn-RequestId: UUID
Content-Type: application/json
x-amzn-ErrorType: MissingAuthenticationTokenException

{"Type":"User","Message":"Missing Authentication Token"}"""),
    "CloudFormation: no such stack": (
        "POST", "/", ["Content-Type: application/x-www-form-urlencoded"],
        b"Action=DescribeStacks&StackName=a%3Cb",
        """HTTP/1.1 400 Bad Request
Content-Type: text/xml
x-amzn-RequestId: UUID

<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error>\
<Type>Sender</Type><Code>ValidationError</Code>\
<Message>Stack with id a&lt;b does not exist</Message></Error>\
<RequestId>UUID</RequestId></ErrorResponse>
"""),
    "CloudFormation: no such change set": (
        "POST", "/", ["Content-Type: application/x-www-form-urlencoded"],
        b"Action=DescribeChangeSet&ChangeSetName=a&StackName=websocket-chat-demo",
        """HTTP/1.1 404 Not Found
Content-Type: text/xml
x-amzn-RequestId: UUID

<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error>\
<Type>Sender</Type><Code>ChangeSetNotFound</Code>\
<Message>ChangeSet [a] does not exist</Message></Error>\
<RequestId>UUID</RequestId></ErrorResponse>
"""),
    "STS: an action it does not have": (
        "POST", "/", ["Host: sts.us-east-1.amazonaws.com",
                      "Content-Type: application/x-www-form-urlencoded"], b"Action=Nope",
        """HTTP/1.1 400 Bad Request
x-amzn-RequestId: UUID
Content-Type: text/xml

<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error>\
<Type>Sender</Type><Code>InvalidAction</Code>\
<Message>gatehouse serves GetCallerIdentity of STS, not &quot;Nope&quot;</Message></Error>\
<RequestId>UUID</RequestId></ErrorResponse>"""),
    "Lambda: no such function": (
        "GET", "/2015-03-31/functions/none", [], b"",
        """HTTP/1.1 404 Not Found
x-amzn-ErrorType: ResourceNotFoundException
Content-Type: application/json
x-amzn-RequestId: UUID

{"Type":"User",\
"Message":"Function not found: arn:aws:lambda:us-east-1:000000000000:function:none"}"""),
    "API Gateway: no such API": (
        "GET", "/v2/apis/none", [], b"",
        """HTTP/1.1 404 Not Found
Content-Type: application/json
x-amzn-RequestId: UUID
x-amzn-ErrorType: NotFoundException

{"message":"Invalid API identifier specified 000000000000:none"}"""),
    "@connections: no such id": (
        "GET", "/production/@connections/abc=", [], b"",
        """HTTP/1.1 400 Bad Request
Content-Type: application/json
x-amzn-RequestId: UUID
x-amzn-ErrorType: BadRequestException

{"message":"Invalid connectionId: abc="}"""),
    "a signature that cannot be read, of a JSON service": (
        "POST", "/", ["X-Amz-Target: DynamoDB_20120810.GetItem",
                      "Authorization: AWS4-HMAC-SHA256 nothing"], b"{}",
        """HTTP/1.1 400 Bad Request
x-amzn-RequestId: UUID
Content-Type: application/x-amz-json-1.0

{"__type":"com.amazon.coral.service#IncompleteSignatureException","message":"'nothing' not a \
valid key=value pair (missing equal-sign) in Authorization header"}"""),
    "a signature that cannot be read, of a query service": (
        "POST", "/", ["Content-Type: application/x-www-form-urlencoded",
                      "Authorization: AWS4-HMAC-SHA256 nothing"], b"Action=DescribeStacks",
        """HTTP/1.1 400 Bad Request
x-amzn-RequestId: UUID
Content-Type: text/xml

<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error>\
<Type>Sender</Type><Code>IncompleteSignature</Code><Message>'nothing' not a valid key=value pair \
(missing equal-sign) in Authorization header</Message></Error>\
<RequestId>UUID</RequestId></ErrorResponse>"""),
    "S3, which is not here": (
        "GET", "/", ["Host: s3.us-east-1.amazonaws.com"], b"",
        """HTTP/1.1 501 Not Implemented
Content-Type: application/xml

<Error><Code>NotImplemented</Code><Message>gatehouse does not serve AWS's s3; it serves API \
Gateway WebSocket APIs, CloudFormation, DynamoDB, EventBridge and its Scheduler, Lambda, Systems \
Manager's parameters and STS's \
GetCallerIdentity</Message><RequestId>UUID</RequestId></Error>"""),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_as_aws_writes_it(gatehouse, name):
    method, target, fields, body, expected = REFUSALS[name]
    host = next((field[6:] for field in fields if field.startswith("Host: ")), None)
    others = [field for field in fields if not field.startswith("Host: ")]
    with Wire(gatehouse.port) as wire:
        wire.send(request(gatehouse.port, method, target, body, host=host, fields=others))
        head = wire.read_until(b"\r\n\r\n").decode()
        size = int(re.search("(?i)\r\nContent-Length: ([0-9]+)\r\n", head)[1])
        text = wire.read(size).decode()
    kept = [line for line in head.split("\r\n") if not line.startswith(OURS)]
    answer = "\n".join(kept) + text
    answer = LONG_ID.sub("ID", answer.replace("\n", "\r\n")).replace("\r\n", "\n")
    assert UUID.sub("UUID", answer) == expected
