"""Small handlers in Python for test_runtimes.py: a table of what people return, raise and print."""

from runtime_clients import Case

HEAD = """\
import collections, dataclasses, datetime, decimal, enum, json, logging, os, sys, time, types, uuid
D = decimal.Decimal
Point = collections.namedtuple("Point", "x y")
class Colour(enum.IntEnum):
    RED = 1
class Plain(enum.Enum):
    A = "a"
class Text(str, enum.Enum):
    HI = "hi"
class AsDict:
    def __init__(self, value): self.value = value
    def _asdict(self): return self.value
class DictWithAsDict(dict):
    def _asdict(self): return {"as": "dict"}
class ListWithAsDict(list):
    def _asdict(self): return {"as": "dict"}
class OddInt(int):
    def __str__(self): return "odd"
    __repr__ = __str__
class OddFloat(float):
    def __str__(self): return "odd"
    __repr__ = __str__
class OddStr(str):
    def __str__(self): return "odd"
class ForJson:
    def for_json(self): return "for json"
class Row(collections.OrderedDict): pass
"""

# name: an expression that the handler returns.
VALUES = {
    "none": "None", "true": "True", "int": "42", "negative": "-7", "big int": "10**40",
    "float": "1.5", "float whole": "2.0", "float tiny": "1e-7", "float big": "1e22",
    "float short": "0.1 + 0.2", "nan": 'float("nan")', "infinity": 'float("inf")',
    "minus infinity": '-float("inf")', "minus zero": "-0.0", "empty text": '""',
    "text": '"hello"', "escapes": r'"\"\\\b\f\n\r\t/"', "controls": r'"\x00\x01\x1f\x7f\x80"',
    "accents": '"café"', "cjk": '"日本語"', "emoji": '"🎉"',
    "line separators": r'"a\u2028b\u2029c"', "surrogate": r'"\ud800"',
    "surrogate inside": r'{"a": ["x\udfffy"]}', "surrogate pair": r'"\ud83c\udf89"',
    "html": '"</script>&"', "list": "[1, 2, 3]", "nested": '[[], {}, [{"a": []}]]',
    "tuple": "(1, 2)", "empty tuple": "()", "dict": '{"b": 1, "a": 2}', "empty dict": "{}",
    "int keys": '{1: "a", 2: "b"}', "float keys": '{1.5: "a"}', "bool keys": '{True: 1, False: 2}',
    "none key": "{None: 1}", "nan key": '{float("nan"): 1}', "infinity key": '{float("inf"): 1}',
    "same keys": '{1: "a", "1": "b"}', "tuple key": "{(1, 2): 3}", "bytes key": '{b"k": 1}',
    "bytes key accent": '{"é".encode(): 1}', "decimal key": '{D("1.0"): 1}',
    "enum key": "{Colour.RED: 1}",
    "plain enum key": "{Plain.A: 1}",
    "text enum key": "{Text.HI: 1}",
    "odd int key": "{OddInt(3): 1}",
    "surrogate key": '{"\\udc00": 1}',
    "object key": "{object(): 1}",
    "decimal": 'D("1.50")', "decimal int": 'D("12")', "decimal exponent": 'D("1E+3")',
    "decimal tiny": 'D("1E-10")', "decimal long": 'D("3.14159265358979323846264338327950288419")',
    "decimal minus zero": 'D("-0")', "decimal nan": 'D("NaN")', "decimal snan": 'D("sNaN")',
    "decimal minus nan": 'D("-NaN")', "decimal nan payload": 'D("NaN123")',
    "decimal infinity": 'D("Infinity")', "decimal minus infinity": 'D("-Infinity")',
    "decimals": '{"a": D("1"), "b": [D("2.50"), {"c": D("-3")}]}',
    "decimal and text": '{"a": D("1"), "b": "\\u00e9 \\"x\\""}',
    "bytes": 'b"raw"', "bytes json": "b'{\"a\": 1}'", "empty bytes": 'b""',
    "bytes not utf8": r'b"\xff\xfe"', "bytes inside": '{"a": "café".encode()}',
    "bytes inside not utf8": r'{"a": b"\xff"}', "bytes in list": '[b"x", b"y"]',
    "bytearray": 'bytearray(b"x")', "bytearray inside": '{"a": bytearray(b"x")}',
    "memoryview": 'memoryview(b"x")', "set": "{1}", "frozenset": "frozenset([1])",
    "set inside": '{"a": {1}}', "range": "range(3)", "generator": "(i for i in [1])",
    "iterator": "iter([1])", "dict keys": '{"a": 1}.keys()', "map": "map(str, [1])",
    "complex": "1j", "object": "object()", "class": "dict", "function": "len", "module": "os",
    "ellipsis": "...", "exception": 'ValueError("v")', "datetime": "datetime.datetime(2026, 1, 2)",
    "date": '{"d": datetime.date(2026, 1, 2)}', "uuid": "uuid.UUID(int=0)",
    "namedtuple": "Point(1, 2)", "namedtuple inside": '{"p": [Point(1, Point(2, D("3")))]}',
    "as dict": 'AsDict({"a": 1})', "as dict nested": 'AsDict({"a": AsDict({"b": b"c"})})',
    "as dict of no dict": "AsDict([1])", "dict with as dict": "DictWithAsDict(a=1)",
    "list with as dict": "ListWithAsDict([1])", "for json": "ForJson()",
    "ordered": 'collections.OrderedDict([("z", 1), ("a", 2)])', "row": "Row(a=1)",
    "default dict": 'collections.defaultdict(int, {"a": 1})',
    "counter": 'collections.Counter("aab")',
    "deque": "collections.deque([1])", "mapping proxy": 'types.MappingProxyType({"a": 1})',
    "namespace": "types.SimpleNamespace(a=1)",
    "dataclass": 'dataclasses.make_dataclass("C", ["a"])(1)',
    "int enum": "Colour.RED", "plain enum": "Plain.A", "text enum": "Text.HI",
    "odd int": "OddInt(3)", "odd float": "OddFloat(1.5)", "odd text": 'OddStr("plain")',
    "odd ones inside": '[OddInt(3), OddFloat(1.5), OddStr("plain"), True]',
    "proxy answer": '{"statusCode": 200, "body": json.dumps({"a": "é"})}',
    "status decimal": '{"statusCode": D(200)}',
}

