// gatehouse's runtime for nodejs*: loads a function's handler and runs it event by event.
//
// It behaves as AWS's managed runtimes do (docs/aws/lambda.md §5), which are two: until nodejs22.x
// one with callbacks, from nodejs24.x on one of promises only. Which of them is the template's
// choice, whatever version of Node serves. tests/interop/test_runtimes.py runs the same functions
// through AWS's own clients and compares. It needs Node's own modules only.
'use strict';

const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const util = require('node:util');

const env = process.env;
const RUNTIME_MAJOR = Number((/nodejs(\d+)/.exec(env.AWS_EXECUTION_ENV || '') || [])[1] || 0);
const PROMISES_ONLY = RUNTIME_MAJOR >= 24;
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

const READ_BYTES = 65536; // from the Runtime API at a time
const HINT_BYTES_MAX = 2000;
const LAST_WORDS_MS_MAX = 2000; // for what is posted while the process ends
// Of looking for a syntax error in an ES module: files, and milliseconds for each.
const CHECKED_FILES_MAX = 20;
const CHECK_MS_MAX = 2000;
const STATIC_IMPORT = /^\s*(?:import|export)\b[^'"]*['"](\.[^'"]*)['"]/gm;

// --- the Runtime API ---

// HTTP on the descriptor that gatehouse gave us, and nobody else: Node closes it in the processes
// that it starts. Written by hand: node:http takes twice the time for each event, and tools of
// functions patch it. While nothing is asked, the socket keeps nothing alive.
class Server {
  constructor(descriptor) {
    this.descriptor = descriptor;
    // Not by 'data': a stream's ticks would show in the stacks of handlers, unlike AWS's.
    const callback = (size, buffer) => this.onData(Buffer.from(buffer.subarray(0, size)));
    const onread = { buffer: Buffer.allocUnsafe(READ_BYTES), callback };
    this.socket = new net.Socket({ fd: descriptor, onread });
    this.socket.unref();
    this.socket.on('error', () => process.exit(1)); // gatehouse has gone
    this.socket.on('end', () => process.exit(1));
    this.socket.resume();
    this.got = [];
    this.waiting = undefined; // who gets the answer that comes next
    this.last = Promise.resolve();
  }

  // One after the other: the answer to { status, headers, body }.
  ask(method, where, body = '', headers = '') {
    const size = Buffer.byteLength(body);
    const head =
      `${method} /2018-06-01/runtime${where} HTTP/1.1\r\nHost: gatehouse\r\n${headers}` +
      `Content-Length: ${size}\r\n\r\n`;
    const exchange = () =>
      new Promise((resolve) => {
        this.waiting = resolve;
        this.socket.ref();
        if (typeof body === 'string') return this.socket.write(head + body);
        this.socket.write(head);
        this.socket.write(body);
      });
    this.last = this.last.then(exchange);
    return this.last;
  }

  onData(bytes) {
    this.got.push(bytes);
    const all = this.got.length === 1 ? bytes : Buffer.concat(this.got);
    const end = all.indexOf('\r\n\r\n');
    if (end < 0) return;
    const lines = all.toString('latin1', 0, end).split('\r\n');
    const headers = {};
    for (let i = 1; i < lines.length; ++i) {
      const colon = lines[i].indexOf(':');
      headers[lines[i].slice(0, colon).toLowerCase()] = lines[i].slice(colon + 1).trim();
    }
    const size = Number(headers['content-length']);
    if (all.length < end + 4 + size) {
      this.got = [all];
      return;
    }
    this.got = [];
    const resolve = this.waiting;
    this.waiting = undefined;
    this.socket.unref();
    resolve({ status: Number(lines[0].split(' ')[1]), headers, body: all.subarray(end + 4) });
  }

  async next() {
    const answer = await this.ask('GET', '/invocation/next');
    if (answer.status !== 200) process.exit(1);
    return answer;
  }

  respond(id, body, type = 'application/json') {
    return this.ask('POST', `/invocation/${id}/response`, body, `Content-Type: ${type}\r\n`);
  }

  // hint: for gatehouse's own log, what AWS's texts do not say.
  fail(where, body, hint) {
    return this.ask('POST', where, JSON.stringify(body), this.failHeaders(body, hint));
  }

  failHeaders(body, hint) {
    const line = (text) => text.replace(/[^\x20-\x7e]/g, '?');
    let headers = 'Content-Type: application/json\r\n';
    headers += `Lambda-Runtime-Function-Error-Type: ${line(String(body.errorType))}\r\n`;
    const lines = hint?.map((text) => line(text.replace(/\t/g, ' '))).join('\t');
    if (lines) headers += `Gatehouse-Hint: ${lines.slice(0, HINT_BYTES_MAX)}\r\n`;
    return headers;
  }

  // The same without going on meanwhile: nothing of the function runs any more.
  failAndWait(where, body, hint) {
    const text = JSON.stringify(body);
    const head =
      `POST /2018-06-01/runtime${where} HTTP/1.1\r\nHost: gatehouse\r\n` +
      `${this.failHeaders(body, hint)}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n`;
    const bytes = Buffer.from(head + text);
    const deadline = Date.now() + LAST_WORDS_MS_MAX;
    const patiently = (call) => {
      while (Date.now() < deadline) {
        try {
          return call();
        } catch (error) {
          if (error.code !== 'EAGAIN') return 0;
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); // a millisecond
        }
      }
      return 0;
    };
    let at = 0;
    while (at < bytes.length) {
      const size = patiently(() => fs.writeSync(this.descriptor, bytes, at));
      if (size === 0) return;
      at += size;
    }
    patiently(() => fs.readSync(this.descriptor, bytes)); // it is heard
  }
}

