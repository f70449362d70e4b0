"""A wrong signature is answered with the strings of the right one (docs/aws/lambda.md §14)."""

import re

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from harness import ask
from test_broadcast_call import owners_key

JSON = {"Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "DynamoDB_20120810.ListTables"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CALLS = {  # the status, and the request
    "lambda": (403, "GET", "/2015-03-31/functions/?Marker=a%3Db&MaxItems=7", {}, b""),
    "dynamodb": (400, "POST", "/", JSON, b'{"Limit":7}'),
    "cloudformation": (403, "POST", "/", FORM, b"Action=DescribeStacks&Version=2010-05-15"),
    "sts": (403, "POST", "/", FORM, b"Action=GetCallerIdentity&Version=2011-06-15"),
    "apigateway": (403, "GET", "/v2/apis", {}, b""),
    "execute-api": (403, "GET", "/production/@connections/JDH-3ejISQ0CFlw%3D", {}, b""),
}


class NotingAuth(SigV4Auth):
    """Keeps what it signs."""

    def string_to_sign(self, request, canonical_request):
        self.canonical = canonical_request
        self.string = super().string_to_sign(request, canonical_request)
        return self.string


def message_of(answer):
    if answer.body.startswith(b"<"):
        return re.search("<Message>(.*)</Message>", answer.body.decode(), re.DOTALL)[1]
    return answer.json().get("message") or answer.json()["Message"]


@pytest.mark.parametrize("service", CALLS)
def test_a_wrong_secret_is_told_what_should_have_been_signed(gatehouse, service):
    status, method, target, headers, body = CALLS[service]
    host = f"localhost:{gatehouse.port}"
    request = AWSRequest(method, f"http://{host}{target}", data=body,
                         headers={"Host": host, **headers})
    key = Credentials(owners_key(gatehouse).access_key, "not the secret")
    auth = NotingAuth(key, service, "us-east-1")
    auth.add_auth(request)
    fields = [f"{name}: {value}" for name, value in request.headers.items() if name != "Host"]
    answer = ask(gatehouse.port, method, target, body, fields=fields)
    assert answer.status == status
    message = message_of(answer).replace("&apos;", "'").replace("&#39;", "'").replace("&amp;", "&")
    assert message == (
        "The request signature we calculated does not match the signature you provided. Check "
        "your AWS Secret Access Key and signing method. Consult the service documentation for "
        f"details.\n\nThe Canonical String for this request should have been\n'{auth.canonical}'"
        f"\n\nThe String-to-Sign should have been\n'{auth.string}'\n")
