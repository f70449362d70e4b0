// gatehouse's runtime for nodejs*: loads a function's handler and runs it event by event.
//
// It behaves as AWS's managed runtime does (docs/aws/lambda.md §5): where a handler is found,
// callbacks and promises, the context object, names and texts of errors, console's lines. It needs
// Node's own modules only.
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const path = require('node:path');
const util = require('node:util');
const { spawnSync } = require('node:child_process');
const { createRequire } = require('node:module');
const { pathToFileURL } = require('node:url');

const env = process.env;
const API = '/2018-06-01/runtime';
// The Runtime API is spoken on a descriptor that gatehouse gave us, and nobody else: Node closes it
// in the processes that it starts. The agent's idle socket keeps nothing alive.
const socket = new net.Socket({ fd: Number(env._GATEHOUSE_RUNTIME) });
delete env._GATEHOUSE_RUNTIME;
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
agent.createConnection = () => socket;
const httpRequest = http.request; // before tools of the function patch it
const RUNTIME_MAJOR = Number((/nodejs(\d+)/.exec(env.AWS_EXECUTION_ENV || '') || [])[1] || 0);

// Of looking for a syntax error in an ES module: files, and milliseconds for each.
const CHECKED_FILES_MAX = 20;
const CHECK_MS_MAX = 2000;
const STATIC_IMPORT = /^\s*(?:import|export)\b[^'"]*['"](\.[^'"]*)['"]/gm;
const NOTHING = { throwIfNoEntry: false };

let requestId = '';
let invocation = null; // the one that is running
let started = false;

class Fault extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

function ask(method, where, body, headers) {
  return new Promise((resolve) => {
    const options = { path: API + where, method, agent };
    options.headers = { Host: 'gatehouse', ...headers };
    if (body !== undefined) options.headers['Content-Length'] = Buffer.byteLength(body);
    const request = httpRequest(options, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({ response, body: Buffer.concat(parts) }));
      response.on('error', () => process.exit(1));
    });
    request.on('error', () => process.exit(1)); // gatehouse has gone
    request.end(body);
  });
}