const server = new Server(Number(env._GATEHOUSE_RUNTIME));
delete env._GATEHOUSE_RUNTIME;

let requestId = PROMISES_ONLY ? '-' : undefined;
let tenantId;
let started = false; // an event has come
let running = ''; // the id of the invocation that has no answer yet

// --- errors ---

// Frames of ours stand in no stack that is sent, for AWS's are others, nor does what calls us.
function withoutOwn(lines) {
  const isOwn = (line) => /^\s+at /.test(line) && line.includes(__filename);
  const isNodes = (line) => /^\s+at .*node:/.test(line);
  let end = lines.length;
  while (end > 0 && (isOwn(lines[end - 1]) || isNodes(lines[end - 1]))) --end;
  const first = lines.findIndex((line, i) => i >= end && isOwn(line));
  return (first < 0 ? lines : lines.slice(0, first)).filter((line) => !isOwn(line));
}

function looksLikeError(value) {
  const isText = (text) => text && typeof text === 'string';
  return value && isText(value.name) && isText(value.message) && isText(value.stack);
}

// What AWS posts of an error. What has getters that throw, or is odd otherwise, is "handled".
function errorBody(error) {
  const escape = (text) => text?.replace(/\x7f/g, '%7F');
  try {
    const isError = PROMISES_ONLY
      ? error instanceof Error
      : util.types.isNativeError(error) || looksLikeError(error);
    if (isError) {
      const text = escape(error.stack);
      const stack = PROMISES_ONLY ? text?.split('\n') || [] : text.split('\n');
      return {
        errorType: escape(error.name),
        errorMessage: escape(error.message),
        trace: withoutOwn(stack),
      };
    }
    const text = PROMISES_ONLY ? String(error) : error.toString();
    return { errorType: typeof error, errorMessage: text, trace: [] };
  } catch {
    const body = {
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or ' +
        'more of its message, name, and stack',
    };
    return PROMISES_ONLY ? { ...body, trace: [] } : body;
  }
}