# name: statements of the handler's body.
BODIES = {
    "echo": "return event",
    "raise": 'raise ValueError("no luck")',
    "raise no message": "raise ValueError",
    "raise empty": 'raise ValueError("")',
    "raise two": 'raise ValueError("a", 2)',
    "raise number": "raise ValueError(7)",
    "raise accents": 'raise ValueError("café 🎉")',
    "raise lines": r'raise ValueError("one\ntwo\n  three")',
    "raise tab": r'raise ValueError("a\tb\x00\x7f")',
    "raise surrogate": r'raise ValueError("\ud800")',
    "raise long": 'raise ValueError("x" * 5000)',
    "raise key": 'return {}["absent"]',
    "raise index": "return [][1]",
    "raise type": 'return 1 + "a"',
    "raise attribute": "return event.nothing",
    "raise name": "return nothing",
    "raise division": "return 1 / 0",
    "raise unicode": 'return b"\\xff".decode()',
    "raise os": 'open("/no/such/file")',
    "raise json": 'json.loads("{")',
    "raise import": "import no_such_module",
    "raise import from": "from os import no_such_name",
    "raise assertion": 'assert False, "why"',
    "raise stop": "raise StopIteration(3)",
    "raise memory": "raise MemoryError()",
    "raise not implemented": "raise NotImplementedError",
    "raise class": "class Odd(Exception):\n        pass\n    raise Odd('x')",
    "raise nested class": "raise type('A.B', (Exception,), {})('x')",
    "raise accent class": "raise type('Größe', (Exception,), {})('x')",
    "raise bad str": "class Bad(Exception):\n        def __str__(self): return 7\n    raise Bad()",
    "raise group": "raise ExceptionGroup('g', [ValueError('a'), KeyError('b')])",
    "raise from": "try:\n        1 / 0\n    except ZeroDivisionError as e:\n"
                  "        raise ValueError('outer') from e",
    "raise while":
        "try:\n        1 / 0\n    except ZeroDivisionError:\n        raise KeyError('k')",
    "raise with note": "e = ValueError('v')\n    e.add_note('a note')\n    raise e",
    "raise deep": "def f(n):\n        return f(n - 1) if n else 1 / 0\n    return f(5)",
    "raise recursion": "def f():\n        return f()\n    return f()",
    "raise base": "raise BaseException('base')",
    "raise keyboard": "raise KeyboardInterrupt",
    "raise generator exit": "raise GeneratorExit",
    "eval syntax": 'return eval("1 +")',
    "exec syntax": 'exec("def f(:")',
    "eval raise": 'return eval("1 / 0")',
    "compile in file": 'exec(compile("\\n\\nraise ValueError(1)", "some.py", "exec"))',
    "long expression": "return {'a': 1, 'b': 2,\n            'c': 1 / 0,\n            'd': 4}",
    "circular list": "a = []\n    a.append(a)\n    return a",
    "circular dict": "a = {}\n    a['a'] = a\n    return a",
    "deep list": "a = []\n    for _ in range(300):\n        a = [a]\n    return a",
    "too deep list":
        "a = []\n    for _ in range(100000):\n        a = [a]\n    return len(json.dumps('x'))",
    "as dict raises": "class A:\n        def _asdict(self): raise KeyError('k')\n    return A()",
    "exit": "sys.exit()",
    "exit 0": "sys.exit(0)",
    "exit 3": "sys.exit(3)",
    "exit text": "sys.exit('good bye')",
    "os exit": "os._exit(7)",
    "os exit 0": "os._exit(0)",
    "kill": "os.kill(os.getpid(), 9)",
    "abort": "os.abort()",
    "print": "print('hello')",
    "print two": "print('a', 'b', sep='-')\n    print()",
    "print without newline": "print('a', end='')\n    print('b', end='')",
    "print lines": "print('one\\ntwo\\n\\nthree')",
    "print carriage": "print('one\\rtwo')",
    "print accents": "print('café 🎉')",
    "print surrogate": r"print('\ud800')",
    "print surrogate after": r"print('before')" + "\n    " + r"print('x\udc80')",
    "print huge": "print('x' * 100000)",
    "print many": "for i in range(500):\n        print(i)",
    "print stderr": "print('to stderr', file=sys.stderr)",
    "write": "sys.stdout.write('no newline')",
    "write returns": "return sys.stdout.write('abc')",
    "write lines": "sys.stdout.writelines(['a', 'b\\n'])",
    "write buffer": "sys.stdout.buffer.write(b'bytes\\n')\n    sys.stdout.buffer.flush()",
    "write bytes": "sys.stdout.write(b'x')",
    "stdout attributes":
        "return [sys.stdout.encoding.lower(), sys.stdout.errors, sys.stdout.isatty()]",
    "print flush": "print('x', flush=True)",
    "log warning": "logging.warning('careful')",
    "log info": "logging.info('unseen')",
    "log error": "logging.error('bad %s', 'luck')",
    "log wrong arguments": "logging.error('a %d', 'x')",
    "log too many arguments": "logging.error('a', 1)",
    "log bad str": "class Bad:\n        def __str__(self): raise KeyError('k')\n"
                   "    logging.error('%s', Bad())",
    "log exception":
        "try:\n        1 / 0\n    except ZeroDivisionError:\n        logging.exception('oh')",
    "log lines": "logging.warning('one\\ntwo')",
    "log accents": "logging.warning('café')",
    "log surrogate": r"logging.warning('\ud800')",
    "log set level":
        "logging.getLogger().setLevel('DEBUG')\n    logging.debug('d')\n    logging.info('i')",
    "log child":
        "log = logging.getLogger('a.b')\n    log.setLevel(logging.INFO)\n    log.info('child')",
    "log basic config": "logging.basicConfig(level=logging.INFO)\n    logging.info('unseen')",
    "log force config": "logging.basicConfig(level=logging.INFO, force=True, stream=sys.stdout,\n"
                        "        format='%(levelname)s %(message)s')\n    logging.info('seen')",
    "log critical": "logging.critical('c')",
    "log level 25": "logging.addLevelName(25, 'NOTE')\n    logging.getLogger().setLevel(1)\n"
                    "    logging.log(25, 'n')\n    logging.log(7, 'seven')",
    "log extra": "logging.warning('x', extra={'a': 1})",
    "log stack info": "logging.warning('x', extra={'aws_request_id': 'mine'})",
    "log formatter":
        "logging.getLogger().handlers[0].setFormatter(logging.Formatter('%(message)s!\\n'))\n"
        "    logging.warning('formatted')",
    "log handlers": "return [len(logging.getLogger().handlers), logging.getLogger().level,\n"
                    "            type(logging.getLogger().handlers[0]).__name__]",
    "log time": "return logging.Formatter.converter is time.gmtime",
    "context": "return {k: getattr(context, k) for k in ('aws_request_id', 'function_name',\n"
               "        'function_version', 'invoked_function_arn', 'memory_limit_in_mb',\n"
               "        'log_group_name', 'log_stream_name', 'client_context', 'tenant_id')}",
    "context identity": "return [context.identity.cognito_identity_id,\n"
                        "            context.identity.cognito_identity_pool_id]",
    "context identity repr": "print(context.identity)\n    return repr(context)",
    "context identity slots": "context.identity.other = 1",
    "context names": "return sorted(n for n in dir(context) if not n.startswith('_'))",
    "context slots": "return list(type(context.identity).__slots__)",
    "context own": "context.mine = 1\n    return context.mine",
    "context remaining": "left = context.get_remaining_time_in_millis()\n"
                         "    return [type(left).__name__, left > 1000]",
    "context log": "context.log('logged')\n    context.log(7)\n    context.log('end\\n')",
    "context w3c": "return context.w3c()",
    "context type": "return [type(context).__name__, type(context.identity).__name__]",
    "trace id": "return os.environ.get('_X_AMZN_TRACE_ID')",
    "environment": "return {k: os.environ.get(k) for k in ('_HANDLER', 'AWS_EXECUTION_ENV', 'TZ')}",
    "runtime variable": "return sorted(k for k in os.environ if k.startswith('_GATE'))",
    "name": "return [__name__, os.path.basename(__file__)]",
    "cwd": "return os.getcwd() == os.environ['LAMBDA_TASK_ROOT']",
    "thread": "import threading\n    t = threading.Thread(target=lambda: print('from a thread'))\n"
              "    t.start()\n    t.join()",
    "thread raises":
        "import threading\n    t = threading.Thread(target=lambda: 1 / 0)\n    t.start()\n"
        "    t.join()\n    return 'goes on'",
    "warn": "import warnings\n    warnings.warn('old')",
    "subprocess": "import subprocess\n    subprocess.run(['echo', 'from a child'], check=True)",
    "async": "import asyncio\n    return asyncio.run(asyncio.sleep(0, 'slept'))",
}

