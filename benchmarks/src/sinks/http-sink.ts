import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { Gate, WireBytes, type Sink } from './counts.ts';

/** A collector that takes every request, answers 200 and counts with `countEvents`; the body comes to it inflated. */
export async function startHttpSink(countEvents: (body: Buffer) => number, answer = ''): Promise<Sink> {
  let events = 0;
  const gate = new Gate();
  const server = createServer((request, response) => {
    void gate
      .passed(() => read(request))
      .then((body) => {
        // An empty answer is a success to OTLP and Zipkin; agents that read JSON are content with an empty object.
        response.end(answer);
        events += countEvents(request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
      });
  });
  const wire = new WireBytes(server);
  // A keep-alive connection that ends between two rounds would cost the exporter a retry.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, gate, counts: () => ({ events, bytes: wire.total }) };
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
