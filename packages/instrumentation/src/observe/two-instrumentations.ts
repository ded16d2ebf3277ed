import type { Reporter } from '@cerberus-otel/exporter-ws/internal';

/** Notices two instrumentations that each make a SERVER span for one request, and says so once: who patches nothing leaves no other trace. */
export class TwoInstrumentations {
  readonly #reporter: Reporter;
  #isSaid = false;

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  /** @param makers the instrumentation scopes of both spans, the one that counts first; undefined where there is one maker */
  observe(makers: readonly [string, string] | undefined): void {
    if (makers === undefined || this.#isSaid) return;
    this.#isSaid = true;
    const [first, second] = makers;
    this.#reporter.condition(
      'CERBERUS_TWO_HTTP_INSTRUMENTATIONS',
      `${first} and ${second} both make a SERVER span for a request. Cerberus counts each request once, with the span of ${first}; ` +
        'other exporters get both, and each costs. Use one of them for incoming requests',
    );
  }
}
