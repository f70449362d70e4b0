// @based/uws as a peer: node uws.js PORT. Broadcasts what begins as one, echoes everything else.
const uws = require('@based/uws');

const BROADCAST = Buffer.from('{"action":"broadcast"');
const port = Number(process.argv[2]);

const app = uws.App({}).ws('/*', {
  maxPayloadLength: 128 * 1024,
  maxBackpressure: 1024 * 1024,
  idleTimeout: 600,
  open: (ws) => ws.subscribe('all'),
  message: (ws, message, isBinary) => {
    const head = Buffer.from(message, 0, Math.min(BROADCAST.length, message.byteLength));
    if (head.equals(BROADCAST)) {
      app.publish('all', message, isBinary);
    } else {
      ws.send(message, isBinary);
    }
  },
});

app.listen('127.0.0.1', port, (listening) => {
  if (!listening) {
    console.error(`uws: cannot listen on ${port}`);
    process.exit(1);
  }
});