# name: (the whole file's text, the handler)
WHOLE = {
    "async handler": ("async def handler(event, context):\n    return 1\n", "index.handler"),
    "generator handler": ("def handler(event, context):\n    yield 1\n", "index.handler"),
    "class handler": (
        "class handler:\n    def __init__(self, e, c):\n        pass\n",
        "index.handler"),
    "lambda handler": ("handler = lambda e, c: e\n", "index.handler"),
    "callable object": (
        "class H:\n    def __call__(self, e, c):\n        return 'called'\nhandler = H()\n",
        "index.handler"),
    "handler is no function": ("handler = 7\n", "index.handler"),
    "handler of one": ("def handler(event):\n    return 1\n", "index.handler"),
    "handler of three": ("def handler(a, b, c):\n    return 1\n", "index.handler"),
    "handler missing": ("def other(e, c):\n    return 1\n", "index.handler"),
    "handler None": ("handler = None\n", "index.handler"),
    "module missing": ("", "absent.handler"),
    "module dotted missing": ("", "a.b.handler"),
    "module with slash missing": ("", "a/b.handler"),
    "no dot": ("def handler(e, c): pass\n", "index"),
    "only dot": ("", "."),
    "empty attribute": ("def handler(e, c): pass\n", "index."),
    "empty module": ("def handler(e, c): pass\n", ".handler"),
    "dot slash": ("def handler(e, c): pass\n", "./index.handler"),
    "two dots": ("", "../index.handler"),
    "absolute": ("", "/index.handler"),
    "builtin": ("", "sys.exit"),
    "builtin dotted": ("", "time.sleep.x"),
    "library": ("", "json.dumps"),
    "syntax error": ("def handler(:\n", "index.handler"),
    "syntax error late": ("x = 1\n\ny = (1,\n", "index.handler"),
    "indentation": ("def handler(e, c):\nreturn 1\n", "index.handler"),
    "tab error": ("if True:\n        x = 1\n\ty = 2\n", "index.handler"),
    "null byte": ("x = 1\0\n", "index.handler"),
    "bad coding": ("# coding: nonsense\n", "index.handler"),
    "import error": ("import no_such_module\n", "index.handler"),
    "import error from": ("from os import no_such_name\n", "index.handler"),
    "import error raised": ("raise ImportError('mine')\n", "index.handler"),
    "import raises": ("x = 1 / 0\n", "index.handler"),
    "import raises deep": ("def f():\n    raise ValueError('deep')\nf()\n", "index.handler"),
    "import raises no message": ("raise ValueError\n", "index.handler"),
    "import raises surrogate": ("raise ValueError('\\ud800')\n", "index.handler"),
    "import exits": ("import sys\nsys.exit(4)\n", "index.handler"),
    "import exits text": ("import sys\nsys.exit('bye')\n", "index.handler"),
    "import os exit": ("import os\nos._exit(9)\n", "index.handler"),
    "import keyboard": ("raise KeyboardInterrupt\n", "index.handler"),
    "import prints": ("print('loading')\nimport logging\nlogging.warning('at import')\n"
                      "def handler(e, c):\n    return 1\n", "index.handler"),
    "import circular": ("import index\nindex.nothing\n", "index.handler"),
}


