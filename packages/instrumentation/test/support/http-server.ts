import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterTest } from '@cerberus-otel/test-support/disposal';

export interface TestServer {
  readonly port: number;
  readonly server: Server;
  close(): Promise<void>;
}

/** A real HTTP server on a free port of this machine, or on a unix socket; closed after the test. */
export async function listen(handler: RequestListener, path?: string): Promise<TestServer> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => {
    if (path === undefined) server.listen(0, '127.0.0.1', resolve);
    else server.listen(path, resolve);
  });
  const close = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => {
      server.close(() => resolve());
    });
  };
  afterTest(close);
  const address = server.address() as AddressInfo | string;
  return {
    port: typeof address === 'string' ? 0 : address.port,
    server,
    close,
  };
}

export interface RawRequest {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request exactly as written, through a plain socket so that no client span is made. */
export function send(to: number | string, request: RawRequest = {}): Promise<string> {
  const { method = 'GET', target = '/', headers = {} } = request;
  const lines = Object.entries({ host: 'svc.example', connection: 'close', ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return new Promise((resolve, reject) => {
    const socket = typeof to === 'number' ? connect(to, '127.0.0.1') : connect(to);
    afterTest(() => socket.destroy());
    const chunks: Buffer[] = [];
    socket.setTimeout(5000, () => socket.destroy(new Error('no answer in 5 s')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.write(`${method} ${target} HTTP/1.1\r\n${head}\r\n`);
  });
}
