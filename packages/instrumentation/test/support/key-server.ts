import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterTest } from '@cerberus-otel/test-support/disposal';

export interface KeyServer {
  readonly url: string;
  /** What was asked, in order. */
  readonly asked: { readonly path: string; readonly authorization: string; readonly traceparent: string }[];
  close(): Promise<void>;
}

/** A backend whose answers a test scripts; `answer` may change its mind from one request to the next. Closed after the test. */
export async function startKeyServer(
  answer: (response: ServerResponse, request: IncomingMessage, count: number) => void,
): Promise<KeyServer> {
  const asked: KeyServer['asked'] = [];
  const server = createServer((request, response) => {
    const { authorization = '', traceparent = '' } = request.headers;
    asked.push({ path: request.url ?? '', authorization, traceparent: String(traceparent) });
    answer(response, request, asked.length);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => {
      server.close(() => resolve());
    });
  };
  afterTest(close);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close,
  };
}

/** The answer of a backend that works. */
export function giveKey(response: ServerResponse, secretKey: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ secret_key: secretKey }));
}