// The platform's own errors. Their names came to the prototypes in the one runtime, and to each of
// them, too late for the head of its stack, in the other: both show.
const FAULTS = {
  ImportModuleError: 'ImportModuleError',
  HandlerNotFound: 'HandlerNotFoundError',
  MalformedHandlerName: 'MalformedHandlerNameError',
  UserCodeSyntaxError: 'UserCodeSyntaxError',
  MalformedStreamingHandler: 'MalformedStreamingHandler',
  InvalidStreamingOperation: 'InvalidStreamingOperation',
  NodeJsExit: 'NodeJsExit',
  UnhandledPromiseRejection: 'UnhandledPromiseRejection',
  JSONStringifyError: 'JSONStringifyError',
  CallbackHandlerDeprecated: 'CallbackHandlerDeprecatedError',
};
const faults = {};
for (const [name, className] of Object.entries(FAULTS)) {
  const full = `Runtime.${name}`;
  if (!PROMISES_ONLY) {
    faults[name] = { [name]: class extends Error {} }[name];
    faults[name].prototype.name = full;
    continue;
  }
  const made = class extends Error {
    constructor(message) {
      super(String(message));
      this.name = full;
    }
  };
  faults[name] = Object.defineProperty(made, 'name', { value: className });
}

function withProperties(value) {
  if (!(value instanceof Error)) return value;
  const { name, message, code } = value;
  const all = Object.assign({ errorType: name, errorMessage: message, code }, value);
  if (typeof value.stack === 'string') all.stack = withoutOwn(value.stack.split('\n'));
  return all;
}

function logError(title, error) {
  const asText = PROMISES_ONLY ? String : (value) => value;
  const shown = error instanceof Error ? error : new Error(asText(error));
  if (isJsonLog) return console.error(shown);
  let text;
  try {
    text = JSON.stringify(shown, (_, value) => withProperties(value));
  } catch {
    text = JSON.stringify(errorBody(shown));
  }
  console.error(title, '\t' + text);
}

// --- console ---

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const isJsonLog = env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON';

function jsonOfErrors(_, value) {
  if (!(value instanceof Error)) return value;
  const stack = value.stack;
  const shown = {
    errorType: value.constructor?.name ?? 'UnknownError',
    errorMessage: value.message,
    stackTrace: typeof stack === 'string' ? withoutOwn(stack.split('\n')) : stack,
  };
  return Object.assign(shown, value);
}

function jsonLine(level, time, message, values) {
  const line = { timestamp: time, level, requestId };
  if (tenantId && !PROMISES_ONLY) line.tenantId = tenantId;
  if (values.length === 0) {
    line.message = message;
    try {
      return JSON.stringify(line, jsonOfErrors);
    } catch {
      line.message = util.format(message);
      return JSON.stringify(line);
    }
  }
  line.message = util.format(message, ...values);
  const looked = PROMISES_ONLY ? values : [message, ...values];
  const error = looked.find((value) => value instanceof Error);
  if (error) {
    line.errorType = error.constructor?.name ?? 'UnknownError';
    line.errorMessage = error.message;
    line.stackTrace = typeof error.stack === 'string' ? withoutOwn(error.stack.split('\n')) : [];
  }
  return JSON.stringify(line);
}

function printLine(level, message, values) {
  const time = new Date().toISOString();
  const line = isJsonLog
    ? jsonLine(level, time, message, values)
    : `${time}\t${requestId}\t${level}\t${util.format(message, ...values)}`;
  process.stdout.write(line.replace(/\n/g, '\r') + '\n');
}

function patchConsole() {
  const least = Math.max(LEVELS.indexOf(env.AWS_LAMBDA_LOG_LEVEL?.toUpperCase()), 0);
  LEVELS.forEach((level, rank) => {
    const print = (message, ...values) => printLine(level, message, values);
    const nothing = PROMISES_ONLY ? () => {} : (message) => {};
    console[level.toLowerCase()] = rank >= least ? print : nothing;
  });
  console.log = console.info;
}

