"""Small handlers in JavaScript for test_runtimes.py: what people return, throw and print."""

from runtime_clients import REQUEST, Case

# name: an expression that the handler returns.
VALUES = {
    "undefined": "undefined", "null": "null", "true": "true", "int": "42", "float": "1.50",
    "big float": "1e22", "small float": "1e-7", "nan": "NaN", "infinity": "-Infinity",
    "minus zero": "-0", "text": '"hello"', "empty text": '""', "accents": '"café 🎉"',
    "escapes": r'"\"\\\b\f\n\r\t/\u0000\u007f"', "surrogate": r'"\ud800x"',
    "line separators": r'"a\u2028b"', "list": "[1, undefined, NaN, () => 1]",
    "object": '({ b: 1, a: undefined, c: null, 1: "x" })', "nested": "({ a: [{ b: [] }] })",
    "bigint": "1n", "bigint inside": "({ a: [1n] })", "symbol": "Symbol('s')",
    "function": "() => 1", "class": "class A {}", "date": "new Date(0)",
    "invalid date": "new Date(NaN)", "map": "new Map([[1, 2]])", "set": "new Set([1])",
    "regexp": "/x/g", "error": "new Error('as a value')", "buffer": "Buffer.from('ab')",
    "typed array": "new Uint8Array([1, 2])", "boxed": "[new Number(1), new String('s')]",
    "to json": "({ toJSON() { return { mine: 1 }; } })",
    "to json undefined": "({ toJSON() { return undefined; } })",
    "to json throws": "({ toJSON() { throw new TypeError('no'); } })",
    "getter throws": "({ get a() { throw new Error('get'); } })",
    "null prototype": "Object.assign(Object.create(null), { a: 1 })",
    "proxy answer": '({ statusCode: 200, body: JSON.stringify({ a: "é" }) })',
    "thenable inside": "({ a: { then: 1 } })", "not thenable": "({ then: 1 })",
    "sparse": "[, 1]", "symbol key": "({ [Symbol('k')]: 1, a: 2 })",
    "big list": "Array.from({ length: 3000 }, (_, i) => i)",
}

# name: an expression that is thrown.
ERRORS = {
    "error": "new Error('no luck')",
    "error no message": "new Error()",
    "type error": "new TypeError('t')",
    "error accents": "new Error('café 🎉')", "error lines": r"new Error('one\ntwo\n  three')",
    "error del": r"new Error('a\x7fb\x00')", "error surrogate": r"new Error('\ud800')",
    "error long": "new Error('x'.repeat(3000))",
    "error named": "Object.assign(new Error('m'), { name: 'Mine' })",
    "error code": "Object.assign(new Error('m'), { code: 'E_CODE', status: 4, nested: { a: 1 } })",
    "error cause": "new Error('m', { cause: new Error('inner') })",
    "error aggregate": "new AggregateError([new Error('a')], 'many')",
    "error class": "new (class Odd extends Error {})('o')",
    "error class named":
        "new (class Odd extends Error { constructor(m) { super(m); this.name = 'Odd'; } })('o')",
    "error name number": "Object.assign(new Error('m'), { name: 7 })",
    "error name empty": "Object.assign(new Error('m'), { name: '' })",
    "error message number": "Object.assign(new Error('m'), { message: 7 })",
    "error stack undefined": "Object.assign(new Error('m'), { stack: undefined })",
    "error stack number": "Object.assign(new Error('m'), { stack: 7 })",
    "error stack text": "Object.assign(new Error('m'), { stack: 'mine\\n  lines' })",
    "error getter":
        "Object.defineProperty(new Error('m'), 'message', { get() { throw new Error('g'); } })",
    "error name getter":
        "Object.defineProperty(new Error('m'), 'name', { get() { throw new Error('g'); } })",
    "error circular": "(() => { const e = new Error('m'); e.self = e; return e; })()",
    "error bigint": "Object.assign(new Error('m'), { big: 1n })",
    "error to json": "Object.assign(new Error('m'), { toJSON() { return 'json'; } })",
    "like an error": "({ name: 'N', message: 'M', stack: 'S\\n  at x' })",
    "like an error odd": "({ name: 'N', message: 'M' })",
    "like an error number": "({ name: 1, message: 2, stack: 3 })",
    "text": "'just text'", "empty text": "''", "number": "7", "nan": "NaN", "zero": "0",
    "false": "false", "null": "null", "undefined": "undefined", "object": "({ a: 1 })",
    "list": "[1, 2]", "symbol": "Symbol('s')", "bigint": "5n", "function": "() => 1",
    "null prototype": "Object.create(null)", "date": "new Date(0)",
    "to string throws": "({ toString() { throw new Error('t'); } })",
    "foreign error": "require('vm').runInNewContext(\"new Error('foreign')\")",
    "range error": "(() => { try { new Array(-1); } catch (e) { return e; } })()",
    "json error": "(() => { try { JSON.parse('{'); } catch (e) { return e; } })()",
    "system error":
        "(() => { try { require('fs').readFileSync('/no/such'); } catch (e) { return e; } })()",
    "assert error": "(() => { try { require('assert').equal(1, 2); } catch (e) { return e; } })()",
}

