import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** What the tests of the server start: benchmarks do not depend on their types. */
interface Support {
  readonly postgresBinaries: () => string | undefined;
  readonly Engine: {
    readonly start: (place: {
      readonly binaries: string;
      readonly settings: readonly string[];
    }) => Promise<Engine>;
  };
}

interface Engine {
  readonly data: string;
  readonly urlOf: (database: string) => string;
  readonly remove: () => Promise<void>;
}

interface Client {
  connect(): Promise<void>;
  query(sql: string): Promise<{ readonly rows: readonly Record<string, unknown>[] }>;
  end(): Promise<void>;
}

/** The kernel counts processor time in hundredths of a second. */
const MICROS_PER_TICK = 10_000;

/** A PostgreSQL of the benchmark's own. */
export class Database {
  readonly #engine: Engine;

  private constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @returns `undefined` where PostgreSQL is not installed */
  static async start(): Promise<Database | undefined> {
    const path = '../../../packages/server/test-dist/support/postgres-engine.js';
    const support = (await import(path)) as Support;
    const binaries = support.postgresBinaries();
    if (binaries === undefined) return undefined;
    return new Database(
      await support.Engine.start({
        binaries,
        settings: ["shared_buffers = '512MB'", "max_wal_size = '4GB'"],
      }),
    );
  }

  urlOf(database: string): string {
    return this.#engine.urlOf(database);
  }

  /** Runs one statement. */
  async ask(database: string, sql: string): Promise<readonly Record<string, unknown>[]> {
    const manifest = createRequire(new URL('../../../packages/server/package.json', import.meta.url));
    const { Client: PgClient } = manifest('pg') as {
      readonly Client: new (options: { readonly connectionString: string }) => Client;
    };
    const client = new PgClient({ connectionString: this.urlOf(database) });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  }

  /** Processor time of all its processes until now, those that have ended included, microseconds. */
  cpuMicros(): number {
    const postmaster = Number(readFileSync(`${this.#engine.data}/postmaster.pid`, 'utf8').split('\n')[0]);
    let ticks = 0;
    for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
      const times = timesOf(Number(name), postmaster);
      ticks += times;
    }
    return ticks * MICROS_PER_TICK;
  }

  remove(): Promise<void> {
    return this.#engine.remove();
  }
}

/** Of the postmaster with that of its children that have ended, or of one of its children; 0 for another process. */
function timesOf(pid: number, postmaster: number): number {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return 0;
  }
  // Behind the name, which may have anything in it: state, parent; user and system time are the 12th and 13th, those of children follow.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
  if (pid === postmaster) return user + system + childUser + childSystem;
  return Number(fields[1]) === postmaster ? user + system : 0;
}
