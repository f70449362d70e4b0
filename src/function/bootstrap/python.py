"""gatehouse's runtime for python3.*: loads a function's handler and runs it event by event.

It behaves as AWS's managed runtime does (docs/aws/lambda.md §4): names and texts of errors, the
context object, the JSON rules, what the root logger prints. tests/interop/test_runtimes.py runs
the same functions through AWS's own client and compares. Standard library only; what a cold start
can do without is imported where it is used.
"""

import importlib
import json
import logging
import marshal
import os
import re
import sys
import time
import traceback
import warnings

API = "/2018-06-01/runtime"
HERE = os.path.abspath(__file__)


class Fault(Exception):
    """What the platform says, rather than the handler."""

    def __init__(self, kind, message, stack=()):
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.stack = list(stack)


# --- the Runtime API ---


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
        body = to_json(error).encode("utf-8")
        kind = re.sub("[^ -~]", "?", error["errorType"])
        headers = [
            ("Content-Type", "application/json"),
            ("Lambda-Runtime-Function-Error-Type", kind),
        ]
        self.ask("POST", path, body, headers)


# --- JSON ---


def ascii_only():
    """Until 3.11 the managed runtime escaped what is not ASCII: of the version asked for."""
    version = re.search(r"python3\.(\d+)", os.environ.get("AWS_EXECUTION_ENV", ""))
    return version is not None and int(version.group(1)) < 12


class Unusual(Exception):
    """A value that the standard library's encoder does not write as AWS's does."""


def refuse(value):
    raise Unusual


class Encoder:
    """Writes what AWS's client writes, which uses simplejson: bytes are text, a named tuple and
    whatever has _asdict is an object, a Decimal its digits."""

    def __init__(self, ensure_ascii):
        self.plain = json.JSONEncoder(ensure_ascii=ensure_ascii, default=refuse).encode
        self.text = (
            json.encoder.encode_basestring_ascii if ensure_ascii else json.encoder.encode_basestring
        )
        self.open = set()  # the containers that are being written

    def __call__(self, value):
        # marshal, in C, knows exact types only: what it takes, the encoder in C writes rightly, or
        # refuses, a set for one.
        try:
            marshal.dumps(value, 2)
            return self.plain(value)
        except (Unusual, TypeError, ValueError, RecursionError):
            parts = []
            self.open.clear()
            try:
                self.write(value, parts.append)
            except RecursionError:
                text = "maximum recursion depth exceeded while encoding a JSON object"
                raise RecursionError(text)
            return "".join(parts)

    def write(self, value, add):
        if isinstance(value, str):
            add(self.text(value))
        elif isinstance(value, bytes):
            add(self.text(str(value, "utf-8")))
        elif value is None:
            add("null")
        elif value is True:
            add("true")
        elif value is False:
            add("false")
        elif isinstance(value, int):
            add(int.__repr__(value))
        elif isinstance(value, float):
            add(self.number(value))
        else:
            self.write_container(value, add)

    @staticmethod
    def number(value):
        if value != value:
            return "NaN"
        if value in (float("inf"), -float("inf")):
            return "Infinity" if value > 0 else "-Infinity"
        return float.__repr__(value)

    def write_container(self, value, add):
        mark = id(value)
        if mark in self.open:
            raise ValueError("Circular reference detected")
        self.open.add(mark)
        as_dict = getattr(value, "_asdict", None)
        if callable(as_dict):
            members = as_dict()
            if not isinstance(members, dict):
                text = "_asdict() must return a dict, not %s" % type(members).__name__
                raise TypeError(text)
            self.write_dict(members, add)
        elif isinstance(value, (list, tuple)):
            self.write_list(value, add)
        elif isinstance(value, dict):
            self.write_dict(value, add)
        else:
            add(self.decimal(value))
        self.open.discard(mark)

    def write_list(self, value, add):
        before = "["
        for item in value:
            add(before)
            self.write(item, add)
            before = ", "
        add("]" if before == ", " else "[]")

    def write_dict(self, value, add):
        before = "{"
        for key, item in value.items():
            add(before + self.text(self.key(key)) + ": ")
            self.write(item, add)
            before = ", "
        add("}" if before == ", " else "{}")

    def key(self, key):
        if isinstance(key, str):
            return key
        if isinstance(key, bytes):
            return str(key, "utf-8")
        if isinstance(key, float):
            return self.number(key)
        if key is None or key is True or key is False:
            return {None: "null", True: "true", False: "false"}[key]
        if isinstance(key, int):
            return int.__repr__(key)
        name = type(key).__name__
        raise TypeError("keys must be str, int, float, bool or None, not " + name)

    @staticmethod
    def decimal(value):
        decimal = sys.modules.get("decimal")
        if decimal and isinstance(value, decimal.Decimal):
            return "NaN" if value.is_nan() else str(value)
        raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


