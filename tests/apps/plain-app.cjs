// As plain-app.mjs, in CommonJS.
const { createServer } = require('node:http');
const { handle } = require('./plain-handler.cjs');

const server = createServer(handle(() => server.close()));
server.listen(
  0,
  '127.0.0.1',
  () => void process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`),
);
