'use strict';
// The chat's handlers once more, for Node.js with the AWS SDK v3. The frames are those of
// docs/chat-frames.md; JSON values of clients are copied as the text they came in.
const { ApiGatewayManagementApiClient, GetConnectionCommand, PostToConnectionCommand } =
  require('@aws-sdk/client-apigatewaymanagementapi');
const { DynamoDBClient, DeleteItemCommand, GetItemCommand, PutItemCommand, ScanCommand } =
  require('@aws-sdk/client-dynamodb');
const { LambdaClient, InvokeCommand } = require('@aws-sdk/client-lambda');

const BYTES_MAX = 128 * 1024;
const OPEN_WAIT_MAX = 30_000; // ms; longer than $connect may take
const TABLE = process.env.TABLE_NAME;
const TOKEN = /[ \t\r\n]*("(?:[^"\\]|\\.)*"|[{}[\],:]|[^ \t\r\n{}[\],:"]+)/y;

const database = new DynamoDBClient({});
const clients = new Map();

// Of a URL, or of the stage that AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI names.
function clientAt(endpoint) {
  if (!clients.has(endpoint)) {
    clients.set(endpoint, new ApiGatewayManagementApiClient(endpoint ? { endpoint } : {}));
  }
  return clients.get(endpoint);
}
const ownClient = (here) => clientAt(`https://${here.domainName}/${here.stage}`);

// The members of a JSON object: name → the text of its value. Null: text is none.
function members(text) {
  try {
    const value = JSON.parse(text);
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
  } catch {
    return null;
  }
  const found = new Map();
  let depth = 0, name = null, begin = -1, end = 0;
  TOKEN.lastIndex = 0;
  for (let match; (match = TOKEN.exec(text));) {
    const token = match[1], at = TOKEN.lastIndex - token.length;
    if (depth === 1 && (token === ',' || token === '}')) {
      if (name !== null) found.set(name, text.slice(begin, end));
      name = null, begin = -1;
    } else if (depth === 1 && name === null) {
      name = JSON.parse(token);
    } else if (begin < 0 && name !== null && token !== ':') {
      begin = at;
    }
    if (token === '{' || token === '[') ++depth;
    if (token === '}' || token === ']') --depth;
    end = TOKEN.lastIndex;
  }
  return found;
}

function stringOf(body, name) {
  const text = body?.get(name);
  return text?.startsWith('"') ? JSON.parse(text) : null;
}

// Null, or the status that refused it.
async function post(client, id, frame) {
  try {
    await client.send(new PostToConnectionCommand({ ConnectionId: id, Data: Buffer.from(frame) }));
    return null;
  } catch (error) {
    if (!error.$metadata?.httpStatusCode) throw error;
    return error.$metadata.httpStatusCode;
  }
}

const keyOf = (id) => ({ TableName: TABLE, Key: { connectionId: { S: id } } });
const remove = (id) => database.send(new DeleteItemCommand(keyOf(id)));

async function rows() {
  const found = [];
  for (let ExclusiveStartKey; ;) {
    const page = await database.send(new ScanCommand({ TableName: TABLE, ExclusiveStartKey }));
    found.push(...page.Items);
    ExclusiveStartKey = page.LastEvaluatedKey;
    if (!ExclusiveStartKey) return found;
  }
}

const tooLong = (bytes) => `the message has ${bytes} bytes; ${BYTES_MAX} are allowed`;

// Null, or why nothing was sent.
async function sendToAll(client, everybody, user, message) {
  const frame = `{"type":"message","payload":{"user":${JSON.stringify(user)},"message":${message}}}`;
  if (Buffer.byteLength(frame) > BYTES_MAX) return tooLong(Buffer.byteLength(frame));
  await Promise.all(everybody.map(async ({ connectionId: { S: id } }) => {
    if (await post(client, id, frame) === 410) await remove(id);
  }));
  return null;
}

exports.connect = async ({ requestContext: here, queryStringParameters: query }) => {
  const Item = { connectionId: { S: here.connectionId }, connectedAt: { N: `${here.connectedAt}` } };
  if (query?.username) Item.user = { S: query.username };
  await database.send(new PutItemCommand({ TableName: TABLE, Item }));
  if (process.env.SEND_ID_ON_CONNECT === 'true') {
    const payload = { action: 'getConnectionId', connectionId: here.connectionId };
    await new LambdaClient({}).send(new InvokeCommand({
      FunctionName: process.env.GET_CONNECTION_ID_FUNCTION, InvocationType: 'Event',
      Payload: JSON.stringify(payload),
    }));
  }
  return { statusCode: 200 };
};