# name: the value of exports.handler.
CALLBACKS = {
    "callback": "(e, c, cb) => cb(null, 'cb')",
    "callback undefined": "(e, c, cb) => cb()",
    "callback error": "(e, c, cb) => cb(new Error('from cb'))",
    "callback error text": "(e, c, cb) => cb('text')",
    "callback error false": "(e, c, cb) => cb(false, 1)",
    "callback error zero": "(e, c, cb) => cb(0, 1)",
    "callback twice": "(e, c, cb) => { cb(null, 1); cb(null, 2); }",
    "callback then error": "(e, c, cb) => { cb(null, 1); cb(new Error('late')); }",
    "callback error then value": "(e, c, cb) => { cb(new Error('first')); cb(null, 1); }",
    "callback then throw": "(e, c, cb) => { cb(null, 'one'); throw new Error('after'); }",
    "callback then promise": "async (e, c, cb) => { cb(null, 'cb'); return 'promise'; }",
    "callback of async": "async (e, c, cb) => { cb(null, { statusCode: 200 }); }",
    "callback error of async": "async (e, c, cb) => { cb(new Error('of async')); }",
    "callback after await": "async (e, c, cb) => { await null; cb(null, 'late'); }",
    "callback after pause":
        "async (e, c, cb) => { await new Promise((r) => setTimeout(r, 5)); cb(null, 'late'); }",
    "callback after return":
        "async (e, c, cb) => { setTimeout(() => cb(null, 'late'), 5); return 'promise'; }",
    "callback then rejection": "async (e, c, cb) => { cb(null, 'cb'); throw new Error('after'); }",
    "callback later": "(e, c, cb) => { setTimeout(() => cb(null, 'later'), 5); }",
    "callback later error": "(e, c, cb) => { setTimeout(() => cb(new Error('later')), 5); }",
    "callback waits": "(e, c, cb) => { setTimeout(() => console.log('timer'), 20); cb(null, 1); }",
    "callback does not wait": "(e, c, cb) => { c.callbackWaitsForEmptyEventLoop = false; "
                              "setTimeout(() => {}, 2000); cb(null, 1); }",
    "callback waits then error":
        "(e, c, cb) => { setTimeout(() => cb(new Error('x')), 5); cb(null, 1); }",
    "callback waits then throws":
        "(e, c, cb) => { cb(null, 1); setTimeout(() => { throw new Error('t'); }, 5); }",
    "callback bigint": "(e, c, cb) => cb(null, 1n)",
    "callback circular now":
        "(e, c, cb) => { c.callbackWaitsForEmptyEventLoop = false; const a = {}; a.a = a; "
        "cb(null, a); }",
    "callback function": "(e, c, cb) => cb(null, () => 1)",
    "callback of a promise": "(e, c, cb) => { Promise.resolve().then(() => cb(null, 'in then')); }",
    "callback never": "(e, c, cb) => {}",
    "callback never with timer": "(e, c, cb) => { setTimeout(() => {}, 5); }",
    "callback returns": "(e, c, cb) => [cb(null, 1), cb.length, cb.name]",
    "plain return": "(e) => 'ignored'",
    "plain nothing": "() => {}",
    "promise": "(e) => Promise.resolve('p')",
    "promise rejected": "(e) => Promise.reject(new Error('r'))",
    "thenable": "(e) => ({ then(ok) { ok('thenable'); } })",
    "thenable catch":
        "(e) => ({ then(ok, bad) { bad(new Error('thenable')); return Promise.resolve(); } })",
    "never settled plain": "() => new Promise(() => {})",
    "succeed": "(e, c) => c.succeed('s')",
    "succeed error": "(e, c) => c.succeed(new Error('as value'))",
    "fail": "(e, c) => c.fail(new Error('f'))",
    "fail nothing": "(e, c) => c.fail()",
    "fail null": "(e, c) => c.fail(null)",
    "fail text": "(e, c) => c.fail('t')",
    "done": "(e, c) => c.done(null, 'd')",
    "done error": "(e, c) => c.done(new Error('d'))",
    "done then callback": "(e, c, cb) => { c.done(null, 1); cb(null, 2); }",
    "succeed then fail": "(e, c) => { c.succeed(1); c.fail(new Error('x')); }",
    "succeed of async": "async (e, c) => { c.succeed('s'); return 'r'; }",
    "succeed then throw": "(e, c) => { c.succeed('s'); throw new Error('x'); }",
    "done bigint": "(e, c) => { c.done(null, 1n); }",
}

