import { lookup } from 'node:dns';
import { Server, type ServerOptions } from 'proxy-chain';
import { afterTest } from '@cerberus-otel/test-support/disposal';

/** A name that only the proxy can resolve. */
export const BEHIND_PROXY = 'backend.test';

/** An HTTP proxy, the real one of `proxy-chain`, that knows where `backend.test` is: on this machine. Stopped after the test. */
export class ConnectProxy {
  /** Targets that were asked for, `host:port` each. */
  readonly asked: readonly string[];
  readonly #server: Server;
  readonly #scheme: string;

  private constructor(server: Server, scheme: string, asked: readonly string[]) {
    this.#server = server;
    this.#scheme = scheme;
    this.asked = asked;
  }

  /**
   * @param password that user `canary-user` has to give; anybody may use the proxy where it is left out
   * @param tls key and certificate of a proxy that is spoken to over TLS
   */
  static async start({
    password,
    tls,
  }: {
    password?: string | (() => string);
    tls?: { key: string; cert: string };
  } = {}): Promise<ConnectProxy> {
    const asked: string[] = [];
    const options: ServerOptions = {
      port: 0,
      host: '127.0.0.1',
      prepareRequestFunction: ({ username, password: given, hostname, port }) => {
        asked.push(`${hostname}:${port}`);
        return {
          requestAuthentication:
            password !== undefined &&
            (username !== 'canary-user' || given !== (typeof password === 'string' ? password : password())),
          dnsLookup: ((name: string, ...rest: unknown[]) => {
            const known = name === BEHIND_PROXY ? '127.0.0.1' : name;
            (lookup as (...args: unknown[]) => void)(known, ...rest);
          }) as typeof lookup,
        };
      },
      ...(tls === undefined ? {} : { serverType: 'https', httpsOptions: tls }),
    } as ServerOptions;
    const server = new Server(options);
    await server.listen();
    const proxy = new ConnectProxy(server, tls === undefined ? 'http' : 'https', asked);
    afterTest(() => proxy.stop());
    return proxy;
  }

  /** Without credentials. */
  get url(): string {
    return `${this.#scheme}://localhost:${this.#server.port}`;
  }

  /** With credentials, percent-encoded. */
  urlFor(password: string): string {
    return this.url.replace('://', `://canary-user:${encodeURIComponent(password)}@`);
  }

  async stop(): Promise<void> {
    await this.#server.close(true);
  }
}
