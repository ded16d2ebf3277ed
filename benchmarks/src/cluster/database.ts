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

/** What somebody sets who has some memory; and the tables are looked after as often as by default, which is rarer than in tests. */
export const ENGINE_SETTINGS: readonly string[] = [
  "shared_buffers = '512MB'",
  "max_wal_size = '4GB'",
  "autovacuum_naptime = '1min'",
];

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
    const path = '../../../packages/server/test-dist/support/databases/postgres-engine.js';
    const support = (await import(path)) as Support;
    const binaries = support.postgresBinaries();
    if (binaries === undefined) return undefined;
    return new Database(
      await support.Engine.start({
        binaries,
        settings: ENGINE_SETTINGS,
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
    const postmaster = this.#postmaster;
    return MICROS_PER_TICK * sum(processes().map((pid) => timesOf(pid, postmaster)));
  }

  /**
   * Processor time of the connections to a database that are there, microseconds: what is done for those who ask, without the writing and
   * tidying behind their backs, which comes at some time, for all databases.
   */
  connectionMicros(database: string): number {
    const postmaster = this.#postmaster;
    const own = processes().filter((pid) => pid !== postmaster && isConnectionTo(pid, database));
    return MICROS_PER_TICK * sum(own.map((pid) => timesOf(pid, postmaster)));
  }

  get #postmaster(): number {
    return Number(readFileSync(`${this.#engine.data}/postmaster.pid`, 'utf8').split('\n')[0]);
  }

  remove(): Promise<void> {
    return this.#engine.remove();
  }
}

function processes(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** PostgreSQL writes into a process's title whom it serves, on what. */
function isConnectionTo(pid: number, database: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(`postgres: cerberus ${database} `);
  } catch {
    return false;
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
