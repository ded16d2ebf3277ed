import { ENGINE_SETTINGS } from './database.ts';

/** What the tests of clusters start: benchmarks do not depend on their types. */
interface Support {
  readonly EnginePair: {
    readonly start: (
      binaries: string,
      address: undefined,
      settings: readonly string[],
    ) => Promise<EnginePair>;
  };
}

interface Engine {
  kill(): Promise<void>;
  pause(): void;
}

interface EnginePair {
  readonly primary: { readonly engine: Engine };
  urlFor(): string;
  failOver(): Promise<void>;
  rejoin(): Promise<void>;
  remove(): Promise<void>;
}

interface Binaries {
  readonly postgresBinaries: () => string | undefined;
}

const ROOT = '../../../';

/** A primary and its synchronous standby, which can take its place. */
export class Pair {
  readonly #engines: EnginePair;

  private constructor(engines: EnginePair) {
    this.#engines = engines;
  }

  /** @throws Error where PostgreSQL is not installed */
  static async start(): Promise<Pair> {
    const support = `${ROOT}packages/server/test-dist/support/databases/postgres-engine.js`;
    const binaries = ((await import(support)) as Binaries).postgresBinaries();
    if (binaries === undefined) throw new Error('PostgreSQL is not installed');
    const { EnginePair } = (await import(`${ROOT}tests/test-dist/cluster/engines.js`)) as Support;
    return new Pair(await EnginePair.start(binaries, undefined, ENGINE_SETTINGS));
  }

  /** Of the database, with both hosts. */
  get url(): string {
    return this.#engines.urlFor();
  }

  /** `kill -9` of the primary: whoever connects is told that nobody is there. */
  kill(): Promise<void> {
    return this.#engines.primary.engine.kill();
  }

  /** The primary says nothing any more, and ends nothing: as a machine that is gone, or a network. */
  freeze(): void {
    this.#engines.primary.engine.pause();
  }

  /** Promotes the standby. */
  promote(): Promise<void> {
    return this.#engines.failOver();
  }

  /** The old primary, ended if it was not, follows the new one as its synchronous standby. */
  rejoin(): Promise<void> {
    return this.#engines.rejoin();
  }

  remove(): Promise<void> {
    return this.#engines.remove();
  }
}
