"""gatehouse's runtime for python3.*: loads a function's handler and runs it event by event.

It behaves as AWS's managed runtime does (docs/aws/lambda.md §4): names and texts of errors, the
context object, the JSON rules, the root logger's handler. Standard library only.
"""

import decimal
import importlib
import json
import logging
import os
import re
import sys
import time
import traceback
import uuid
import warnings
import zlib

API = "/2018-06-01/runtime"
HERE = os.path.abspath(__file__)
DECIMAL_MARK = "\x00decimal:" + uuid.uuid4().hex + ":"


class Fault(Exception):
    """What the platform says, rather than the handler."""

    def __init__(self, kind, message, stack=()):
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.stack = list(stack)


class Response:
    def __init__(self, status, headers):
        self.status = status
        self.headers = headers


class Server:
    """The Runtime API: HTTP over the descriptor that gatehouse gave us, and nobody else. Written by
    hand: http.client takes 20 ms to import, and tools patch it."""

    def __init__(self, descriptor):
        os.set_inheritable(descriptor, False)
        self.descriptor = descriptor
        self.stream = open(descriptor, "rb", buffering=1 << 16)

    def ask(self, method, path, body=b"", headers=()):
        lines = ["%s %s%s HTTP/1.1" % (method, API, path), "Host: gatehouse"]
        lines += ["%s: %s" % field for field in headers]
        lines += ["Content-Length: %d" % len(body), "", ""]
        try:
            self.write("\r\n".join(lines).encode("latin-1") + body)
            return self.read()
        except (OSError, EOFError):
            os._exit(1)  # gatehouse has gone, and with it the only reason to be

    def write(self, data):
        left = memoryview(data)
        while left:
            left = left[os.write(self.descriptor, left) :]

    def read(self):
        """gatehouse's answers have a Content-Length, and names of fields as in AWS's texts."""
        status = int(self.line().split(" ", 2)[1])
        headers = {}
        for line in iter(self.line, ""):
            name, _, value = line.partition(":")
            headers[name] = value.strip()
        size = int(headers["Content-Length"])
        body = self.stream.read(size)
        if len(body) < size:
            raise EOFError
        return Response(status, headers), body

    def line(self):
        line = self.stream.readline()
        if not line.endswith(b"\n"):
            raise EOFError
        return line.decode("latin-1").rstrip("\r\n")

    def next(self):
        return self.ask("GET", "/invocation/next")

    def respond(self, request_id, body):
        return self.ask(
            "POST",
            "/invocation/%s/response" % request_id,
            body,
            [("Content-Type", "application/json")],
        )

    def fail(self, path, error):
        body = json.dumps(error, ensure_ascii=False).encode("utf-8", "replace")
        kind = re.sub("[^ -~]", "?", error["errorType"])
        headers = [
            ("Content-Type", "application/json"),
            ("Lambda-Runtime-Function-Error-Type", kind),
        ]
        self.ask("POST", path, body, headers)


class Record:
    """Attributes from a dict; what is missing is None."""

    FIELDS = ()

    def __init__(self, values=None):
        for field in self.FIELDS:
            setattr(self, field, (values or {}).get(field))

    def __repr__(self):
        pairs = ",".join("%s=%r" % (field, getattr(self, field)) for field in self.FIELDS)
        return "%s([%s])" % (type(self).__name__, pairs)


class CognitoIdentity(Record):
    FIELDS = ("cognito_identity_id", "cognito_identity_pool_id")


class Client(Record):
    FIELDS = (
        "installation_id",
        "app_title",
        "app_version_name",
        "app_version_code",
        "app_package_name",
    )


class ClientContext(Record):
    FIELDS = ("custom", "env", "client")

    def __init__(self, values):
        super().__init__(values)
        self.client = Client(values.get("client"))


