import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { selfSigned } from '../../../packages/exporter-ws/test-dist/support/certificates.js';
import { startTlsTerminator } from '../../../packages/exporter-ws/test-dist/support/tls-terminator.js';
import { startDelayProxy } from './delay-proxy.js';
import { readEvents } from '../support/reads.js';

const TOKEN = 'canary-token';
const ONE_WAY_MILLIS = 50;

/** What lies between an application and the server. */
export type Link = 'loopback' | 'TLS' | 'proxy of 50 ms' | 'TLS through a proxy of 50 ms';

/** A server of its own that keeps nothing, behind whichever link is asked for. */
export class Backend {
  readonly #server: CerberusServer;
  readonly #folder: string;
  readonly #ports: Readonly<Record<Link, number>>;
  readonly #stops: readonly (() => Promise<void>)[];

  private constructor(
    server: CerberusServer,
    folder: string,
    ports: Record<Link, number>,
    stops: (() => Promise<void>)[],
  ) {
    this.#server = server;
    this.#folder = folder;
    this.#ports = ports;
    this.#stops = stops;
  }

  static async start(): Promise<Backend> {
    const folder = await mkdtemp(join(tmpdir(), 'cerberus-leaving-'));
    const server = await startServer({ port: 0, db: ':memory:', token: TOKEN, secretKey: 'k'.repeat(32) });
    const port = Number(new URL(server.url).port);
    const certificate = await selfSigned('localhost');
    await writeFile(join(folder, 'ca.pem'), certificate.cert);
    const tls = await startTlsTerminator(certificate, () => port);
    const slow = await startDelayProxy(ONE_WAY_MILLIS, port);
    const slowTls = await startDelayProxy(ONE_WAY_MILLIS, tls.port);
    const ports = {
      loopback: port,
      TLS: tls.port,
      'proxy of 50 ms': slow.port,
      'TLS through a proxy of 50 ms': slowTls.port,
    };
    return new Backend(server, folder, ports, [slowTls.stop, slow.stop, tls.stop]);
  }

  /** The environment of an application behind a link. */
  env(link: Link, clientId: string): Record<string, string> {
    const secure = link.startsWith('TLS');
    return {
      CERBERUS_WS_URL: `${secure ? 'wss' : 'ws'}://localhost:${this.#ports[link]}/ws/events`,
      CERBERUS_TOKEN: TOKEN,
      CERBERUS_CLIENT_ID: clientId,
      CERBERUS_SECRET_KEY: 'k'.repeat(32),
      ...(secure && { CERBERUS_TLS_CA: join(this.#folder, 'ca.pem') }),
    };
  }

  /** Events of a client, as soon as there are so many; those that there are when time is over. */
  async stored(clientId: string, expected: number, millis = 1_500): Promise<number> {
    const deadline = performance.now() + millis;
    for (;;) {
      const { length: count } = await readEvents(this.#server.url, TOKEN, clientId);
      if (count >= expected || performance.now() > deadline) return count;
      await sleep(20);
    }
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) await stop();
    await this.#server.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
