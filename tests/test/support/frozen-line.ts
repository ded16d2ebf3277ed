import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** A line to a server that can fall silent without an end, as where a phone leaves its network. */
export interface FrozenLine {
  readonly url: string;
  /** Nothing passes any more on connections that have been asked for a path; others are as before. */
  readonly freeze: (path: string) => void;
  readonly close: () => void;
}

export async function frozenLine(serverUrl: string): Promise<FrozenLine> {
  const pairs: { readonly near: Socket; readonly far: Socket; asked: string }[] = [];
  const server = createServer((near) => {
    const far = connect(Number(new URL(serverUrl).port), '127.0.0.1');
    const pair = { near, far, asked: '' };
    pairs.push(pair);
    near.on('data', (chunk: Buffer) => {
      pair.asked += chunk.toString('latin1');
    });
    near.pipe(far).pipe(near);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    freeze: (path) => {
      for (const { near, far, asked } of pairs) {
        if (!asked.includes(`GET ${path}`)) continue;
        near.unpipe(far);
        far.unpipe(near);
        near.pause();
        far.pause();
      }
    },
    close: () => {
      server.close();
      for (const { near, far } of pairs) {
        near.destroy();
        far.destroy();
      }
    },
  };
}