// The SDK warns of the version of Node in every process; a person wants to read it once. The folder
// of this file is made anew with each start of gatehouse.
function isFirstToSay(text) {
  let sum = 0;
  for (const c of text) sum = (sum * 31 + c.codePointAt(0)) & 0xfff; // 4,096 files at most
  try {
    fs.closeSync(fs.openSync(path.join(__dirname, `said-node-${sum}`), 'wx'));
  } catch (error) {
    return error.code !== 'EEXIST';
  }
  return true;
}

function quietSdk() {
  const emitWarning = process.emitWarning;
  process.emitWarning = (warning, ...rest) => {
    const text = String(warning?.message ?? warning);
    if (text.includes('AWS SDK for JavaScript') && !isFirstToSay(text)) return;
    emitWarning.call(process, warning, ...rest);
  };
}

// --- finding the handler ---

// Whether "x.js" in this folder is an ES module: the nearest package.json says so.
function isModuleFolder(folder) {
  for (let at = folder; path.basename(at) !== 'node_modules'; at = path.dirname(at)) {
    const file = path.join(at, 'package.json');
    if (fs.existsSync(file)) {
      try {
        const text = JSON.parse(fs.readFileSync(file));
        if (text) return text.type === 'module';
      } catch (error) {
        const words = 'cannot be read, it will be ignored for ES module detection purposes.';
        console.warn(`${file} ${words}`, error);
        return false;
      }
    }
    if (at === path.dirname(at)) return false;
  }
  return false;
}

// import does not look into NODE_PATH, where the SDK is.
function lookIntoNodePath() {
  const register = require('node:module').register;
  if (!register || !env.NODE_PATH) return;
  const anchor = JSON.stringify(path.join(__dirname, 'anchor.js'));
  const source = `
    import { createRequire } from 'node:module';
    import { pathToFileURL } from 'node:url';
    const require = createRequire(${anchor});
    export async function resolve(specifier, context, next) {
      try {
        return await next(specifier, context);
      } catch (error) {
        if (error.code !== 'ERR_MODULE_NOT_FOUND' || /^[./]|^[a-z]+:/.test(specifier)) throw error;
        try {
          return await next(pathToFileURL(require.resolve(specifier)).href, context);
        } catch {
          throw error;
        }
      }
    }`;
  register('data:text/javascript,' + encodeURIComponent(source));
}

function importFile(file) {
  if (!file.endsWith('.cjs')) lookIntoNodePath();
  return import(file);
}

async function loadWithCallbacks(base, root, folder, module) {
  const required = (file) => (fs.existsSync(file) ? require(file) : undefined);
  const imported = (file) => (fs.existsSync(file) ? importFile(file) : undefined);
  const isModule = fs.existsSync(base + '.js') && isModuleFolder(path.dirname(base));
  return (
    required(base) ||
    (isModule ? await imported(base + '.js') : required(base + '.js')) ||
    (await imported(base + '.mjs')) ||
    required(base + '.cjs') ||
    require(require.resolve(module, { paths: [root, folder] }))
  );
}

async function loadPromisesOnly(base, root, folder, module) {
  for (const end of ['', '.js', '.mjs', '.cjs']) {
    if (fs.existsSync(base + end)) {
      const isCommon = end === '' || (end === '.js' && !isModuleFolder(path.dirname(base)));
      return isCommon ? import(base + end) : importFile(base + end);
    }
  }
  return require(require.resolve(module, { paths: [root, path.join(root, folder)] }));
}

async function loadModule(root, folder, module) {
  const base = path.resolve(root, folder, module);
  try {
    return await (PROMISES_ONLY ? loadPromisesOnly : loadWithCallbacks)(base, root, folder, module);
  } catch (error) {
    if (error instanceof SyntaxError) {
      const fault = new faults.UserCodeSyntaxError(error);
      if (PROMISES_ONLY) fault.stack = error.stack;
      const files = ['', '.js', '.mjs'].map((end) => base + end);
      throw withHint(fault, syntaxErrorPlace(error, files));
    }
    if (PROMISES_ONLY ? error instanceof Error && isMissing(error) : isMissing(error)) {
      throw withHint(new faults.ImportModuleError(error), framesOfAuthor(error));
    }
    throw error;
  }
}