class LambdaContext:
    def __init__(self, headers):
        self.aws_request_id = headers.get("Lambda-Runtime-Aws-Request-Id")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.invoked_function_arn = headers.get("Lambda-Runtime-Invoked-Function-Arn")
        self.tenant_id = headers.get("Lambda-Runtime-Aws-Tenant-Id")
        self._deadline_ms = int(headers.get("Lambda-Runtime-Deadline-Ms") or 0)
        client = headers.get("Lambda-Runtime-Client-Context")
        values = json.loads(client) if client else None
        self.client_context = ClientContext(values) if isinstance(values, dict) else None
        identity = headers.get("Lambda-Runtime-Cognito-Identity")
        values = json.loads(identity) if identity else {}
        self.identity = CognitoIdentity(
            {
                "cognito_identity_id": values.get("cognitoIdentityId"),
                "cognito_identity_pool_id": values.get("cognitoIdentityPoolId"),
            }
        )

    def get_remaining_time_in_millis(self):
        return max(self._deadline_ms - int(time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))

    def __repr__(self):
        names = (
            "aws_request_id,log_group_name,log_stream_name,function_name,memory_limit_in_mb,"
            "function_version,invoked_function_arn,client_context,identity,tenant_id"
        ).split(",")
        return "LambdaContext([%s])" % ",".join(
            "%s=%s" % (name, getattr(self, name)) for name in names
        )


class LogHandler(logging.Handler):
    """The handler that the root logger has on Lambda."""

    request_id = ""

    def __init__(self):
        super().__init__()
        formatter = logging.Formatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n",
            "%Y-%m-%dT%H:%M:%S",
        )
        formatter.converter = time.gmtime
        self.setFormatter(formatter)

    def emit(self, record):
        try:
            record.aws_request_id = self.request_id
            sys.stdout.write(self.format(record))
        except Exception:
            self.handleError(record)


def own_frames_removed(stack):
    """The frames of the handler: ours, and the import system's on the way to it, are left out."""
    return [
        frame
        for frame in stack
        if os.path.abspath(frame.filename) != HERE and "importlib" not in frame.filename
    ]


def error_body(kind, message, stack=(), request_id=""):
    return {
        "errorMessage": message,
        "errorType": kind,
        "requestId": request_id,
        "stackTrace": list(stack),
    }


def error_of(exception, request_id=""):
    if isinstance(exception, Fault):
        return error_body(exception.kind, exception.message, exception.stack, request_id)
    frames = own_frames_removed(traceback.extract_tb(exception.__traceback__))
    if isinstance(exception, SyntaxError):
        stack = traceback.format_exception_only(type(exception), exception)
    else:
        stack = traceback.format_list(frames)
    return error_body(type(exception).__name__, str(exception), stack, request_id)


def print_error(error):
    text = "[ERROR] %s: %s" % (error["errorType"], error["errorMessage"])
    if error["stackTrace"]:
        text += "\nTraceback (most recent call last):\n" + "".join(error["stackTrace"])
    sys.stdout.write(text.rstrip("\n") + "\n")


def load_handler(name):
    """handler "a/b.c" is attribute c of module a.b."""
    try:
        module_name, attribute = name.rsplit(".", 1)
    except ValueError as error:
        raise Fault("Runtime.MalformedHandlerName", "Bad handler '%s': %s" % (name, error))
    module_path = module_name.replace("/", ".")
    if module_path.split(".")[0] in sys.builtin_module_names:
        raise Fault(
            "Runtime.BuiltInModuleConflict",
            "Cannot use built-in module %s as a handler module" % module_name,
        )
    try:
        module = importlib.import_module(module_path)
    except ImportError as error:
        raise Fault(
            "Runtime.ImportModuleError", "Unable to import module '%s': %s" % (module_name, error)
        )
    except SyntaxError as error:
        where = '  File "%s" Line %s\n    %s\n' % (error.filename, error.lineno, error.text)
        raise Fault(
            "Runtime.UserCodeSyntaxError",
            "Syntax error in module '%s': %s" % (module_name, error),
            [where],
        )
    if not hasattr(module, attribute):
        raise Fault(
            "Runtime.HandlerNotFound",
            "Handler '%s' missing on module '%s'" % (attribute, module_name),
        )
    return getattr(module, attribute)


