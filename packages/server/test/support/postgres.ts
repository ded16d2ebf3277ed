// A real PostgreSQL for tests: one engine for the process, a new database for whoever wants one.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
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
  readonly remove: () => void;
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
  const remove = (): void => {
    stop(child);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', remove);
  const urlOf = (database: string): string => `postgres://cerberus@127.0.0.1:${port}/${database}`;
  await until('PostgreSQL to start', () => answers(urlOf('postgres')), 30_000);
  return { port, folder, urlOf, remove };
}

/** Fast shutdown is SIGINT; it is over when the process is. */
function stop(child: ChildProcess): void {
  if (child.exitCode !== null || child.pid === undefined) return;
  child.kill('SIGQUIT');
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

let shared: Promise<Engine> | undefined;
let databases = 0;

/**
 * URL of a new, empty database in the engine that the tests of this process share.
 *
 * @returns `undefined` where PostgreSQL is not installed. @throws Error then, where no test may be left out
 */
export async function freshDatabase(): Promise<string | undefined> {
  const binaries = postgresBinaries();
  if (binaries === undefined) {
    if (process.env['CERBERUS_REQUIRE_ALL_TESTS'] === 'true') throw new Error('PostgreSQL is not installed');
    return undefined;
  }
  const engine = await (shared ??= startEngine(binaries));
  databases += 1;
  const name = `test_${databases}`;
  const client = new pg.Client({ connectionString: engine.urlOf('postgres') });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return engine.urlOf(name);
}

/** To be called when the tests are over. */
export async function removeSharedEngine(): Promise<void> {
  (await shared)?.remove();
  shared = undefined;
}