function isMissing(error) {
  return error.code === 'MODULE_NOT_FOUND';
}

// Where a file that cannot be read as JavaScript goes wrong: "file:line", the line, a caret. AWS
// does not say; gatehouse's log does. Node says so at the head of a SyntaxError's stack for
// CommonJS; for ES modules only to whom it ends.
const hints = new WeakMap(); // error → lines

function withHint(error, lines) {
  hints.set(error, lines);
  return error;
}

function framesOfAuthor(error) {
  const lines = String(error.stack).split('\n');
  const isAuthors = (line) => !line.includes('node:') && !line.includes(__filename);
  return lines.filter((line) => /^\s+at /.test(line) && isAuthors(line));
}

function syntaxErrorPlace(error, files) {
  const lines = String(error.stack).split('\n');
  const head = lines.slice(0, lines.findIndex((line) => line.startsWith(`${error.name}: `)));
  const frames = framesOfAuthor(error);
  if (/:\d+$/.test(head[0])) return [...head.filter((line) => line !== ''), ...frames];
  return frames.length > 0 ? frames : checkedPlace(files);
}

function checkedPlace(files) {
  const seen = new Set();
  while (files.length > 0 && seen.size < CHECKED_FILES_MAX) {
    const file = files.shift();
    if (seen.has(file) || !fs.statSync(file, { throwIfNoEntry: false })?.isFile()) continue;
    seen.add(file);
    const { spawnSync } = require('node:child_process');
    const options = { encoding: 'utf8', env: {}, timeout: CHECK_MS_MAX };
    const { stderr, status } = spawnSync(process.execPath, ['--check', file], options);
    const place = String(stderr).split('\n\n')[0].trimEnd().split('\n');
    if (status !== 0) return /:\d+$/.test(place[0]) ? place : [];
    for (const found of fs.readFileSync(file, 'utf8').matchAll(STATIC_IMPORT)) {
      files.push(path.resolve(path.dirname(file), found[1]));
    }
  }
  return [];
}

function findHandler(loaded, names) {
  if (!PROMISES_ONLY) return names.reduce((at, name) => at && at[name], loaded);
  const find = (from) =>
    names.reduce((at, name) => (at && typeof at === 'object' ? at[name] : undefined), from);
  const isObject = typeof loaded === 'object' && loaded !== null;
  return find(loaded) || (isObject && 'default' in loaded ? find(loaded.default) : undefined);
}

async function loadHandler(root, name) {
  if (name.includes('..')) {
    throw new faults.MalformedHandlerName(
      `'${name}' is not a valid handler name. Use absolute paths when specifying root ` +
        'directories in handler names.',
    );
  }
  const base = path.basename(name);
  const match = /^([^.]*)\.(.*)$/.exec(base);
  if (!match) throw new faults.MalformedHandlerName('Bad handler');
  const folder = name.slice(0, name.indexOf(base));
  const loaded = await loadModule(root, folder, match[1]);
  const handler = findHandler(loaded, match[2].split('.'));
  if (!handler) throw new faults.HandlerNotFound(`${name} is undefined or not exported`);
  if (typeof handler !== 'function') throw new faults.HandlerNotFound(`${name} is not a function`);
  checkHandler(handler);
  return handler;
}

function isStreaming(handler) {
  const kind = handler[STREAMING];
  if (kind === undefined || kind === null || kind === false) return false;
  if (kind === 'response') return true;
  throw new faults.MalformedStreamingHandler('Only response streaming is supported.');
}

function checkHandler(handler) {
  const hasCallback = handler.length >= 3 && !isStreaming(handler);
  if (PROMISES_ONLY && hasCallback) {
    throw new faults.CallbackHandlerDeprecated(
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with ' +
        'Node.js 24. You need to modify this function to use a supported handler signature to ' +
        'use Node.js 24 or later. For more information see ' +
        'https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.',
    );
  }
}

// --- one invocation ---