def write_decimal(value):
    if isinstance(value, decimal.Decimal):
        return DECIMAL_MARK + str(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


def ascii_only():
    """Until 3.11 the managed runtime escaped what is not ASCII."""
    version = re.search(r"python3\.(\d+)", os.environ.get("AWS_EXECUTION_ENV", ""))
    return version is not None and int(version.group(1)) < 12


def to_json(value, ensure_ascii):
    if isinstance(value, bytes):
        return value
    text = json.dumps(value, ensure_ascii=ensure_ascii, default=write_decimal)
    mark = json.dumps(DECIMAL_MARK, ensure_ascii=ensure_ascii)[1:-1]
    if mark in text:
        text = re.sub('"' + re.escape(mark) + '([^"]*)"', r"\1", text)
    return text.encode("utf-8")


def invoke(handler, headers, body, ensure_ascii):
    """The answer's bytes. Raises what the handler raises, or Fault."""
    context = LambdaContext(headers)
    event = body
    if headers.get("Content-Type", "application/json") == "application/json":
        try:
            event = json.loads(body)
        except ValueError as error:
            raise Fault("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % error)
    result = handler(event, context)
    try:
        return to_json(result, ensure_ascii)
    except (TypeError, ValueError, RecursionError, UnicodeError) as error:
        raise Fault("Runtime.MarshalError", "Unable to marshal response: %s" % error)


def is_first_to_say(text):
    """The folder of this file is made anew with each start of gatehouse."""
    number = zlib.crc32(text.encode("utf-8", "replace")) & 0xFFF  # 4,096 files at most
    path = os.path.join(os.path.dirname(HERE), "said-python-%d" % number)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except OSError as error:
        return not isinstance(error, FileExistsError)
    return True


def quiet_sdk():
    """The SDK warns of the version of Python in every process; a person wants to read it once."""
    show = warnings.showwarning

    def show_once(message, category, filename, lineno, file=None, line=None):
        of_sdk = re.search(r"[/\\](boto3|botocore|s3transfer)[/\\]", filename)
        if not of_sdk or is_first_to_say(str(message)):
            show(message, category, filename, lineno, file, line)

    warnings.showwarning = show_once


class EndpointVariables:
    """Finder of botocore.session: before 1.31 (Debian 12's) it ignores AWS_ENDPOINT_URL…, which
    AWS's honours. It stands in the way of imports only if the function has such a variable."""

    @classmethod
    def find_spec(cls, name, path, target=None):
        if name != "botocore.session":
            return None
        sys.meta_path.remove(cls)
        spec = importlib.util.find_spec(name)
        version = sys.modules["botocore"].__version__
        if tuple(int(part) for part in version.split(".")[:2]) >= (1, 31):
            return spec
        load = spec.loader.exec_module
        spec.loader.exec_module = lambda module: (load(module), cls.teach(module.Session))
        return spec

    @staticmethod
    def teach(session_class):
        create = session_class.create_client

        def create_client(self, service_name, region_name=None, api_version=None, use_ssl=True,
                          verify=None, endpoint_url=None, *rest, **named):
            ignored = os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true"
            if endpoint_url is None and not ignored:
                service = self.get_service_model(service_name).service_id
                service = re.sub("[- ]", "_", str(service)).upper()
                endpoint_url = os.environ.get("AWS_ENDPOINT_URL_" + service)
                endpoint_url = endpoint_url or os.environ.get("AWS_ENDPOINT_URL")
            return create(self, service_name, region_name, api_version, use_ssl, verify,
                          endpoint_url, *rest, **named)

        session_class.create_client = create_client


def start(server, log_handler):
    """The handler; if it cannot be had, says why and ends."""
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
        root = os.environ["LAMBDA_TASK_ROOT"]
        sys.path[:] = [path for path in sys.path if path != os.path.dirname(HERE)]
        sys.path.insert(0, root)
        logging.getLogger().addHandler(log_handler)
        quiet_sdk()
        if any(name.startswith("AWS_ENDPOINT_URL") for name in os.environ):
            import importlib.util

            sys.meta_path.insert(0, EndpointVariables)
        return load_handler(os.environ["_HANDLER"])
    except Exception as exception:
        error = error_of(exception)
        print_error(error)
        server.fail("/init/error", error)
        sys.exit(1)


def main():
    server = Server(int(os.environ.pop("_GATEHOUSE_RUNTIME")))
    log_handler = LogHandler()
    handler = start(server, log_handler)
    ensure_ascii = ascii_only()
    while True:
        response, body = server.next()
        if response.status != 200:
            os._exit(1)
        request_id = response.headers["Lambda-Runtime-Aws-Request-Id"]
        log_handler.request_id = request_id
        os.environ["_X_AMZN_TRACE_ID"] = response.headers.get("Lambda-Runtime-Trace-Id", "")
        try:
            answer = invoke(handler, response.headers, body, ensure_ascii)
        except Exception as exception:
            error = error_of(exception, request_id)
            print_error(error)
            server.fail("/invocation/%s/error" % request_id, error)
        else:
            server.respond(request_id, answer)


if __name__ == "__main__":
    main()
