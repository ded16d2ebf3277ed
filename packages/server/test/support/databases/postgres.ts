// A real PostgreSQL for tests: one for all suites of a process, a new database for each test that wants one.
import pg from 'pg';

import { Engine, postgresBinaries } from './postgres-engine.js';

/** It is started by the first suite that wants it, and its last will ends it with this process. */
let shared: Promise<Engine> | undefined;
let databases = 0;

/**
 * The engine that all suites share. Who changes its settings, or ends it, takes one of their own.
 *
 * @returns `undefined` where PostgreSQL is not installed
 * @throws Error there, when no test may be skipped
 */
export async function startPostgres(): Promise<Engine | undefined> {
  const binaries = requiredBinaries();
  if (binaries === undefined) return undefined;
  shared ??= Engine.start({ binaries });
  return shared;
}

/** The same as {@link postgresBinaries}, but no test may be skipped where that is said. */
export function requiredBinaries(): string | undefined {
  const binaries = postgresBinaries();
  if (binaries === undefined && process.env['CERBERUS_REQUIRE_ALL_TESTS'] === 'true') {
    throw new Error("PostgreSQL is missing: install Debian's package, no test may be skipped here");
  }
  return binaries;
}

/** URL of a new, empty database of the shared engine. */
async function freshDatabase(): Promise<string> {
  const engine = await startPostgres();
  if (engine === undefined) throw new Error('PostgreSQL is not installed');
  return databaseOf(engine);
}

async function databaseOf(engine: Engine): Promise<string> {
  databases += 1;
  const name = `test_${databases}`;
  await ask(engine.urlOf('postgres'), `CREATE DATABASE ${name}`);
  return engine.urlOf(name);
}

/**
 * Lets the tests of a suite have databases. Where PostgreSQL is not installed they are skipped, unless none may be.
 *
 * @returns makes a new, empty database and gives its URL
 */
export function usePostgres(): () => Promise<string> {
  before(async function () {
    this.timeout(90_000);
    const engine = await startPostgres();
    if (engine === undefined) this.skip();
    // What a suite before this one has set and not taken back.
    await ask(engine.urlOf('postgres'), 'ALTER SYSTEM RESET ALL');
    await ask(engine.urlOf('postgres'), 'SELECT pg_reload_conf()');
  });
  return freshDatabase;
}

/** An engine of a suite's own. */
export interface OwnPostgres {
  readonly engine: () => Engine;
  readonly freshDatabase: () => Promise<string>;
}

/** The same as {@link usePostgres} with an engine that nobody else uses, and that is removed with the suite: to be stopped, killed or set. */
export function useOwnPostgres(settings: readonly string[] = []): OwnPostgres {
  let own: Engine | undefined;
  before(async function () {
    this.timeout(90_000);
    const binaries = requiredBinaries();
    if (binaries === undefined) this.skip();
    own = await Engine.start({ binaries, settings });
  });
  after(() => own?.remove());
  const engine = (): Engine => {
    if (own === undefined) throw new Error('there is no engine');
    return own;
  };
  return { engine, freshDatabase: () => databaseOf(engine()) };
}

/** Runs one statement on a connection of its own. */
export async function ask<T extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: unknown[] = [],
): Promise<readonly T[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 15_000 });
  // Its query fails when the engine ends; without this the process would.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<T>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