# name: statements of an async handler.
BODIES = {
    "echo": "return event;",
    "throw deep": "const f = (n) => (n ? f(n - 1) : null.x); return f(12);",
    "throw after await": "await null; throw new Error('after');",
    "throw in function": "function inner() { throw new Error('in'); } await inner();",
    "reference": "return nothing;",
    "not a function": "return event.f();",
    "require missing": "return require('no-such-module');",
    "import missing": "return import('no-such-module');",
    "recursion": "const f = () => f(); return f().x;",
    "eval syntax": "return eval('1 +');",
    "circular": "const a = {}; a.a = a; return a;",
    "rejection nobody handles":
        "Promise.reject(new Error('forgotten')); await new Promise((r) => setTimeout(r, 50));",
    "rejection of text": "Promise.reject('text'); await new Promise((r) => setTimeout(r, 50));",
    "rejection of null": "Promise.reject(null); await new Promise((r) => setTimeout(r, 50));",
    "rejection of undefined": "Promise.reject(); await new Promise((r) => setTimeout(r, 50));",
    "rejection handled late":
        "const p = Promise.reject(new Error('late')); await new Promise((r) => setTimeout(r, "
        "5)); p.catch(() => {});",
    "uncaught":
        "setTimeout(() => { throw new TypeError('unc'); }, 1); await new Promise((r) => "
        "setTimeout(r, 50));",
    "uncaught text":
        "setTimeout(() => { throw 'text'; }, 1); await new Promise((r) => setTimeout(r, 50));",
    "uncaught emitter":
        "process.nextTick(() => new (require('events'))().emit('error', new Error('em'))); "
        "await new Promise((r) => setTimeout(r, 50));",
    "exit": "process.exit();", "exit 0": "process.exit(0);", "exit 3": "process.exit(3);",
    "exit code": "process.exitCode = 4; return 1;",
    "kill": "process.kill(process.pid, 'SIGKILL'); await new Promise((r) => setTimeout(r, 1000));",
    "abort": "process.abort();",
    "log": "console.log('hello');",
    "log nothing": "console.log();",
    "log empty": "console.log('');",
    "log format": "console.log('a %s b %d %j %o', 'x', 1.5, { a: 1 }, [1]);",
    "log values":
        "console.log(1, null, undefined, { a: [1, { b: {} }] }, [1, 'x'], new Map([[1, 2]]), "
        "Symbol('s'), 5n);",
    "log deep": "console.log({ a: { b: { c: { d: 1 } } } });",
    "log long object":
        "console.log(Object.fromEntries(Array.from({ length: 30 }, (_, i) => ['key' + i, "
        "'value' + i])));",
    "log error":
        "const e = new RangeError('m'); e.stack = 'RangeError: m\\n    at here'; "
        "console.log(e); console.error('title', e);",
    "log lines": "console.log('one\\ntwo\\n\\nthree\\rfour\\t5');",
    "log accents": "console.log('café 🎉');", "log surrogate": "console.log('\\ud800');",
    "log huge": "console.log('x'.repeat(70000));",
    "log many": "for (let i = 0; i < 300; i++) console.log(i);",
    "log levels":
        "for (const n of ['trace', 'debug', 'info', 'log', 'warn', 'error', 'fatal']) "
        "console[n](n, 1);",
    "log names": "return Object.keys(console).filter((n) => n.length < 6).sort();",
    "log same": "return [console.log === console.info, console.log.length, console.error.length];",
    "log table": "console.table([{ a: 1 }]);", "log dir": "console.dir({ a: 1 });",
    "log group": "console.group('g'); console.log('in'); console.groupEnd();",
    "log assert": "console.assert(false, 'as');", "log count": "console.count();",
    "log later":
        "setTimeout(() => console.log('later'), 1); await new Promise((r) => setTimeout(r, "
        "20));",
    "write": "process.stdout.write('no newline');",
    "write lines": "process.stdout.write('a\\nb\\n');",
    "write stderr": "process.stderr.write('to stderr\\n');",
    "context":
        "return Object.fromEntries(Object.entries(context).filter(([k, v]) => typeof v !== "
        "'function'));",
    "context names": "return Object.keys(context);",
    "context all": "return Object.entries(context).map(([k, v]) => [k, typeof v]);",
    "context json": "return JSON.stringify(context);",
    "context printed": "console.log(context);",
    "context wait":
        "const d = Object.getOwnPropertyDescriptor(context, 'callbackWaitsForEmptyEventLoop'); "
        "return d && [typeof d.get, d.value === undefined, d.enumerable];",
    "context remaining":
        "const left = context.getRemainingTimeInMillis(); return [typeof left, left > 1000];",
    "context own": "context.mine = 1; return context.mine;",
    "context prototype": "return Object.getPrototypeOf(context) === Object.prototype;",
    "arguments": "return [arguments.length];",
    "trace id": "return process.env._X_AMZN_TRACE_ID;",
    "environment":
        "return Object.keys(process.env).filter((k) => k.startsWith('_') && k !== '_').sort();",
    "cwd": "return process.cwd() === process.env.LAMBDA_TASK_ROOT;",
    "awslambda":
        "return [typeof awslambda, typeof awslambda.streamifyResponse, typeof "
        "awslambda.HttpResponseStream.from];",
    "listeners":
        "return ['uncaughtException', 'unhandledRejection', 'beforeExit', 'SIGTERM'].map((n) "
        "=> process.listenerCount(n));",
    "timers go on":
        "globalThis.n = (globalThis.n || 0); setInterval(() => globalThis.n++, 1).unref(); "
        "return 'set';",
    "child": "require('child_process').execSync('echo from a child', { stdio: 'inherit' });",
    "warning": "process.emitWarning('careful'); await new Promise((r) => setTimeout(r, 10));",
}

