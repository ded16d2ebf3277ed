import { CerberusServerError } from '../errors.ts';
import type { Append, AppendOutcome, PendingLoad } from './store.ts';

/** Commits several appends in one transaction; resolves with one outcome each, rejects if nothing was stored. */
export type CommitGroup = (group: readonly Append[]) => Promise<readonly AppendOutcome[]>;

interface Waiting {
  readonly append: Append;
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Most events in one transaction: bounds how long the synchronous part of a commit holds the event loop. */
const MAX_GROUP_EVENTS = 4096;

/**
 * The one writer. While a transaction commits, appends of all connections gather; the next transaction takes them
 * all. So the cost of a commit (an fsync) is shared without making anybody wait for a timer.
 */
export class GroupCommit {
  readonly #commit: CommitGroup;
  readonly #queue: Waiting[] = [];
  readonly #tasks: (() => Promise<void>)[] = [];
  #running: Promise<void> | undefined;
  #closed = false;
  #appends = 0;
  #events = 0;
  #bytes = 0;

  constructor(commit: CommitGroup) {
    this.#commit = commit;
  }

  append(append: Append): Promise<AppendOutcome> {
    if (this.#closed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      this.#queue.push({ append, resolve, reject });
      this.#count(append, 1);
      this.#running ??= this.#run();
    });
  }

  /** Runs a task between two transactions. */
  between<T>(task: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      this.#tasks.push(() => task().then(resolve, reject));
      this.#running ??= this.#run();
    });
  }

  pending(): PendingLoad {
    return { appends: this.#appends, events: this.#events, bytes: this.#bytes };
  }

  /** Refuses new appends and waits for those that were accepted. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    // Appends of the same turn of the event loop belong together.
    await Promise.resolve();
    while (this.#queue.length > 0 || this.#tasks.length > 0) {
      await this.#tasks.shift()?.();
      if (this.#queue.length > 0) await this.#commitNext(this.#takeGroup());
    }
    this.#running = undefined;
  }

  #takeGroup(): readonly Waiting[] {
    let events = 0;
    let size = 0;
    for (const { append } of this.#queue) {
      events += append.events.length;
      if (size > 0 && events > MAX_GROUP_EVENTS) break;
      size += 1;
    }
    return this.#queue.splice(0, size);
  }

  async #commitNext(group: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.#commit(group.map((waiting) => waiting.append));
      for (const [index, waiting] of group.entries()) this.#settle(waiting, outcomes[index]);
    } catch (error) {
      for (const waiting of group) {
        this.#count(waiting.append, -1);
        waiting.reject(error);
      }
    }
  }

  #settle(waiting: Waiting, outcome: AppendOutcome | undefined): void {
    this.#count(waiting.append, -1);
    if (outcome === undefined) waiting.reject(new Error('the commit gave no outcome'));
    else waiting.resolve(outcome);
  }

  #count(append: Append, sign: 1 | -1): void {
    this.#appends += sign;
    this.#events += sign * append.events.length;
    this.#bytes += sign * append.bytes;
  }
}

function closedError(): CerberusServerError {
  return new CerberusServerError('STORE_CLOSED', 'the store is closed');
}
