// Stands in for the native addon of npm's aws-lambda-ric (rapid-client.node), whose build takes
// curl and minutes: `node --require` of this file before the client. What the addon does with the
// Runtime API, this does by HTTP on the descriptor GATEHOUSE_SHIM: next() waits in the thread
// pool, done() and error() block, arguments that are no strings are refused in the addon's words.
'use strict';

const fs = require('node:fs');
const Module = require('node:module');

const descriptor = Number(process.env.GATEHOUSE_SHIM);
delete process.env.GATEHOUSE_SHIM;
const PREFIX = '/2018-06-01/runtime/invocation/';

function send(method, path, body = '') {
  const length = Buffer.byteLength(body);
  const head = `${method} ${PREFIX}${path} HTTP/1.1\r\nContent-Length: ${length}\r\n\r\n`;
  const bytes = Buffer.from(head + body);
  for (let at = 0; at < bytes.length; ) at += fs.writeSync(descriptor, bytes, at);
}

// The answer in these bytes, or nothing if some are missing.
function parse(bytes) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const headers = {};
  for (const line of bytes.toString('latin1', 0, end).split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const body = bytes.subarray(end + 4);
  if (body.length < Number(headers['content-length'])) return undefined;
  return { headers, body };
}

function post(path, body) {
  send('POST', path, body);
  let got = Buffer.alloc(0);
  const part = Buffer.alloc(65536);
  while (!parse(got)) {
    const size = fs.readSync(descriptor, part);
    if (size === 0) process.exit(1);
    got = Buffer.concat([got, part.subarray(0, size)]);
  }
  return null;
}

function next() {
  send('GET', 'next');
  return new Promise((resolve) => {
    let got = Buffer.alloc(0);
    const part = Buffer.alloc(65536);
    const more = () =>
      fs.read(descriptor, part, 0, part.length, null, (error, size) => {
        if (error || size === 0) process.exit(1);
        got = Buffer.concat([got, part.subarray(0, size)]);
        const answer = parse(got);
        if (!answer) return more();
        const headers = answer.headers;
        headers['lambda-runtime-deadline-ms'] = Number(headers['lambda-runtime-deadline-ms']);
        resolve({ bodyJson: answer.body.toString('utf8'), headers });
      });
    more();
  });
}

function strings(...values) {
  if (values.some((value) => typeof value !== 'string')) throw new TypeError('Wrong arguments');
}

const client = {
  next,
  done(id, body) {
    strings(id, body);
    return post(`${id}/response`, body);
  },
  error(id, body, cause) {
    strings(id, body, cause);
    return post(`${id}/error`, body);
  },
};

const load = Module._load;
Module._load = function (request, ...rest) {
  if (!request.endsWith('rapid-client.node')) return load.call(this, request, ...rest);
  Module._load = load; // no frame of ours in the stacks of what is loaded later
  return client;
};
