import { setTimeout as sleep } from 'node:timers/promises';

import { CerberusServerError } from '../errors.ts';
import type { Log } from '../log.ts';
import { failureReason } from '../store/failure-reason.ts';
import type { RecordChange, SharedRecord, SharedRecords } from '../store/shared-records.ts';
import type { Shelf } from './shelf.ts';

/** So often it is looked whether another server has changed anything. */
const POLL_MILLIS = 1000;

/** Guesses must not make the database busy: it is asked no more often than this, whoever comes. */
const REFRESH_MILLIS = 200;

/** Lists of one kind: the member of the document that has the records, and the member that names one. */
export const SHELVES = {
  tokens: { list: 'tokens', id: 'id' },
  sessions: { list: 'sessions', id: 'digest' },
  shares: { list: 'shares', id: 'id' },
} as const;

/** What is kept on a shelf of its own. */
export type ShelfKind = keyof typeof SHELVES;

type Records = ReadonlyMap<string, string>;

/**
 * Shelves in a database that several servers share. Each server looks into its memory, which follows the database, and writes what it
 * has changed, record by record, so that two servers do not overwrite each other's.
 */
export class SharedShelves {
  readonly #records: SharedRecords;
  readonly #log: Log;
  readonly #kept = new Map<ShelfKind, Records>();
  readonly #listeners = new Map<ShelfKind, () => void>();
  #mark = '';
  /** So many times something was changed here. */
  #writes = 0;
  /** Changes on their way. Rejects with the first that failed. */
  #writing: Promise<void> = Promise.resolve();
  /** The last look, which may be over. */
  #refreshing: Promise<void> = Promise.resolve();
  /** The one that has not begun. */
  #next: Promise<void> | undefined;
  #refreshedAt = -Infinity;
  readonly #timer: NodeJS.Timeout;

  private constructor(records: SharedRecords, log: Log) {
    this.#records = records;
    this.#log = log;
    this.#timer = setInterval(() => void this.refresh(), POLL_MILLIS);
    this.#timer.unref();
  }

  static async open(records: SharedRecords, log: Log): Promise<SharedShelves> {
    const shelves = new SharedShelves(records, log);
    await shelves.#load();
    return shelves;
  }

  shelf(kind: ShelfKind): Shelf {
    const { list } = SHELVES[kind];
    return {
      read: (parse) => {
        const records = [...this.#of(kind).values()].map((json) => JSON.parse(json) as unknown);
        return records.length === 0 ? undefined : parse({ version: 1, [list]: records });
      },
      write: (value) => this.#write(kind, value as Readonly<Record<string, unknown>>),
    };
  }

  /** Calls back when another server has changed a shelf. */
  follow(kind: ShelfKind, listener: () => void): void {
    this.#listeners.set(kind, listener);
  }

  /**
   * Looks whether another server has changed anything until now: at once, or a moment later where it was looked a moment ago. Never
   * rejects.
   */
  refresh(): Promise<void> {
    // A look that has begun may have come too early.
    this.#next ??= this.#refreshAfter(this.#refreshing);
    return this.#next;
  }

  /** Resolves when what was written is durable. @throws CerberusServerError (as a rejection) `STORE_UNAVAILABLE`, and it is not kept */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing.catch(() => undefined);
    await this.#next;
    await this.#refreshing;
  }

  async #refreshAfter(before: Promise<void>): Promise<void> {
    await before;
    const wait = this.#refreshedAt + REFRESH_MILLIS - performance.now();
    if (wait > 0) await sleep(wait);
    this.#next = undefined;
    this.#refreshing = this.#refresh();
    await this.#refreshing;
  }

  async #refresh(): Promise<void> {
    try {
      await this.#writing.catch(() => undefined);
      if ((await this.#records.mark()) === this.#mark) return;
      await this.#load();
      for (const listener of this.#listeners.values()) listener();
    } catch {
      // The database is away. What is known is still right, as far as it can be known.
    } finally {
      this.#refreshedAt = performance.now();
    }
  }

  async #load(): Promise<void> {
    let writes: number;
    let mark: string;
    let found: readonly SharedRecord[];
    do {
      writes = this.#writes;
      await this.#writing.catch(() => undefined);
      // Before: a change that comes meanwhile from elsewhere is then seen the next time.
      mark = await this.#records.mark();
      found = await this.#records.all();
      // What was changed here meanwhile is not in what was read, and must not be undone by it.
    } while (writes !== this.#writes);
    for (const kind of Object.keys(SHELVES) as ShelfKind[]) {
      const ofKind = found.filter((each) => each.kind === kind);
      this.#kept.set(kind, new Map(ofKind.map(({ id, content }) => [id, content])));
    }
    this.#mark = mark;
  }

  #of(kind: ShelfKind): Records {
    return this.#kept.get(kind) ?? new Map();
  }

  #write(kind: ShelfKind, value: Readonly<Record<string, unknown>>): void {
    const { list, id } = SHELVES[kind];
    const records = value[list] as readonly Readonly<Record<string, unknown>>[];
    const next = new Map(records.map((record) => [String(record[id]), JSON.stringify(record)]));
    const changes = changesBetween(kind, this.#of(kind), next);
    this.#kept.set(kind, next);
    if (changes.length === 0) return;
    this.#writes += 1;
    const before = this.#writing.catch(() => undefined);
    this.#writing = before.then(() => this.#store(changes));
    // Whoever has to know waits for it; of nobody else it is a failure.
    this.#writing.catch(() => undefined);
  }

  async #store(changes: readonly RecordChange[]): Promise<void> {
    try {
      await this.#records.change(changes);
    } catch (error) {
      this.#log('warn', `tokens, sessions or links were not kept: ${failureReason(error)}`);
      throw new CerberusServerError('STORE_UNAVAILABLE', 'the database took nothing: try again', {
        cause: error,
      });
    } finally {
      // What the database has counts, and another server may have changed it back before this one looks again.
      this.#mark = '';
    }
  }
}

function changesBetween(kind: ShelfKind, before: Records, next: Records): readonly RecordChange[] {
  const changes: RecordChange[] = [];
  for (const [id, content] of next) {
    const old = before.get(id);
    if (old === undefined) changes.push({ change: 'add', kind, id, content });
    else if (old !== content) changes.push({ change: 'replace', kind, id, content });
  }
  for (const id of before.keys()) if (!next.has(id)) changes.push({ change: 'remove', kind, id });
  return changes;
}
