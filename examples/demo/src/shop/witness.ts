import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { ShopCounts } from './messages.ts';

/**
 * Counts the requests of an HTTP server by itself: what is stored in the end is compared with this, so it must
 * not know anything of OpenTelemetry.
 */
export class Witness {
  #requests = 0;
  #open = 0;
  #unsampled = 0;
  readonly #byTarget = new Map<string, number>();
  readonly #addresses = new Set<string>();
  #drained: (() => void) | undefined;

  constructor(server: Server) {
    server.on('request', (request, response) => this.#see(request, response));
  }

  get requests(): number {
    return this.#requests;
  }

  /**
   * Resolves when every response has ended. A server is closed a moment before the last responses of broken
   * connections are, and only then is such a request over.
   */
  drained(): Promise<void> {
    if (this.#open === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drained = resolve;
    });
  }

  counts(): Omit<ShopCounts, 'durationsRecorded'> {
    return {
      requests: this.#requests,
      byTarget: Object.fromEntries(this.#byTarget),
      addresses: this.#addresses.size,
      unsampled: this.#unsampled,
    };
  }

  #see({ method = '', url = '', headers }: IncomingMessage, response: ServerResponse): void {
    this.#requests += 1;
    this.#open += 1;
    const target = `${method} ${url.replace(/\?.*$/, '')}`;
    this.#byTarget.set(target, (this.#byTarget.get(target) ?? 0) + 1);
    const address = String(headers['x-forwarded-for'] ?? '')
      .split(/, */)
      .at(-1);
    if (address !== undefined && address !== '') this.#addresses.add(address);
    if (String(headers['traceparent'] ?? '').endsWith('-00')) this.#unsampled += 1;
    response.once('close', () => {
      this.#open -= 1;
      if (this.#open === 0) this.#drained?.();
    });
  }
}