function parseHeader(text, name) {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`Cannot parse ${name} as json: ${error}`);
  }
}

// The context's members, in AWS's order.
function contextData(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const ofFunction = {
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
  };
  const ofInvocation = {
    clientContext: parseHeader(headers['lambda-runtime-client-context'], 'ClientContext'),
    identity: parseHeader(headers['lambda-runtime-cognito-identity'], 'CognitoIdentity'),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    tenantId: headers['lambda-runtime-aws-tenant-id'],
  };
  const getRemainingTimeInMillis = () => deadline - Date.now();
  if (!PROMISES_ONLY) return { ...ofFunction, ...ofInvocation, getRemainingTimeInMillis };
  const { functionVersion, functionName, ...rest } = ofFunction;
  return {
    ...ofInvocation,
    xRayTraceId: headers['lambda-runtime-trace-id'],
    getRemainingTimeInMillis,
    functionName,
    functionVersion,
    ...rest,
  };
}

function note(headers) {
  started = true;
  requestId = running = headers['lambda-runtime-aws-request-id'];
  tenantId = headers['lambda-runtime-aws-tenant-id'];
  const trace = headers['lambda-runtime-trace-id'];
  if (trace) env._X_AMZN_TRACE_ID = trace;
  else delete env._X_AMZN_TRACE_ID;
}

function toJson(value) {
  let text;
  try {
    text = JSON.stringify(value === undefined ? null : value);
  } catch {
    const words = 'Unable to stringify response body';
    throw PROMISES_ONLY ? new faults.JSONStringifyError(words) : new Error(words);
  }
  if (typeof text !== 'string') throw new TypeError('Wrong arguments');
  return text;
}

async function postError(error) {
  const id = running;
  running = '';
  await server.fail(`/invocation/${id}/error`, errorBody(error));
}

async function postResult(text, type) {
  const id = running;
  running = '';
  await server.respond(id, text, type);
}

// --- the runtime with callbacks ---

let onEmptyLoop = () => {};

// The ways to complete an invocation: the first of them counts.
function makeCompletions(next) {
  let isDone = false; // what follows is said to come too late
  let waitsForEmptyLoop = true;
  const complete = (result) => {
    if (isDone) {
      console.error(
        'Invocation has already been reported as done. Cannot call complete more than once per ' +
          'invocation.',
      );
      return;
    }
    isDone = true;
    postResult(toJson(result)).then(next);
  };
  const fail = (error) => {
    logError('Invoke Error', error);
    postError(error).then(next);
  };
  const settle = (waits) => (error, result) => {
    onEmptyLoop = () => {};
    if (error !== undefined && error !== null) return fail(error);
    if (!waits || !waitsForEmptyLoop) return complete(result);
    onEmptyLoop = () => setImmediate(() => complete(result));
  };
  const done = settle(false);
  let finished = false;
  const once = (call) =>
    function () {
      if (finished) return;
      call.apply(null, arguments);
      finished = true; // not if it threw: the next one may
    };
  const context = {
    get callbackWaitsForEmptyEventLoop() {
      return waitsForEmptyLoop;
    },
    set callbackWaitsForEmptyEventLoop(value) {
      waitsForEmptyLoop = value;
    },
    succeed: once((result) => done(null, result)),
    fail: once((error) => (error === undefined || error === null ? done('handled') : done(error))),
    done: once(done),
  };
  return { callback: once(settle(true)), context, markDone: () => (isDone = true) };
}

const NEVER_SETTLED =
  'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly ' +
  'caused by a Promise that was never settled. For more information, see ' +
  'https://nodejs.org/docs/latest/api/process.html#exit-codes';

