// Two clients of npm's ws talk: node ws_chat.js URL. Prints what each receives and how it ends.
"use strict";

const { once } = require("events");
const WebSocket = require("ws");

async function open(url, name) {
  const socket = new WebSocket(`${url}?username=${name}`);
  const messages = [];
  const waiting = [];
  socket.on("message", (data, isBinary) => {
    const text = isBinary ? "binary" : data.toString();
    if (waiting.length > 0) waiting.shift()(text);
    else messages.push(text);
  });
  await once(socket, "open");
  const receive = () =>
    messages.length > 0
      ? Promise.resolve(messages.shift())
      : new Promise((resolve) => waiting.push(resolve));
  const ask = async (frame) => {
    socket.send(frame);
    return receive();
  };
  return { socket, receive, ask };
}

async function main(url) {
  const ann = await open(url, "ann");
  const bob = await open(url, "bob");
  const print = (name, text) => console.log(`${name} ${text}`);

  const annId = JSON.parse(await ann.ask('{"action":"getConnectionId"}')).connectionId;
  const bobId = JSON.parse(await bob.ask('{"action":"getConnectionId"}')).connectionId;
  print("ids", `${annId} ${bobId}`);

  print("ann", await ann.ask('{"action":"sendMessage","message":"hi"}'));
  print("bob", await bob.receive());
  ann.socket.send(
    `{"action":"sendDirect","connectionId":"${bobId}","operationType":"signing","message":1.50}`,
  );
  print("bob", await bob.receive());
  print("ann", await ann.ask("nonsense"));

  const pong = once(ann.socket, "pong");
  ann.socket.ping("are you there");
  print("pong", (await pong)[0].toString());

  ann.socket.close(4001, "enough");
  print("ann closed", (await once(ann.socket, "close"))[0]);
  bob.socket.send(Buffer.from("binary"));
  print("bob closed", (await once(bob.socket, "close"))[0]);

  const refused = new WebSocket(url.replace("/production", "/staging"));
  print("staging", (await once(refused, "error"))[0].message);
}

main(process.argv[2]).catch((error) => {
  console.error(error);
  process.exit(1);
});
