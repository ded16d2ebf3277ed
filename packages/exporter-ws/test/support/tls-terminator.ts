import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Certificate } from './certificates.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';

/** A TLS server that passes the plain bytes on to `targetPort`, as a proxy in front of a backend does; stopped after the test. */
export async function startTlsTerminator(
  certificate: Certificate,
  targetPort: () => number,
): Promise<{ port: number; stop(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer(certificate, (secure) => {
    sockets.add(secure);
    const plain = connect(targetPort(), '127.0.0.1');
    const close = (): void => {
      sockets.delete(secure);
      secure.destroy();
      plain.destroy();
    };
    for (const socket of [secure, plain]) {
      socket.on('error', close);
      socket.on('close', close);
    }
    secure.pipe(plain);
    plain.pipe(secure);
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  afterTest(stop);
  return { port: (server.address() as AddressInfo).port, stop };
}