def body(text):
    return HEAD + "\n\ndef handler(event, context):\n    " + text + "\n"


def python_cases():
    for name, expression in VALUES.items():
        yield Case("value: " + name, body("return " + expression))
    for name, text in BODIES.items():
        yield Case(name, body(text), events=("{}", '{"second": [1.50, "é"]}'))
    for name, (text, handler) in WHOLE.items():
        yield Case(name, text, handler=handler)
    yield from special_cases()


ECHO = "def handler(event, context):\n    return event\n"
CLIENT_CONTEXT = ("Lambda-Runtime-Client-Context",
                  '{"client":{"installation_id":"i","app_title":"t"},"custom":{"a":1},'
            '"env":{"b":2},'
                  '"w3c":{"traceparent":"00-1","tracestate":7,"other":"x"}}')
IDENTITY = ("Lambda-Runtime-Cognito-Identity",
            '{"cognitoIdentityId":"id","cognitoIdentityPoolId":"pool"}')


def special_cases():
    yield Case("package", "", handler="app.main.handler",
               files=(("app/__init__.py", ""), ("app/main.py", ECHO)))
    yield Case("package with slash", "", handler="app/main.handler", files=(("app/main.py", ECHO),))
    yield Case("package itself", "", handler="app.handler", files=(("app/__init__.py", ECHO),))
    yield Case("import error inside", "import other\n",
               files=(("other.py", "import no_such_module\n"),))
    yield Case("import raises inside", "import other\n", files=(("other.py", "1 / 0\n"),))
    yield Case("syntax error inside", "import other\n", files=(("other.py", "def f(:\n"),))
    yield Case("syntax error in handler", "def handler(e, c):\n    import other\n",
               files=(("other.py", "def f(:\n"),))
    yield Case("shadows bootstrap", "from bootstrap import VALUE\n\n\ndef handler(e, c):\n"
               "    return VALUE\n", files=(("bootstrap.py", "VALUE = 5\n"),))
    yield Case("own bootstrap raises", "import bootstrap\n\n\ndef handler(e, c):\n"
               "    return bootstrap.f()\n",
               files=(("lib/bootstrap.py", ""),
                      ("bootstrap.py", "def f():\n    return 1 / 0\n")))
    yield Case("client context", body(
        "c = context.client_context\n    return [c.custom, c.env, c.client.app_title,\n"
        "        c.client.app_package_name, context.w3c(), repr(c), repr(c.client)]"),
        headers=(CLIENT_CONTEXT,))
    yield Case("client context slots", body("context.client_context.other = 1"),
               headers=(CLIENT_CONTEXT,))
    yield Case("client context without client", body(
        "c = context.client_context\n    return [c.custom, c.client]"),
        headers=(("Lambda-Runtime-Client-Context", '{"custom":{}}'),))
    yield Case("client context no json", ECHO, headers=(("Lambda-Runtime-Client-Context", "{"),))
    yield Case("identity", body("return [context.identity.cognito_identity_id, repr(context)]"),
               headers=(IDENTITY,))
    yield Case("tenant", body("logging.warning('t')\n    return context.tenant_id"),
               headers=(("Lambda-Runtime-Aws-Tenant-Id", "tenant"),))
    yield Case("no trace", body("return os.environ.get('_X_AMZN_TRACE_ID', 'none')"),
               headers=(("Lambda-Runtime-Trace-Id", ""),))
    events = ('"text"', "null", "1.0", "[]", '{"a": {"b": [1e5, 12345678901234567890]}}',
              '"\\ud800"', '"\\u2028é"', "-0", "-0.0", "1E400", '{"a":1,"a":2}', "  7  ",
              "[" * 400 + "]" * 400)
    yield Case("events", ECHO, events=events)
    yield Case("state is kept", "count = 0\n\n\ndef handler(e, c):\n    global count\n"
               "    count += 1\n    return count\n", events=("1", "2", "3"))
    yield Case("error after answer", "def handler(e, c):\n    if e == 2:\n"
               "        raise ValueError(e)\n    return e\n", events=("1", "2", "3"))
    yield from log_format_cases()