to_json = Encoder(ascii_only())


# --- the context object ---


class Record:
    """Attributes from a dict; what is missing is None."""

    __slots__ = ()

    def __init__(self, values):
        for field in self.__slots__:
            setattr(self, field, values.get(field))

    def __repr__(self):
        pairs = ",".join("%s=%s" % (field, getattr(self, field)) for field in self.__slots__)
        return "%s([%s])" % (type(self).__name__, pairs)


class CognitoIdentity(Record):
    __slots__ = ["cognito_identity_id", "cognito_identity_pool_id"]


class Client(Record):
    __slots__ = [
        "installation_id",
        "app_title",
        "app_version_name",
        "app_version_code",
        "app_package_name",
    ]


class ClientContext(Record):
    __slots__ = ["custom", "env", "client"]


def header_json(headers, name, words):
    text = headers.get(name)
    if not text:
        return None
    try:
        return json.loads(text)
    except Exception as error:
        text = "Unable to parse %s JSON: %s" % (words, error)
        raise Fault("Runtime.LambdaContextUnmarshalError", text)


class LambdaContext:
    def __init__(self, headers):
        client = header_json(headers, "Lambda-Runtime-Client-Context", "Client Context")
        identity = header_json(headers, "Lambda-Runtime-Cognito-Identity", "Cognito Identity")
        env = os.environ.get
        self.aws_request_id = headers.get("Lambda-Runtime-Aws-Request-Id")
        self.log_group_name = env("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = env("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = env("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = env("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = headers.get("Lambda-Runtime-Invoked-Function-Arn")
        self.tenant_id = headers.get("Lambda-Runtime-Aws-Tenant-Id")
        self._w3c = self._take_w3c(client)
        self.client_context = None
        if client is not None:
            self.client_context = ClientContext(client)
            if self.client_context.client is not None:
                self.client_context.client = Client(self.client_context.client)
        self.identity = CognitoIdentity({})
        if identity is not None:
            self.identity.cognito_identity_id = identity.get("cognitoIdentityId")
            self.identity.cognito_identity_pool_id = identity.get("cognitoIdentityPoolId")
        self._deadline_ms = int(headers.get("Lambda-Runtime-Deadline-Ms") or 0)

    @staticmethod
    def _take_w3c(client):
        """The trace context comes within the client context, and is no part of it."""
        values = client.pop("w3c", None) if isinstance(client, dict) else None
        if not isinstance(values, dict):
            return {}
        names = ("traceparent", "tracestate", "baggage")
        return {name: values[name] for name in names if isinstance(values.get(name), str)}

    def w3c(self):
        return dict(self._w3c)

    def get_remaining_time_in_millis(self):
        return max(self._deadline_ms - int(time.time() * 1000), 0)

    def log(self, msg):
        for handler in logging.getLogger().handlers:
            if hasattr(handler, "log_sink"):
                handler.log_sink.log(str(msg))
                return
        sys.stdout.write(str(msg))

    def __repr__(self):
        names = (
            "aws_request_id,log_group_name,log_stream_name,function_name,memory_limit_in_mb,"
            "function_version,invoked_function_arn,client_context,identity,tenant_id"
        ).split(",")
        return "LambdaContext([%s])" % ",".join(
            "%s=%s" % (name, getattr(self, name)) for name in names
        )


# --- the log ---


class Unbuffered:
    """A stream of which each write leaves at once."""

    def __init__(self, stream):
        self.stream = stream

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        pass

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def write(self, msg):
        self.stream.write(msg)
        self.stream.flush()

    def writelines(self, msgs):
        self.stream.writelines(msgs)
        self.stream.flush()


class LogSink:
    """Where the log goes: handlers find it by their logger's handler."""

    def log(self, msg, frame_type=None):
        sys.stdout.write(msg)


class Invocation:
    """The one that runs: its names stand in the lines of the log."""

    request_id = ""
    tenant_id = None


class RequestFilter(logging.Filter):
    def filter(self, record):
        record.aws_request_id = Invocation.request_id
        record.tenant_id = Invocation.tenant_id
        return True


class LambdaLoggerHandler(logging.Handler):
    """The handler that the root logger has on Lambda. What goes wrong in it, its caller gets."""

    def __init__(self, log_sink):
        super().__init__()
        self.log_sink = log_sink

    def emit(self, record):
        self.log_sink.log(self.format(record))


class LambdaLoggerHandlerWithFrameType(LambdaLoggerHandler):
    """Its name when a level or a format is asked for."""


class JsonFormatter(logging.Formatter):
    """One object a line: AWS_LAMBDA_LOG_FORMAT=JSON."""

    # Of a record; what else it has, came by `extra`.
    KNOWN = frozenset(
        "name msg args levelname levelno pathname filename module exc_info exc_text stack_info "
        "lineno funcName created msecs relativeCreated thread threadName processName process "
        "aws_request_id tenant_id _frame_type".split()
    )
    encode = json.JSONEncoder(ensure_ascii=False, default=str).encode

    def __init__(self):
        super().__init__(datefmt="%Y-%m-%dT%H:%M:%SZ")

    def format(self, record):
        record.levelno = min(50, max(0, record.levelno)) // 10 * 10
        record.levelname = logging.getLevelName(record.levelno)
        is_object = isinstance(record.msg, dict) and not record.args
        line = {
            "timestamp": self.formatTime(record, self.datefmt),
            "level": record.levelname,
            "message": record.msg if is_object else record.getMessage(),
            "logger": record.name,
            "stackTrace": None,
            "errorType": None,
            "errorMessage": None,
            "requestId": getattr(record, "aws_request_id", None),
            "location": None,
        }
        if record.exc_info:
            kind, value, trace = record.exc_info
            line["stackTrace"] = traceback.format_tb(trace)
            line["errorType"] = kind.__name__
            line["errorMessage"] = str(value)
            line["location"] = "%s:%s:%s" % (record.pathname, record.funcName, record.lineno)
        if getattr(record, "tenant_id", None) is not None:
            line["tenantId"] = record.tenant_id
        for name, value in record.__dict__.items():
            if name not in self.KNOWN and name not in line:
                line[name] = value
        return self.encode({k: v for k, v in line.items() if v is not None}) + "\n"


def is_json_log():
    return (os.environ.get("AWS_LAMBDA_LOG_FORMAT") or "").upper() == "JSON"


def set_up_logging():
    logging.Formatter.converter = time.gmtime
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL") or ""
    level = "DEBUG" if level == "TRACE" else level.upper()
    kind = LambdaLoggerHandlerWithFrameType if level or is_json_log() else LambdaLoggerHandler
    handler = kind(LogSink())
    if is_json_log():
        handler.setFormatter(JsonFormatter())
    else:
        form = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
        handler.setFormatter(logging.Formatter(form, "%Y-%m-%dT%H:%M:%S"))
    root = logging.getLogger()
    if level in ("CRITICAL", "FATAL", "ERROR", "WARN", "WARNING", "INFO", "DEBUG", "NOTSET"):
        root.setLevel(level)
    handler.addFilter(RequestFilter())
    root.addHandler(handler)


# --- errors ---


def error_of(exception, request_id=""):
    if isinstance(exception, Fault):
        kind, message, stack = exception.kind, exception.message, exception.stack
    else:
        frames = [
            (frame.filename, frame.lineno, frame.name, frame.line)
            for frame in traceback.extract_tb(exception.__traceback__)
        ]
        # From the handler's first frame on; ours, on the way to it, are left out.
        first = (i for i, frame in enumerate(frames) if "/bootstrap.py" not in frame[0])
        stack = traceback.format_list(frames[next(first, 0) :])
        kind, message = type(exception).__name__, str(exception)
    return {
        "errorMessage": message,
        "errorType": kind,
        "requestId": request_id,
        "stackTrace": stack,
    }


def print_error(error):
    """As one line of the log, whose own lines end with a carriage return."""
    if is_json_log():
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", logging.Formatter.converter(time.time()))
        line = to_json(dict({"timestamp": now, "level": "ERROR"}, **error))
    else:
        line = "[ERROR] " + error["errorType"]
        if error["errorMessage"]:
            line += ": " + error["errorMessage"]
        lines = [line, "Traceback (most recent call last):"]
        for frame in error["stackTrace"]:
            for text in frame.splitlines() or [""]:
                bare = text.lstrip(" ")
                lines.append("\u00a0" * (len(text) - len(bare)) + bare)
        line = "\r".join(lines)
    sys.stdout.write(line + "\n")


UNHANDLED = (
    "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. "
    "However, in rare cases, a Lambda runtime update can cause unexpected function behavior. For "
    "functions using managed runtimes, runtime updates can be triggered by a function change, or "
    "can be applied automatically. To determine if the runtime has been updated, check the runtime "
    "version in the INIT_START log entry. If this error correlates with a change in the runtime "
    "version, you may be able to mitigate this error by temporarily rolling back to the previous "
    "runtime version. For more information, see "
    "https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html\r"
)


# --- the handler ---


def load_handler(name):
    """handler "a/b.c" is attribute c of module a.b."""
    try:
        module_name, attribute = name.rsplit(".", 1)
    except ValueError as error:
        raise Fault("Runtime.MalformedHandlerName", "Bad handler '%s': %s" % (name, error))
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault(
            "Runtime.BuiltInModuleConflict",
            "Cannot use built-in module %s as a handler module" % module_name,
        )
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise Fault(
            "Runtime.ImportModuleError", "Unable to import module '%s': %s" % (module_name, error)
        )
    except SyntaxError as error:
        where = '  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)
        raise Fault(
            "Runtime.UserCodeSyntaxError",
            "Syntax error in module '%s': %s" % (module_name, error),
            [where],
        )
    try:
        return getattr(module, attribute)
    except AttributeError:
        raise Fault(
            "Runtime.HandlerNotFound",
            "Handler '%s' missing on module '%s'" % (attribute, module_name),
        )


def invoke(handler, headers, body):
    """The answer: bytes, or text. Raises what the handler raises, or Fault."""
    context = LambdaContext(headers)
    event = body
    if headers.get("Content-Type", "application/json") == "application/json":
        try:
            event = json.loads(body)
        except Exception as error:
            raise Fault("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % error)
    result = handler(event, context)
    if isinstance(result, bytes):
        return result
    try:
        return to_json(result)
    except Exception as error:
        raise Fault("Runtime.MarshalError", "Unable to marshal response: %s" % error)


# --- the SDK ---


def is_first_to_say(text):
    """The folder of this file is made anew with each start of gatehouse."""
    import zlib

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


# --- the process ---


def start(server):
    """The handler; if it cannot be had, says why and ends."""
    error = None
    try:
        sys.stdout.reconfigure(encoding="utf-8", errors="strict")
        sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")
        sys.stdout, sys.stderr = Unbuffered(sys.stdout), Unbuffered(sys.stderr)
        root = os.environ["LAMBDA_TASK_ROOT"]
        sys.path[:] = [path for path in sys.path if path != os.path.dirname(HERE)]
        sys.path.insert(0, root)
        set_up_logging()
        quiet_sdk()
        if any(name.startswith("AWS_ENDPOINT_URL") for name in os.environ):
            import importlib.util

            sys.meta_path.insert(0, EndpointVariables)
        return load_handler(os.environ["_HANDLER"])
    except Exception as exception:
        error = error_of(exception)
    logging.warning(UNHANDLED)
    print_error(error)
    server.fail("/init/error", error)
    sys.exit(1)


def note(headers):
    """What of an invocation is known to all of the process."""
    Invocation.request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    Invocation.tenant_id = headers.get("Lambda-Runtime-Aws-Tenant-Id")
    trace_id = headers.get("Lambda-Runtime-Trace-Id")
    if trace_id is not None:
        os.environ["_X_AMZN_TRACE_ID"] = trace_id
    else:
        os.environ.pop("_X_AMZN_TRACE_ID", None)


def main():
    server = Server(int(os.environ.pop("_GATEHOUSE_RUNTIME")))
    handler = start(server)
    while True:
        response, body = server.next()
        if response.status != 200:
            os._exit(1)
        note(response.headers)
        request_id = Invocation.request_id
        answer, error = b"", None
        try:
            answer = invoke(handler, response.headers, body)
        except Exception as exception:
            error = error_of(exception, request_id)
        if error:
            print_error(error)
            server.fail("/invocation/%s/error" % request_id, error)
        else:
            # A surrogate that stands alone cannot be sent: it ends the process, as on AWS.
            answer = answer if isinstance(answer, bytes) else answer.encode("utf-8")
            server.respond(request_id, answer)


if __name__ == "__main__":
    main()
