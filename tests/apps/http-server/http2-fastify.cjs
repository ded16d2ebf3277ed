// Fastify on HTTP/2: sends it two requests, and reports their spans.
'use strict';
const { once } = require('node:events');
const { connect } = require('node:http2');
const { fromSdk, instrumentation, recorder, start, stop } = require('./recorder.cjs');

async function send(client, path) {
  const stream = client.request({ ':path': path });
  stream.resume();
  const [headers] = await once(stream, 'response');
  await once(stream, 'close');
  return headers[':status'];
}

async function main() {
  start(instrumentation({ http2: true }));
  const app = fromSdk('fastify')({ http2: true });
  app.get('/users/:id', async ({ params }) => ({ id: params.id, active: recorder.active() }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const client = connect(`http://127.0.0.1:${app.server.address().port}`);
  const statuses = [await send(client, '/users/7'), await send(client, '/nowhere')];
  client.close();
  await app.close();
  const spans = recorder
    .take([])
    .map(({ name, attributes }) => [name, attributes['network.protocol.version']]);
  await stop();
  process.stdout.write(JSON.stringify({ statuses, spans }), () => process.exit(0));
}

void main();