def log_format_cases():
    json_format = (("AWS_LAMBDA_LOG_FORMAT", "JSON"),)
    names = ["print", "print surrogate", "raise", "raise surrogate", "raise lines", "raise accents",
             "raise deep", "exit 3"] + [name for name in BODIES if name.startswith("log ")]
    for name in names:
        yield Case("json log: " + name, body(BODIES[name]), variables=json_format)
    yield Case("json log: dict", body("logging.warning({'a': 1, 'b': D('2')})\n"
                                      "    logging.warning({'c': object}, extra={'x': D('1')})"),
               variables=json_format)
    yield Case("json log: level", body("logging.info('i')\n    logging.debug('d')"),
               variables=(*json_format, ("AWS_LAMBDA_LOG_LEVEL", "INFO")))
    yield Case("json log: tenant", body("logging.warning('t')"), variables=json_format,
               headers=(("Lambda-Runtime-Aws-Tenant-Id", "tenant"),))
    yield Case("json log: import error", "import no_such_module\n", variables=json_format)
    yield Case("json log: context log", body("context.log('x')"), variables=json_format)
    for level in ("DEBUG", "TRACE", "warn", "error", "FATAL", "nonsense"):
        yield Case("log level " + level, body(
            "for n in ('debug', 'info', 'warning', 'error', 'critical'):\n"
            "        getattr(logging, n)(n)"), variables=(("AWS_LAMBDA_LOG_LEVEL", level),))


# Those whose text depends on the version that the template asks for.
VERSIONS = ("3.8", "3.9", "3.11", "3.13", "3.14")
VERSION_NAMES = ("value: accents", "value: surrogate", "value: decimal and text", "value: emoji",
                 "value: bytes inside", "raise accents", "raise surrogate", "log accents")
