// Bun.serve as a peer: bun bun.js PORT. Broadcasts what begins as one, echoes everything else.
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.argv[2]),
  fetch(request, self) {
    return self.upgrade(request) ? undefined : new Response('', {status: 426});
  },
  websocket: {
    maxPayloadLength: 128 * 1024,
    backpressureLimit: 1024 * 1024,
    idleTimeout: 600,
    perMessageDeflate: false,
    open(ws) { ws.subscribe('all'); },
    message(ws, message) {
      if (message.startsWith('{"action":"broadcast"')) {
        server.publish('all', message);
      } else {
        ws.send(message);
      }
    },
  },
});
