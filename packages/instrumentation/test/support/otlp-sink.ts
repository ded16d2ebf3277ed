import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterTest } from '@cerberus-otel/test-support/disposal';

export interface OtlpSink {
  readonly url: string;
  /** What came, by path. */
  readonly received: { readonly path: string; readonly body: Buffer }[];
  close(): Promise<void>;
}

/** Takes what an OTLP exporter sends over HTTP; closed after the test. */
export async function startOtlpSink(): Promise<OtlpSink> {
  const received: OtlpSink['received'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ path: request.url ?? '', body: Buffer.concat(chunks) });
      response.end();
    });
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
    received,
    close,
  };
}