# name: (handler, {file: text})
FILES = {
    "module file": ("index.handler", {"index.mjs": "export const handler = async () => 'mjs';\n"}),
    "module default": ("index.handler", {
        "index.mjs": "export default { handler: async () => 'default' };\n",
    }),
    "module default function": ("index.default", {
        "index.mjs": "export default async () => 'default';\n",
    }),
    "module package": ("index.handler", {
        "package.json": '{"type":"module"}',
        "index.js": "export const handler = async () => 'esm';\n",
    }),
    "module package above": ("lib/index.handler", {
        "package.json": '{"type":"module"}',
        "lib/index.js": "export const handler = async () => 'esm';\n",
    }),
    "common package inside": ("lib/index.handler", {
        "package.json": '{"type":"module"}', "lib/package.json": "{}",
        "lib/index.js": "exports.handler = async () => 'cjs';\n"}),
    "cjs file": ("index.handler", {"index.cjs": "exports.handler = async () => 'cjs';\n"}),
    "js before mjs": ("index.handler", {
        "index.js": "exports.handler = async () => 'js';\n",
        "index.mjs": "export const handler = async () => 'mjs';\n",
    }),
    "mjs before cjs": ("index.handler", {
        "index.cjs": "exports.handler = async () => 'cjs';\n",
        "index.mjs": "export const handler = async () => 'mjs';\n",
    }),
    "no extension": ("index.handler", {"index": "exports.handler = async () => 'bare';\n"}),
    "folder": ("lib.handler", {"lib/index.js": "exports.handler = async () => 'folder';\n"}),
    "folder below": ("src/app.handler", {
        "src/app/index.js": "exports.handler = async () => 'folder';\n",
    }),
    "folder with main": ("lib.handler", {"lib/package.json": '{"main":"m.js"}',
                                         "lib/m.js": "exports.handler = async () => 'main';\n"}),
    "folder without index": ("lib.handler", {"lib/other.js": ""}),
    "file before folder": ("lib.handler", {
        "lib.js": "exports.handler = async () => 'file';\n",
        "lib/index.js": "exports.handler = async () => 'folder';\n",
    }),
    "node module": ("tool.handler", {
        "node_modules/tool/index.js": "exports.handler = async () => 'tool';\n",
    }),
    "nested": ("index.a.b.handler", {
        "index.js": "exports.a = { b: { handler: async () => 'nested' } };\n",
    }),
    "nested of class": ("index.App.run", {
        "index.js": "exports.App = class { static async run() { return 'static'; } };\n",
    }),
    "exports default": ("index.handler", {
        "index.js": "exports.default = { handler: async () => 1 };\n",
    }),
    "exports default function": ("index.default", {
        "index.js": "exports.default = async () => 'd';\n",
    }),
    "module exports": ("index.handler", {
        "index.js": "module.exports = { handler: async () => 'me' };\n",
    }),
    "module exports computed": ("index.handler", {
        "index.js":
            "const name = 'handler';\nmodule.exports = { [name]: async () => 'computed' };\n",
    }),
    "module exports function": ("index.handler", {
        "index.js":
            "module.exports = async () => 1;\nmodule.exports.handler = async () => 'on "
            "function';\n",
    }),
    "module exports null": ("index.handler", {"index.js": "module.exports = null;\n"}),
    "module exports text": ("index.length", {"index.js": "module.exports = 'text';\n"}),
    "missing": ("index.absent", {"index.js": "exports.handler = async () => 1;\n"}),
    "missing nested": ("index.a.b", {"index.js": "exports.handler = async () => 1;\n"}),
    "no function": ("index.handler", {"index.js": "exports.handler = 7;\n"}),
    "no function falsy": ("index.handler", {"index.js": "exports.handler = 0;\n"}),
    "no file": ("absent.handler", {}),
    "no file below": ("lib/absent.handler", {}),
    "no dot": ("index", {"index.js": ""}),
    "dot at end": ("index.", {"index.js": "exports.handler = async () => 1;\n"}),
    "dot at start": (".handler", {"index.js": "exports.handler = async () => 1;\n"}),
    "dot slash": ("./index.handler", {"index.js": "exports.handler = async () => 'ds';\n"}),
    "up": ("../index.handler", {}),
    "two dots": ("index..handler", {"index.js": ""}),
    "absolute": ("/no/such/index.handler", {}),
    "extension": ("index.js.handler", {"index.js": "exports.handler = async () => 1;\n"}),
    "syntax": ("index.handler", {"index.js": "exports.handler = (\n"}),
    "syntax inside": ("index.handler", {
        "index.js": "require('./other');\n",
        "other.js": "let let = 1;\n",
    }),
    "syntax module": ("index.handler", {"index.mjs": "export const handler = (\n"}),
    "syntax module inside": ("index.handler", {
        "index.mjs": "import './other.mjs';\n",
        "other.mjs": "let let = 1;\n",
    }),
    "module in common": ("index.handler", {"index.js": "export const handler = async () => 1;\n"}),
    "import in common": ("index.handler", {
        "index.js": "import fs from 'fs';\nexports.handler = async () => 1;\n",
    }),
    "common in module": ("index.handler", {"index.mjs": "exports.handler = async () => 1;\n"}),
    "require in module": ("index.handler", {"index.mjs": "const fs = require('fs');\n"}),
    "json syntax": ("index.handler", {"index.js": "JSON.parse('{');\n"}),
    "require missing at load": ("index.handler", {"index.js": "require('no-such-module');\n"}),
    "require missing file": ("index.handler", {"index.js": "require('./absent');\n"}),
    "require missing inside": ("index.handler", {
        "index.js": "require('./other');\n",
        "other.js": "require('gone');\n",
    }),
    "import missing package": ("index.handler", {"index.mjs": "import 'no-such-package';\n"}),
    "import missing scoped": ("index.handler", {"index.mjs": "import '@scope/none';\n"}),
    "import missing file": ("index.handler", {"index.mjs": "import './absent.mjs';\n"}),
    "import missing name": ("index.handler", {"index.mjs": "import { nothing } from 'fs';\n"}),
    "import folder": ("index.handler", {"index.mjs": "import './lib';\n", "lib/index.js": ""}),
    "throws at load": ("index.handler", {"index.js": "throw new Error('at load');\n"}),
    "throws at load named": ("index.handler", {
        "index.js": "class Mine extends Error {}\nthrow new Mine('at load');\n",
    }),
    "throws text at load": ("index.handler", {"index.js": "throw 'text';\n"}),
    "throws null at load": ("index.handler", {"index.js": "throw null;\n"}),
    "throws at load module": ("index.handler", {"index.mjs": "throw new Error('at load');\n"}),
    "throws inside": ("index.handler", {
        "index.js": "require('./other');\n",
        "other.js": "function f() {\n  throw new Error('deep');\n}\nf();\n",
    }),
    "uncaught at load": ("index.handler", {
        "index.mjs":
            "setTimeout(() => { throw new Error('t'); }, 1);\nawait new Promise((r) => "
            "setTimeout(r, 200));\nexport const handler = async () => 1;\n",
    }),
    "exits at load": ("index.handler", {"index.js": "process.exit(6);\n"}),
    "exits 0 at load": ("index.handler", {"index.js": "process.exit(0);\n"}),
    "top-level await": ("index.handler", {
        "index.mjs":
            "const x = await Promise.resolve('tla');\nexport const handler = async () => x;\n",
    }),
    "top-level await for ever": ("index.handler", {
        "index.mjs": "await new Promise(() => {});\nexport const handler = async () => 1;\n",
    }),
    "logs at load": ("index.handler", {
        "index.js": "console.log('loading');\nexports.handler = async () => 1;\n",
    }),
    "filename": ("index.handler", {
        "index.js":
            "exports.handler = async () => [__filename.slice(-9), require.main === module, "
            "typeof module.parent];\n",
    }),
    "meta": ("index.handler", {
        "index.mjs": "export const handler = async () => import.meta.url.slice(-9);\n",
    }),
    "no parameters kept": ("index.handler", {
        "index.js": "exports.handler = (...all) => Promise.resolve(all.length);\n",
    }),
    "default parameter": ("index.handler", {
        "index.js": "exports.handler = (e, c, cb = null) => Promise.resolve(typeof cb);\n",
    }),
    "this": ("index.handler", {
        "index.js":
            "exports.x = 5;\nexports.handler = async function () { return this && this.x; };\n",
    }),
    "generator": ("index.handler", {"index.js": "exports.handler = function* () { yield 1; };\n"}),
    "class": ("index.handler", {"index.js": "exports.handler = class {};\n"}),
    "bound": ("index.handler", {
        "index.js":
            "exports.handler = (async function () { return this.v; }).bind({ v: 'bound' });\n",
    }),
    "proxy": ("index.handler", {
        "index.js": "exports.handler = new Proxy(async () => 'proxied', {});\n",
    }),
    "getter": ("index.handler", {
        "index.js":
            "Object.defineProperty(exports, 'handler', { enumerable: true, get: () => async () "
            "=> 'got' });\n",
    }),
}

