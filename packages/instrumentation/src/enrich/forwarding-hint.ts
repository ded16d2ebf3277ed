import type { Reporter } from '@cerberus-otel/exporter-ws/internal';
import type { Origin } from './client-address.ts';

const SAMPLE_REQUESTS = 100;

/**
 * Notices a server that stands behind a proxy without knowing it: all its requests then have one address. Looks
 * at the first 100 requests only, and says so once.
 */
export class ForwardingHint {
  readonly #reporter: Reporter;
  #seen = 0;
  #forwarded = 0;

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  observe(origin: Origin): void {
    if (this.#seen >= SAMPLE_REQUESTS) return;
    this.#seen += 1;
    if (origin.xForwardedFor !== '' || origin.forwarded !== '') this.#forwarded += 1;
    if (this.#seen < SAMPLE_REQUESTS || this.#forwarded * 2 <= SAMPLE_REQUESTS) return;
    this.#reporter.condition(
      'CERBERUS_FORWARDED_HEADERS',
      `${this.#forwarded} of the first ${SAMPLE_REQUESTS} requests came with forwarding headers, but \`trustProxy\` ` +
        'is not set: the address of the proxy is counted as the client. Set `trustProxy` (CERBERUS_TRUST_PROXY) to ' +
        'the number of proxies or to their networks, or to false if there is none',
    );
  }
}