// What the function's author can do nothing about: frames of ours and of Node's loader.
function isLoaderText(line) {
  return line.includes(__filename) || /^\s+at .*[( ]node:internal\//.test(line);
}

function traceOf(stack) {
  return stack.split('\n').filter((line) => !isLoaderText(line));
}

function errorBody(error) {
  if (util.types.isNativeError(error) || (error && error.name && error.message && error.stack)) {
    return {
      errorType: String(error.name),
      errorMessage: String(error.message),
      trace: traceOf(String(error.stack || '')),
    };
  }
  return {
    errorType: typeof error,
    errorMessage: error === undefined || error === null ? String(error) : error.toString(),
    trace: [],
  };
}

function postError(where, body) {
  return ask('POST', where, JSON.stringify(body), {
    'Content-Type': 'application/json',
    'Lambda-Runtime-Function-Error-Type': body.errorType.replace(/[^\x20-\x7e]/g, '?'),
  });
}

// --- console ---

function printLine(level, text) {
  const line = `${new Date().toISOString()}\t${requestId}\t${level}\t${text}`;
  process.stdout.write(line.replace(/\n/g, '\r') + '\n');
}

function patchConsole() {
  const levels = {
    log: 'INFO',
    info: 'INFO',
    debug: 'DEBUG',
    warn: 'WARN',
    error: 'ERROR',
    trace: 'TRACE',
  };
  for (const [name, level] of Object.entries(levels)) {
    console[name] = (...values) => printLine(level, util.format(...values));
  }
  console.fatal = (...values) => printLine('FATAL', util.format(...values));
}

function printError(title, body) {
  const { trace, ...rest } = body;
  printLine('ERROR', `${title}\t${JSON.stringify({ ...rest, stack: trace })}`);
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
    try {
      return JSON.parse(fs.readFileSync(path.join(at, 'package.json'), 'utf8')).type === 'module';
    } catch {
      if (at === path.dirname(at)) return false;
    }
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

async function loadModule(root, module) {
  const base = path.resolve(root, module);
  const exists = (file) => fs.existsSync(file) && fs.statSync(file).isFile();
  const load = async (file) => {
    lookIntoNodePath();
    return import(pathToFileURL(file).href);
  };
  if (exists(base)) return require(base);
  if (exists(base + '.js')) {
    return isModuleFolder(path.dirname(base)) ? load(base + '.js') : require(base + '.js');
  }
  if (exists(base + '.mjs')) return load(base + '.mjs');
  if (exists(base + '.cjs')) return require(base + '.cjs');
  return createRequire(path.join(root, 'anchor.js'))(
    module.startsWith('.') ? module : require.resolve(module, { paths: [root] }),
  );
}

// Where a file that cannot be read as JavaScript goes wrong: "file:line", the line, a caret. Node
// says so at the head of a SyntaxError's stack for CommonJS; for ES modules only to whom it ends.
function syntaxErrorPlace(error, files) {
  const head = String(error.stack).split(`\n${error.name}: `)[0].split('\n');
  if (/:\d+$/.test(head[0])) return head.filter((line) => line !== '');
  const seen = new Set();
  while (files.length > 0 && seen.size < CHECKED_FILES_MAX) {
    const file = files.shift();
    if (seen.has(file) || !fs.existsSync(file)) continue;
    seen.add(file);
    const { stderr, status } = spawnSync(process.execPath, ['--check', file], {
      encoding: 'utf8',
      env: {},
      timeout: CHECK_MS_MAX,
    });
    const place = String(stderr).split('\n\n')[0].trimEnd().split('\n');
    if (status !== 0) return /:\d+$/.test(place[0]) ? place : [];
    for (const found of fs.readFileSync(file, 'utf8').matchAll(STATIC_IMPORT)) {
      files.push(path.resolve(path.dirname(file), found[1]));
    }
  }
  return [];
}

function framesOf(error) {
  return traceOf(String(error.stack || '')).filter((line) => /^\s+at /.test(line));
}

function syntaxFault(error, files) {
  const fault = new Fault('Runtime.UserCodeSyntaxError', String(error));
  const frames = framesOf(error); // some: it was required, or thrown (JSON.parse does)
  const [where, ...code] = syntaxErrorPlace(error, frames.length > 0 ? [] : files);
  const place = where ? [`    at ${where.replace(/^file:\/\//, '')}`, ...code] : [];
  fault.stack = [`${fault.name}: ${fault.message}`, ...place, ...frames].join('\n');
  return fault;
}

function importFault(root, module, error) {
  if (error instanceof SyntaxError) {
    const starts = ['', '.js', '.mjs'].map((end) => path.resolve(root, module) + end);
    return syntaxFault(error, starts.filter((file) => fs.statSync(file, NOTHING)?.isFile()));
  }
  if (!error || !['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'].includes(error.code)) return error;
  const base = path.resolve(root, module);
  const exists = ['', '.js', '.mjs', '.cjs'].some((end) => fs.existsSync(base + end));
  const text = exists
    ? error.message.split('\n').filter((line) => !isLoaderText(line)).join('\n')
    : `Cannot find module '${path.basename(module)}'`;
  const fault = new Fault('Runtime.ImportModuleError', `Error: ${text}`);
  fault.stack = [`${fault.name}: ${fault.message}`, ...framesOf(error)].join('\n');
  return fault;
}

async function loadHandler(root, name) {
  if (name.includes('..')) {
    throw new Fault(
      'Runtime.MalformedHandlerName',
      `'${name}' is not a valid handler name. Use absolute paths when specifying root directories ` +
        'in handler names.',
    );
  }
  const base = path.basename(name);
  const dot = base.indexOf('.');
  if (dot <= 0 || dot === base.length - 1) {
    throw new Fault('Runtime.MalformedHandlerName', 'Bad handler');
  }
  const module = name.slice(0, name.length - base.length) + base.slice(0, dot);
  let loaded;
  try {
    loaded = await loadModule(root, module);
  } catch (error) {
    throw importFault(root, module, error);
  }
  const names = base.slice(dot + 1).split('.');
  const find = (from) => names.reduce((at, part) => at?.[part], from);
  const handler = find(loaded) ?? find(loaded?.default);
  if (handler === undefined || handler === null) {
    throw new Fault('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
  }
  if (typeof handler !== 'function') {
    throw new Fault('Runtime.HandlerNotFound', `${name} is not a function`);
  }
  if (RUNTIME_MAJOR >= 24 && handler.length >= 3) {
    throw new Fault(
      'Runtime.CallbackHandlerDeprecated',
      `nodejs24.x and later have no callbacks: ${name} takes three parameters; make it async.`,
    );
  }
  return handler;
}

// --- one invocation ---

function makeContext(headers, settle) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const parse = (text) => (text ? JSON.parse(text) : undefined);
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parse(headers['lambda-runtime-client-context']),
    identity: parse(headers['lambda-runtime-cognito-identity']),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    tenantId: headers['lambda-runtime-aws-tenant-id'],
    getRemainingTimeInMillis: () => Math.max(deadline - Date.now(), 0),
  };
  if (RUNTIME_MAJOR < 24) {
    context.done = (error, result) => {
      context.callbackWaitsForEmptyEventLoop = false;
      settle.byCallback(error, result, context);
    };
    context.succeed = (result) => context.done(null, result);
    context.fail = (error) => context.done(error ?? 'handled');
  }
  return context;
}

// Runs the handler; the first of its completions counts.
class Invocation {
  constructor(handler, headers, event) {
    this.settled = new Promise((resolve) => (this.resolve = resolve));
    this.promised = false; // the handler returned a promise
    this.held = undefined; // a callback's result that waits for the event loop to be empty
    const context = makeContext(headers, this);
    const callback = (error, result) => this.byCallback(error, result, context);
    try {
      const parameters = RUNTIME_MAJOR >= 24 ? [event, context] : [event, context, callback];
      const returned = handler(...parameters);
      if (returned && typeof returned.then === 'function') {
        this.promised = true;
        returned.then(
          (result) => this.finish({ result }),
          (error) => this.finish({ error }),
        );
      } else if (RUNTIME_MAJOR >= 24) {
        this.finish({ result: returned });
      }
    } catch (error) {
      this.finish({ error });
    }
  }
  byCallback(error, result, context) {
    if (this.held) return;
    this.held = error === undefined || error === null ? { result } : { error };
    const atOnce = 'error' in this.held || !context.callbackWaitsForEmptyEventLoop;
    if (atOnce) this.finish(this.held);
  }
  finish(outcome) {
    this.resolve(outcome);
  }
  onEmptyLoop() {
    if (this.held) return this.finish(this.held);
    if (!this.promised) return this.finish({ result: null });
    const text = "The handler's promise was never settled, and nothing is left that could settle it";
    this.finish({ error: new Fault('Runtime.NodeJsExit', text) });
  }
}

function toJson(result) {
  try {
    const text = JSON.stringify(result === undefined ? null : result);
    return text === undefined ? 'null' : text;
  } catch (error) {
    throw new Fault('Runtime.MarshalError', 'Unable to stringify response body: ' + error.message);
  }
}

async function runOnce(handler) {
  const { response, body } = await ask('GET', '/invocation/next');
  if (response.statusCode !== 200) process.exit(1);
  requestId = response.headers['lambda-runtime-aws-request-id'];
  env._X_AMZN_TRACE_ID = response.headers['lambda-runtime-trace-id'] || '';
  let outcome;
  try {
    invocation = new Invocation(handler, response.headers, JSON.parse(body.toString('utf8')));
    outcome = await invocation.settled;
    if (!('error' in outcome)) outcome.text = toJson(outcome.result);
  } catch (error) {
    outcome = { error };
  }
  invocation = null;
  if ('error' in outcome) {
    const failure = errorBody(outcome.error);
    printError('Invoke Error ', failure);
    return postError(`/invocation/${requestId}/error`, failure);
  }
  const headers = { 'Content-Type': 'application/json' };
  return ask('POST', `/invocation/${requestId}/response`, outcome.text, headers);
}

// --- the process ---

async function die(title, body, code) {
  printError(title, body);
  if (invocation) {
    await postError(`/invocation/${requestId}/error`, body);
  } else if (!started) {
    await postError('/init/error', body);
  }
  process.exit(code);
}

function watchProcess() {
  process.on('uncaughtException', (error) => die('Uncaught Exception ', errorBody(error), 129));
  process.on('unhandledRejection', (reason) => {
    const inner = errorBody(reason);
    const message = reason instanceof Error ? String(reason) : inner.errorMessage;
    const fault = new Fault('Runtime.UnhandledPromiseRejection', message);
    const trace = [`${fault.name}: ${message}`, ...inner.trace.slice(1)];
    die('Unhandled Promise Rejection ', { ...errorBody(fault), trace }, 128);
  });
  process.on('beforeExit', () => {
    if (invocation) invocation.onEmptyLoop();
  });
}

async function main() {
  patchConsole();
  quietSdk();
  watchProcess();
  globalThis.awslambda = {
    streamifyResponse: (handler) => handler,
    HttpResponseStream: { from: (stream) => stream },
  };
  let handler;
  try {
    handler = await loadHandler(env.LAMBDA_TASK_ROOT, env._HANDLER);
  } catch (error) {
    await die('Uncaught Exception ', errorBody(error), 1);
  }
  started = true;
  for (;;) await runOnce(handler);
}

main();