NEVER_SETTLED = "async () => { await new Promise(() => {}); }"

STREAMS = {
    "stream": "s.write('a'); s.write('b'); s.end();",
    "stream object": "s.write({ a: 1 }); s.end();",
    "stream end with": "s.write('x'); s.end('y');",
    "stream buffer": "s.write(Buffer.from('buf')); s.end();",
    "stream type": "s.setContentType('text/plain'); s.write('t'); s.end();",
    "stream pipeline":
        "await require('stream/promises').pipeline(require('stream').Readable.from(['p', "
        "'q']), s);",
    "stream http":
        "s = awslambda.HttpResponseStream.from(s, { statusCode: 201 }); s.write('body'); "
        "s.end();",
    "stream returns": "s.write('r'); s.end(); return 'ignored';",
    "stream context": "s.write(JSON.stringify([c.awsRequestId, c.functionName])); s.end();",
}

CLIENT_CONTEXT = ("Lambda-Runtime-Client-Context", '{"client":{"app_title":"t"},"Custom":{"a":1}}')
IDENTITY = ("Lambda-Runtime-Cognito-Identity", '{"cognitoIdentityId":"id"}')


# docs/aws/lambda.md §5 follows a commit of the client that npm's newest 3.x does not have yet:
# there, an async handler that is never settled answers null.
NEVER = ("The Lambda runtime client detected an unexpected Node.js exit code. This is most "
         "commonly caused by a Promise that was never settled. For more information, see "
         "https://nodejs.org/docs/latest/api/process.html#exit-codes")
