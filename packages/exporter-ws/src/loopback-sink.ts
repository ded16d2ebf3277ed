import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { WebSocket } from 'ws';
import { BATCH_SUBPROTOCOL } from './protocol/batch-protocol.ts';
import { loadWs } from './transport/load-ws.ts';

/** A request that arrived: for the key, or for an upgrade to WebSocket. */
export interface SinkRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** As they were written, in their order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Who wants to see what arrives. */
export interface SinkHandlers {
  onRequest(request: SinkRequest): void;
  /** A message, uncompressed. */
  onMessage(text: string): void;
}

/** A sink that listens. */
export interface LoopbackSink {
  readonly port: number;
  /** Takes what is still on its way, for at most a second, and stops listening. */
  close(): Promise<void>;
}

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const CLOSE_MILLIS = 1_000;

/**
 * A Cerberus backend that keeps nothing, on a free port of 127.0.0.1: gives out `secretKey`, speaks the mode that a
 * client offers, acknowledges everything. For reviews of what an application sends.
 */
export async function startLoopbackSink(secretKey: string, handlers: SinkHandlers): Promise<LoopbackSink> {
  const { WebSocketServer } = await loadWs();
  const server = process.getBuiltinModule('node:http').createServer((request, response) => {
    handlers.onRequest(described(request));
    answer(request, response, secretKey);
  });
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: (offered) => (offered.has(BATCH_SUBPROTOCOL) ? BATCH_SUBPROTOCOL : false),
  });
  server.on('upgrade', (request, socket, head) => {
    handlers.onRequest(described(request));
    sockets.handleUpgrade(request, socket, head, (client) => listen(client, handlers));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      const deadline = setTimeout(() => {
        for (const client of sockets.clients) client.terminate();
        server.closeAllConnections();
      }, CLOSE_MILLIS);
      await closed;
      clearTimeout(deadline);
    },
  };
}

function described({ method = '', url = '', rawHeaders }: IncomingMessage): SinkRequest {
  const headers: [string, string][] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  return { method, target: url, headers };
}

function answer(request: IncomingMessage, response: ServerResponse, secretKey: string): void {
  const isKey = request.url?.endsWith('/api/secret-key') === true;
  response.writeHead(isKey ? 200 : 404, { 'content-type': 'application/json', connection: 'close' });
  response.end(JSON.stringify(isKey ? { secret_key: secretKey } : { error: 'not_found' }));
}

function listen(client: WebSocket, handlers: SinkHandlers): void {
  const batch = client.protocol === BATCH_SUBPROTOCOL;
  client.on('error', () => client.terminate());
  client.on('message', (data: Buffer, isBinary) => {
    try {
      const text = (isBinary ? gunzipSync(data) : data).toString();
      handlers.onMessage(text);
      client.send(batch ? batchAnswer(text) : '{"status":"ok"}');
    } catch {
      // Whatever this is, no Cerberus client sent it.
      client.close(1007);
    }
  });
}

function batchAnswer(text: string): string {
  const { type, seq } = JSON.parse(text) as { readonly type?: unknown; readonly seq?: unknown };
  return JSON.stringify(type === 'hello' ? { type: 'welcome', last_seq: 0 } : { type: 'ack', seq });
}
