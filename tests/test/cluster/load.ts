import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { TOKEN } from './nodes.js';

const application = fileURLToPath(new URL('./exporting-application.js', import.meta.url));
/** Longer than any fault takes to heal. */
const FLUSH_MILLIS = 120_000;

/** What an exporter has said of its events, which are numbered from 1 without a gap as it accepts them. */
export interface Books {
  /** The first half of the span id of each of its events. */
  readonly exporter: number;
  readonly accepted: number;
  /** Stored, by the server's word. */
  readonly acked: number;
  /** Accepted, and then rejected by a server or given up: none may be. */
  readonly lost: number;
  readonly refused: number;
  readonly reconnects: number;
  /** What is wrong with its connection, if something is. */
  readonly lastFailure: string | null;
}

/** What the process that exports is told. */
export type Order =
  | { readonly kind: 'join'; readonly wsUrl: string; readonly exporters: number; readonly token: string }
  | { readonly kind: 'rate'; readonly eventsPerSecond: number }
  | { readonly kind: 'flush'; readonly millis: number }
  | { readonly kind: 'books' };

/** Its answer to each order. */
export type Report = { readonly books: readonly Books[] } | { readonly error: string };

/** Real exporters in a process of their own, which send events all the time. */
export class Load {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #turn: Promise<unknown> = Promise.resolve();

  constructor() {
    this.#child = fork(application, { env: { PATH: process.env['PATH'], CERBERUS_WARNINGS: 'false' } });
    this.#ended = once(this.#child, 'exit');
  }

  /** More exporters, each with a producer of its own. */
  async join(wsUrl: string, exporters: number): Promise<void> {
    await this.#order({ kind: 'join', wsUrl, exporters, token: TOKEN });
  }

  /** @param eventsPerSecond - of all exporters together; 0 pauses */
  async rate(eventsPerSecond: number): Promise<void> {
    await this.#order({ kind: 'rate', eventsPerSecond });
  }

  books(): Promise<readonly Books[]> {
    return this.#order({ kind: 'books' });
  }

  /** Everything that was accepted is acknowledged. @throws Error when it is not in time */
  flush(): Promise<readonly Books[]> {
    return this.#order({ kind: 'flush', millis: FLUSH_MILLIS });
  }

  async end(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #order(order: Order): Promise<readonly Books[]> {
    const answer = this.#turn.then(async () => {
      this.#child.send(order);
      const [report] = (await Promise.race([
        once(this.#child, 'message'),
        this.#ended.then(() => [{ error: 'the application ended' }]),
      ])) as [Report];
      if ('error' in report) throw new Error(report.error);
      return report.books;
    });
    this.#turn = answer.catch(() => undefined);
    return answer;
  }
}