NEVER_BODY = ('{"errorType":"Runtime.NodeJsExit","errorMessage":"%s",'
              '"%s":["Runtime.NodeJsExit: %s"]}')
NEVER_EXPECTED = {
    "answers": [("error", NEVER_BODY % (NEVER, "trace", NEVER))],
    "stdout": f"TIME\t{REQUEST % 1}\tERROR\tInvoke Error \t"
              + NEVER_BODY % (NEVER, "stack", NEVER) + "\n",
}


def whole(text):
    return f"exports.handler = {text};\n"


def body(text):
    return whole("async function (event, context) {\n  " + text + "\n}")


def common_cases():
    """Those that both generations of the client are asked for."""
    for name, expression in VALUES.items():
        yield Case("value: " + name, body(f"return {expression};"))
    for name, expression in ERRORS.items():
        yield Case("throw: " + name, body(f"throw {expression};"), events=("{}", "2"))
    for name, text in BODIES.items():
        yield Case(name, body(text), events=("{}", '{"second":[1.50,"é"]}'))
    for name, (handler, files) in FILES.items():
        files = dict(files)
        first = next(iter(files), "unused.txt")
        yield Case("file: " + name, files.pop(first, ""), handler=handler, file=first,
                   files=tuple(files.items()))
    yield Case("client context", body("return [context.clientContext, context.identity];"),
               headers=(CLIENT_CONTEXT, IDENTITY))
    yield Case("tenant", body("console.log('t'); return context.tenantId;"),
               headers=(("Lambda-Runtime-Aws-Tenant-Id", "tenant"),))
    yield Case("no trace", body("return [process.env._X_AMZN_TRACE_ID, context.xRayTraceId];"),
               headers=(("Lambda-Runtime-Trace-Id", ""),))
    events = ('"text"', "null", "1.0", "[]", '{"a":{"b":[1e5,12345678901234567890]}}', '"\\ud800"',
              '"\\u2028é"', "-0", '{"a":1,"a":2}', '{"__proto__":1}', "  7  ",
              "[" * 400 + "]" * 400)
    yield Case("events", body("return event;"), events=events)
    yield Case("state is kept", "let n = 0;\n" + body("return ++n;"), events=("1", "2", "3"))
    yield Case("error after answer", body("if (event === 2) throw new Error('2'); return event;"),
               events=("1", "2", "3"))
    for name, text in STREAMS.items():
        yield Case(name, whole("awslambda.streamifyResponse(async (e, s, c) => {" + text + "})"),
                   events=("{}", "{}"))
    yield from log_cases()


