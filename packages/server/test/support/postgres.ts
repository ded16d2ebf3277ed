// A real PostgreSQL for tests: an engine for a suite, a new database for each test that wants one.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import pg from 'pg';

import { until } from './deadline.js';

const DEBIAN = '/usr/lib/postgresql';

/** The folder with `initdb` and `postgres`; undefined where PostgreSQL is not installed. */
export function postgresBinaries(): string | undefined {
  const debian = existsSync(DEBIAN)
    ? readdirSync(DEBIAN)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(DEBIAN, version, 'bin'))
    : [];
  const path = (process.env['PATH'] ?? '').split(delimiter);
  return [process.env['CERBERUS_POSTGRES_BIN'] ?? '', ...path, ...debian].find((folder) =>
    existsSync(join(folder, 'initdb')),
  );
}

/** A running engine. */
export interface Engine {
  readonly port: number;
  /** Its folder: the data, and its log. */
  readonly folder: string;
  /** URL of a database of it. */
  readonly urlOf: (database: string) => string;
  /** Stops it at once, and removes everything of it. */
  readonly remove: () => Promise<void>;
}

/** PostgreSQL refuses to run as root; the package that brings it makes a user for it. */
function asPostgres(command: string, args: readonly string[]): readonly [string, string[]] {
  if (process.getuid?.() !== 0) return [command, [...args]];
  return ['setpriv', ['--reuid=postgres', '--regid=postgres', '--init-groups', command, ...args]];
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Starts an engine with a database `postgres` and a user `cerberus`. @param settings - lines of its configuration */
export async function startEngine(binaries: string, settings: readonly string[] = []): Promise<Engine> {
  const folder = mkdtempSync(join(tmpdir(), 'cerberus-pg-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'engine'));
  if (process.getuid?.() === 0) execFileSync('chown', ['postgres:postgres', join(folder, 'engine')]);
  const data = join(folder, 'engine', 'data');
  const [initdb, initArgs] = asPostgres(join(binaries, 'initdb'), [
    ...['-D', data, '-A', 'trust', '-U', 'cerberus', '--encoding=UTF8', '--locale=C', '--no-sync'],
  ]);
  execFileSync(initdb, initArgs, { stdio: 'ignore' });
  const port = await freePort();
  const lines = [
    `port = ${port}`,
    `listen_addresses = '127.0.0.1'`,
    `unix_socket_directories = ''`,
    'max_connections = 200',
    ...settings,
  ];
  writeFileSync(join(data, 'postgresql.auto.conf'), `${lines.join('\n')}\n`);
  const [postgres, args] = asPostgres(join(binaries, 'postgres'), ['-D', data]);
  const child = spawn(postgres, args, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const removeNow = (): void => {
    // At once, and with all its processes: nobody wants what it has in memory.
    child.kill('SIGQUIT');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', removeNow);
  const remove = async (): Promise<void> => {
    process.off('exit', removeNow);
    child.kill('SIGQUIT');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const urlOf = (database: string): string => `postgres://cerberus@127.0.0.1:${port}/${database}`;
  await until('PostgreSQL to start', () => answers(urlOf('postgres')), 30_000);
  return { port, folder, urlOf, remove };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Gives the tests of a suite an engine of their own. Where PostgreSQL is not installed they are skipped, unless none may be.
 *
 * @returns makes a new, empty database and gives its URL
 */
export function usePostgres(settings: readonly string[] = []): () => Promise<string> {
  let engine: Engine | undefined;
  let databases = 0;
  before(async function () {
    this.timeout(60_000);
    const binaries = postgresBinaries();
    if (binaries !== undefined) engine = await startEngine(binaries, settings);
    else if (process.env['CERBERUS_REQUIRE_ALL_TESTS'] === 'true')
      throw new Error('PostgreSQL is not installed');
    else this.skip();
  });
  after(() => engine?.remove());
  return async () => {
    if (engine === undefined) throw new Error('there is no engine');
    databases += 1;
    const name = `test_${databases}`;
    await ask(engine.urlOf('postgres'), `CREATE DATABASE ${name}`);
    return engine.urlOf(name);
  };
}

/** Runs one statement on a connection of its own. */
export async function ask<T extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: unknown[] = [],
): Promise<readonly T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
