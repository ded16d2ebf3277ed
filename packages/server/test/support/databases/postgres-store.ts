import type { QuestionLimits } from '../../../dist/store/question-limits.js';
import { parseStoreUrl } from '../../../dist/store/store-address.js';
import { PostgresStore } from '../../../dist/store/postgres/store.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { append } from '../events/events.js';
import { ask, usePostgres } from './postgres.js';

export const LIMITS = { maxQuestions: 64, questionTimeoutMillis: 30_000 };

/** What all servers of a test are given. */
export const SECRETS = { token: 'a-token', secretKey: 'a-key' };

/** A store as a server opens it. */
export function openStore(
  url: string,
  secrets: typeof SECRETS = SECRETS,
  limits: QuestionLimits = LIMITS,
): Promise<PostgresStore> {
  const address = parseStoreUrl(url);
  if (address === undefined) throw new Error(`no URL of a database: ${url}`);
  return PostgresStore.open(address, limits, secrets);
}

let prepared = 0;

/**
 * As {@link usePostgres}, with the tables in each database, and the partitions of a week to come and of the events of tests: for many small
 * tests, which would spend their time on making them.
 */
export function usePreparedPostgres(): () => Promise<string> {
  const freshDatabase = usePostgres();
  let template: Promise<string> | undefined;
  return async () => {
    const url = await (template ??= freshDatabase().then(prepare));
    prepared += 1;
    const name = `prepared_${prepared}`;
    const { pathname } = new URL(url);
    await ask(url.replace(pathname, '/postgres'), `CREATE DATABASE ${name} TEMPLATE ${pathname.slice(1)}`);
    return url.replace(pathname, `/${name}`);
  };
}

async function prepare(url: string): Promise<string> {
  const store = await openStore(url);
  await store.append(append({ seq: null }));
  await until('the partitions of the coming days are there', async () => {
    const rows = await ask(url, `SELECT 1 FROM pg_inherits WHERE inhparent = 'events'::regclass`);
    return rows.length === PARTITIONS;
  });
  await store.rollUp();
  await store.close();
  await ask(
    url,
    `DO $$ BEGIN EXECUTE (SELECT 'TRUNCATE pending, producers, additions, releases, ' || string_agg(relname, ',') FROM pg_class
       WHERE relkind = 'p' AND relnamespace = 'public'::regnamespace); END $$`,
  );
  return url;
}

/** Of today, the seven days to come, and the day of {@link append}'s events. */
const PARTITIONS = 9;