async function runWithCallbacks(handler) {
  const { headers, body } = await server.next();
  note(headers);
  const next = () => schedule(handler, runWithCallbacks);
  const { callback, context, markDone } = makeCompletions(next);
  const isAsync = handler.constructor?.name === 'AsyncFunction';
  onEmptyLoop = () => {
    markDone();
    if (!isAsync) return postResult('null').then(next);
    const fault = new faults.NodeJsExit(NEVER_SETTLED);
    logError('Invoke Error', fault);
    postError(fault).then(next);
  };
  try {
    const event = JSON.parse(body.toString('utf8'));
    const returned = handler(event, Object.assign(context, contextData(headers)), callback);
    if (returned && returned.then && typeof returned.then === 'function') {
      returned.then(context.succeed, context.fail).catch(context.fail);
    }
  } catch (error) {
    callback(error);
  }
}

function schedule(handler, run) {
  setImmediate(() => {
    run(handler).catch((error) => {
      console.log(`Unexpected Top Level Error: ${error.toString()}`);
      die(error, 129);
    });
  });
}

// --- the runtime of promises only ---

async function runPromisesOnly(handler) {
  for (;;) {
    const { headers, body } = await server.next();
    note(headers);
    const context = contextData(headers);
    const event = JSON.parse(body.toString('utf8'));
    invokeStore.note(headers);
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    try {
      const result = await handler(event, context);
      await turn();
      await postResult(toJson(result));
    } catch (error) {
      await turn();
      logError('Invoke Error', error);
      await postError(error);
    }
  }
}

// What the packages of AWS for functions ask for the ids of the invocation.
class InvokeStore {
  static PROTECTED_KEYS = {
    REQUEST_ID: Symbol.for('_AWS_LAMBDA_REQUEST_ID'),
    X_RAY_TRACE_ID: Symbol.for('_AWS_LAMBDA_X_RAY_TRACE_ID'),
    TENANT_ID: Symbol.for('_AWS_LAMBDA_TENANT_ID'),
  };
  note(headers) {
    const { REQUEST_ID, X_RAY_TRACE_ID } = InvokeStore.PROTECTED_KEYS;
    const trace = headers['lambda-runtime-trace-id'];
    this.current = { [REQUEST_ID]: requestId, [X_RAY_TRACE_ID]: trace };
  }
  getContext = () => this.current;
  hasContext = () => this.current !== undefined;
  isProtectedKey = (key) => Object.values(InvokeStore.PROTECTED_KEYS).includes(key);
  get = (key) => this.current?.[key];
  set = (key, value) => {
    if (this.isProtectedKey(key)) {
      throw new Error(`Cannot modify protected Lambda context field: ${String(key)}`);
    }
    this.current = this.current || {};
    this.current[key] = value;
  };
  run = (context, call) => {
    this.current = context;
    return call();
  };
  getRequestId = () => this.get(InvokeStore.PROTECTED_KEYS.REQUEST_ID) ?? '-';
  getXRayTraceId = () => this.get(InvokeStore.PROTECTED_KEYS.X_RAY_TRACE_ID);
  getTenantId = () => this.get(InvokeStore.PROTECTED_KEYS.TENANT_ID);
}

const invokeStore = new InvokeStore();

// --- handlers that write a stream ---

// Collects what is written: who invokes gets it whole.
function makeStream() {
  const { Writable } = require('node:stream');
  const parts = [];
  let type = 'application/octet-stream';
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, encoding, done) {
      parts.push(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
      done();
    },
  });
  let begun = false;
  const write = stream.write;
  stream.write = (chunk, ...rest) => {
    const isBytes = Buffer.isBuffer(chunk) || chunk instanceof Uint8Array;
    const data = typeof chunk === 'string' || isBytes ? chunk : JSON.stringify(chunk);
    if (!begun) stream._onBeforeFirstWrite?.((first) => write.call(stream, first));
    begun = true;
    return write.call(stream, data, ...rest);
  };
  const end = stream.end;
  stream.end = (chunk, ...rest) => {
    if (chunk === undefined || typeof chunk === 'function') return end.call(stream, chunk, ...rest);
    stream.write(chunk);
    return end.call(stream);
  };
  stream.setContentType = (value) => {
    if (begun) throw new faults.InvalidStreamingOperation('Cannot set content-type, too late.');
    type = value;
  };
  const finished = new Promise((resolve) => stream.once('finish', resolve));
  return { stream, finished, body: () => [Buffer.concat(parts), type] };
}

