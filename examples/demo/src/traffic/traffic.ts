import { Agent } from 'node:http';
import { sendVisit } from './send-visit.ts';
import { createVisitors, headersOf } from './visitors.ts';
import { nextVisit } from './visits.ts';

/** How much traffic there is. */
export interface TrafficOptions {
  /** Of the shop: `http://127.0.0.1:3000`. */
  readonly origin: string;
  readonly visitors: number;
  readonly requestsPerSecond: number;
}

const TICK_MILLIS = 20;
/** A shop that falls behind is not buried: further requests wait. */
const MAX_OPEN = 200;
/** Requests that are still open this long after the end are broken off. */
const FINISH_MILLIS = 3000;

/** Many visitors at once, at a steady rate, on kept-alive connections. */
export class Traffic {
  readonly #options: TrafficOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: MAX_OPEN });
  readonly #visitors: ReturnType<typeof createVisitors>;
  readonly #open = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  #requestsPerSecond: number;
  #owed = 0;
  #last = performance.now();

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.#visitors = createVisitors(options.visitors);
    this.#requestsPerSecond = options.requestsPerSecond;
    this.#timer = setInterval(() => this.#tick(), TICK_MILLIS);
  }

  /** Goes on at another rate. */
  setRate(requestsPerSecond: number): void {
    this.#requestsPerSecond = requestsPerSecond;
  }

  /** Begins nothing more; resolves when everything that was begun is over and its connections are closed. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const cut = setTimeout(() => this.#agent.destroy(), FINISH_MILLIS);
    await Promise.all(this.#open);
    clearTimeout(cut);
    this.#agent.destroy();
  }

  #tick(): void {
    const now = performance.now();
    this.#owed += (this.#requestsPerSecond * (now - this.#last)) / 1000;
    this.#last = now;
    for (; this.#owed >= 1 && this.#open.size < MAX_OPEN; this.#owed -= 1) this.#visit();
    // What could not be begun now is not made up for later.
    this.#owed = Math.min(this.#owed, 1);
  }

  #visit(): void {
    const visitor = this.#visitors[Math.floor(Math.random() * this.#visitors.length)];
    if (visitor === undefined) return;
    const headers = headersOf(visitor, Math.random);
    const sent = sendVisit(this.#agent, this.#options.origin, nextVisit(Math.random), headers);
    this.#open.add(sent);
    void sent.finally(() => this.#open.delete(sent));
  }
}
