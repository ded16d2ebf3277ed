import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy. */
export interface Proxy {
  readonly port: number;
  stop(): Promise<void>;
}

/** Passes everything on, `millis` later, in both directions: what came before an end or a reset too. */
export async function startDelayProxy(millis: number, targetPort: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const later = (work: () => void): void => void setTimeout(work, millis);
  function pass(from: Socket, to: Socket): void {
    sockets.add(from);
    from.on('data', (chunk: Buffer) => later(() => to.writable && to.write(chunk)));
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      later(() => to.end());
    });
  }
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const target = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    pass(client, target);
    pass(target, client);
    client.on('end', () => later(() => target.end()));
    target.on('end', () => later(() => client.end()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
