import type { Summary } from '../results/read-api.ts';
import { count, millis } from './format.ts';
import type { Screen } from './screen.ts';

const REWRITE_MILLIS = 500;
const PRINT_MILLIS = 5000;

/** Where the figures come from. */
export interface LiveSources {
  /** Counted by the shop. */
  readonly requests: () => number;
  readonly summary: () => Promise<Summary>;
}

/** A line of counts while the demo runs: rewritten on a terminal, one now and then elsewhere. */
export class LiveCounts {
  readonly #screen: Screen;
  readonly #sources: LiveSources;
  readonly #started = performance.now();
  readonly #timer: NodeJS.Timeout;
  #drawing: Promise<void> | undefined;
  #ended = false;

  constructor(screen: Screen, sources: LiveSources) {
    this.#screen = screen;
    this.#sources = sources;
    this.#timer = setInterval(() => this.#tick(), screen.rewrites ? REWRITE_MILLIS : PRINT_MILLIS);
  }

  /** Resolves when no question to the server is open. */
  async end(): Promise<void> {
    this.#ended = true;
    clearInterval(this.#timer);
    await this.#drawing;
    this.#screen.endLive();
  }

  #tick(): void {
    this.#drawing ??= this.#draw().finally(() => {
      this.#drawing = undefined;
    });
  }

  async #draw(): Promise<void> {
    try {
      const { requests, clients, latency_ms: latency } = await this.#sources.summary();
      if (this.#ended) return;
      const seconds = Math.round((performance.now() - this.#started) / 1000);
      const figures = [
        `${String(seconds).padStart(4)} s`,
        `${count(this.#sources.requests()).padStart(7)} requests`,
        `${count(requests).padStart(7)} stored`,
        `${count(clients).padStart(4)} clients`,
        `p95 ${millis(latency.p95)}`,
      ];
      this.#screen.live(figures.join('   '));
    } catch {
      // A question that was not answered is asked again; if the server is gone, the end says so.
    }
  }
}
