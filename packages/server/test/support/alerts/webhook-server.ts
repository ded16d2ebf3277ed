import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterTest } from '@cerberus-otel/test-support/disposal';

/** A request that a receiver of messages got. */
interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: {
    readonly type: string;
    readonly text?: string;
    readonly data: {
      readonly text: string;
      readonly subject?: string | null;
      readonly value?: number | null;
      readonly [name: string]: unknown;
    };
  };
}

/** A receiver of messages. */
export interface WebhookServer {
  readonly url: string;
  readonly received: Received[];
  /** What it answers next; 0: nothing, it keeps the connection. */
  status: number;
  readonly headers: Record<string, string>;
}

/** A real HTTP server that takes messages; stopped after the test. */
export async function webhookServer(): Promise<WebhookServer> {
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const body = JSON.parse(text) as Received['body'];
      server.received.push({ path: request.url ?? '', headers: request.headers, text, body });
      if (server.status === 0) return;
      response.writeHead(server.status, server.headers).end('ok');
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const server: WebhookServer = {
    url: `http://127.0.0.1:${port}/hook`,
    received: [],
    status: 200,
    headers: {},
  };
  afterTest(() => {
    http.closeAllConnections();
    http.close();
  });
  return server;
}
