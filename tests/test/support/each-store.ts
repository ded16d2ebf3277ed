import type { ServerOptions, Store } from '@cerberus-otel/server';
import { openPostgresStore } from '@cerberus-otel/server/postgres';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usePostgres } from '../../../packages/server/test-dist/support/databases/postgres.js';
import { describeInBrowser } from './browser.js';

/** Options that give a server an empty store of its own. */
type EmptyStore = () => Promise<Pick<ServerOptions, 'db' | 'store'>>;

/** Tests of the page, once with each database that a server can have. */
export function describeOnEachStore(title: string, tests: (emptyStore: EmptyStore) => void): void {
  describeInBrowser(`${title}, on DuckDB`, () => {
    const folders: string[] = [];
    tests(async () => {
      const folder = await mkdtemp(join(tmpdir(), 'cerberus-page-'));
      folders.push(folder);
      return { db: join(folder, 'page.duckdb') };
    });
    after(() => {
      for (const folder of folders) rmSync(folder, { recursive: true });
    });
  });
  describeOnPostgres(title, (freshDatabase) => {
    tests(async () => ({ store: await openStoreAt(await freshDatabase()) }));
  });
}

/** Tests of the page of servers that share a database. */
export function describeOnPostgres(
  title: string,
  tests: (freshDatabase: () => Promise<string>) => void,
): void {
  describeInBrowser(`${title}, on PostgreSQL`, () => tests(usePostgres()));
}

/** A store as a server opens it, for as many servers as a test wants on one database. */
export function openStoreAt(url: string): Promise<Store> {
  return openPostgresStore(url, { token: 'page', secretKey: 'page' });
}