def log_cases():
    json_format = (("AWS_LAMBDA_LOG_FORMAT", "JSON"),)
    for name in ("log", "log nothing", "log format", "log values", "log error", "log lines",
                 "log levels", "log accents", "log deep", "throw after await",
                 "rejection nobody handles", "circular"):
        yield Case("json log: " + name, body(BODIES[name]), variables=json_format)
    for name in ("error", "error code", "error cause", "text", "null", "object", "error circular"):
        yield Case("json log: throw " + name, body(f"throw {ERRORS[name]};"), variables=json_format)
    yield Case("json log: objects", body(
        "const c = {}; c.c = c; console.log({ a: 1 }); console.log([1]); console.log(c);\n"
        "  console.log({ big: 1n }); console.log(null);\n"
        "  console.log(7, { a: 1 }); console.log(undefined);"),
        variables=json_format)
    yield Case("json log: at load", "throw new Error('x');\n", variables=json_format)
    for level in ("TRACE", "debug", "INFO", "WARN", "ERROR", "FATAL", "nonsense"):
        yield Case("log level " + level, body(BODIES["log levels"]),
                   variables=(("AWS_LAMBDA_LOG_LEVEL", level),))


def node_cases():
    yield from common_cases()
    for name, text in CALLBACKS.items():
        yield Case(name, whole(text), events=("{}", "2"))
    yield Case("never settled", whole(NEVER_SETTLED), expected=NEVER_EXPECTED)


def node_24_cases():
    yield from common_cases()
    for name in ("callback", "callback of async", "plain return", "plain nothing", "promise",
                 "promise rejected", "thenable", "thenable catch", "never settled plain"):
        yield Case(name, whole(CALLBACKS[name]), events=("{}", "2"))
    yield Case("never settled", whole(NEVER_SETTLED))