exports.disconnect = async ({ requestContext: here }) => {
  await remove(here.connectionId);
  return { statusCode: 200 };
};

async function sendInvoked(event) {
  const why = typeof event.message === 'string'
    ? await sendToAll(clientAt(event.apigw_endpoint), await rows(), 'server',
      JSON.stringify(event.message))
    : 'message must be a string';
  if (why) return { statusCode: 400, body: `{"error": ${JSON.stringify(why)}}` };
  return { statusCode: 200, body: '{"status": "Message sent"}' };
}

exports.sendMessage = async (event) => {
  const here = event.requestContext;
  if (!here) return sendInvoked(event);
  const client = ownClient(here), body = members(event.body);
  let why = 'the message is no JSON object';
  if (body) why = body.has('message') ? 'message must be a string' : 'message is missing';
  if (stringOf(body, 'message') !== null) {
    const everybody = await rows();
    const own = everybody.find((row) => row.connectionId.S === here.connectionId);
    const user = own?.user?.S ?? stringOf(body, 'user') ?? 'anonymous';
    why = await sendToAll(client, everybody, user, body.get('message'));
    if (!why) return { statusCode: 200 };
  }
  await post(client, here.connectionId,
    `{"error":${JSON.stringify(why)},"action":${JSON.stringify(here.routeKey)}}`);
  return { statusCode: 400 };
};

function whyNot(body) {
  if (!body) return 'the message is no JSON object';
  for (const name of ['connectionId', 'operationType']) {
    if (stringOf(body, name) === null) return `${name} must be a string`;
  }
  return body.has('message') ? null : 'message is missing';
}

// Null, or why it was not sent.
async function sendTo(client, target, sender, body) {
  const row = (await database.send(new GetItemCommand(keyOf(sender)))).Item;
  const user = row?.user?.S ?? stringOf(body, 'user') ?? 'anonymous';
  const frame = `{"operationType":${body.get('operationType')},"from":${JSON.stringify(sender)},` +
    `"user":${JSON.stringify(user)},"message":${body.get('message')}}`;
  if (Buffer.byteLength(frame) > BYTES_MAX) return tooLong(Buffer.byteLength(frame));
  const refused = await post(client, target, frame);
  if (refused === null) return null;
  if (refused === 410) await remove(target);
  return refused === 429 ? 'the client reads too slowly: its queue is full' : 'no such connection';
}

exports.sendDirect = async ({ requestContext: here, body: text }) => {
  const client = ownClient(here), body = members(text);
  const target = stringOf(body, 'connectionId') ?? '';
  let why = whyNot(body), statusCode = 400;
  if (!why) {
    why = await sendTo(client, target, here.connectionId, body);
    if (!why) return { statusCode: 200 };
    statusCode = 410;
  }
  const more = target ? `,"connectionId":${JSON.stringify(target)}` : '';
  await post(client, here.connectionId,
    `{"error":${JSON.stringify(why)},"action":"sendDirect"${more}}`);
  return { statusCode };
};

async function waitUntilOpen(client, id) {
  const end = Date.now() + OPEN_WAIT_MAX;
  for (let pause = 20; ; pause = Math.min(pause * 2, 500)) {
    try {
      return await client.send(new GetConnectionCommand({ ConnectionId: id }));
    } catch (error) {
      if (error.$metadata?.httpStatusCode !== 410 || Date.now() > end) throw error;
    }
    await new Promise((resolve) => { setTimeout(resolve, pause); });
  }
}

exports.getConnectionId = async (event) => {
  const here = event.requestContext;
  const id = (here ?? event).connectionId;
  if (typeof id !== 'string') {
    return { statusCode: 400, body: '{"error": "connectionId must be a string"}' };
  }
  const client = here ? ownClient(here) : clientAt(undefined);
  if (!here) await waitUntilOpen(client, id);
  await post(client, id, `{"connectionId":${JSON.stringify(id)}}`);
  return { statusCode: 200 };
};
