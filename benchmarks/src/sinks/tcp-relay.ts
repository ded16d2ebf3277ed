import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { WireBytes } from './counts.ts';

/** A relay to a port of 127.0.0.1 that counts what clients send. */
export interface TcpRelay {
  readonly port: number;
  bytes(): number;
}

export async function startTcpRelay(target: number): Promise<TcpRelay> {
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    client.pipe(upstream).pipe(client);
    const hangUp = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on('error', hangUp).on('close', hangUp);
  });
  const wire = new WireBytes(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, bytes: () => wire.total };
}