async function streamOnce(handler, headers, event) {
  const { stream, finished, body } = makeStream();
  const context = contextData(headers);
  if (!PROMISES_ONLY) context.callbackWaitsForEmptyEventLoop = true;
  const stuck = new Promise((resolve, reject) => {
    onEmptyLoop = () => reject(new Error('Response stream is not finished.'));
  });
  const returned = handler(event, stream, context);
  if (typeof returned?.then !== 'function') {
    const words = 'Streaming does not support non-async handlers.';
    throw PROMISES_ONLY ? new Error(words) : words;
  }
  const result = await Promise.race([returned, stuck]);
  if (result !== undefined) console.warn('Streaming handlers ignore return values.');
  await Promise.race([finished, stuck]);
  return body();
}

async function runStreaming(handler) {
  for (;;) {
    const { headers, body } = await server.next();
    note(headers);
    invokeStore.note(headers);
    try {
      const event = JSON.parse(body.toString('utf8'));
      await postResult(...(await streamOnce(handler, headers, event)));
    } catch (error) {
      logError('Invoke Error', error);
      await postError(error);
    }
  }
}

function setGlobals() {
  if (['1', 'true'].includes(env.AWS_LAMBDA_NODEJS_NO_GLOBAL_AWSLAMBDA)) return;
  globalThis.awslambda = {
    ...(PROMISES_ONLY ? { InvokeStore: invokeStore } : {}),
    streamifyResponse(handler) {
      handler[STREAMING] = 'response';
      return handler;
    },
    HttpResponseStream: class {
      static from(stream, prelude) {
        stream.setContentType('application/vnd.awslambda.http-integration-response');
        const text = JSON.stringify(prelude);
        stream._onBeforeFirstWrite = (write) => {
          write(text);
          write(new Uint8Array(8));
        };
        return stream;
      }
    },
  };
}

// --- the process ---

// Posts the error where one is waited for, and ends. What happens between two invocations is in
// the log only.
function die(error, code) {
  const where = started ? `/invocation/${running}/error` : '/init/error';
  const isHeard = server.waiting === undefined && (running || !started);
  if (isHeard) server.failAndWait(where, errorBody(error), hints.get(error));
  process.exit(code);
}

function watchProcess() {
  process.on('uncaughtException', (error) => {
    logError('Uncaught Exception', error);
    die(error, 129);
  });
  process.on('unhandledRejection', (reason, promise) => {
    const error = new faults.UnhandledPromiseRejection(reason);
    error.reason = reason;
    error.promise = promise;
    logError('Unhandled Promise Rejection', error);
    die(error, 128);
  });
  process.on('beforeExit', () => onEmptyLoop());
}

async function mainWithCallbacks() {
  patchConsole();
  watchProcess();
  // Node's exit status for a top-level await that never ends.
  onEmptyLoop = () => process.exit(13);
  let handler;
  try {
    setGlobals();
    handler = await loadHandler(env.LAMBDA_TASK_ROOT, env._HANDLER);
  } catch (error) {
    logError('Uncaught Exception', error);
    return die(error, 129);
  }
  onEmptyLoop = () => {};
  if (isStreaming(handler)) return runStreaming(handler);
  schedule(handler, runWithCallbacks);
}

async function mainPromisesOnly() {
  setGlobals();
  patchConsole();
  let handler;
  try {
    handler = await loadHandler(env.LAMBDA_TASK_ROOT, env._HANDLER);
  } catch (error) {
    logError('Init Error', error);
    await server.fail('/init/error', errorBody(error), hints.get(error));
    throw error;
  }
  if (isStreaming(handler)) return runStreaming(handler);
  return runPromisesOnly(handler);
}

quietSdk();
if (PROMISES_ONLY) mainPromisesOnly();
else mainWithCallbacks();
