import { createHash } from 'node:crypto';

import { Command } from 'commander';

import { copyAccess } from '../access/transfer.ts';
import { resolveConfig } from '../config.ts';
import { openDuckDb } from '../store/duckdb/open.ts';
import { openPostgres } from '../store/postgres/open.ts';
import type { ProducerRow } from '../store/questions/producer.ts';
import { CommandError, fail } from './running-server.ts';
import { environmentWith } from './settings.ts';

interface MigrateFlags {
  readonly from: string;
  readonly store?: string;
  readonly token?: string;
  readonly secretKey?: string;
  readonly config?: string;
}

/** Events that are read and written together. */
const PAGE_EVENTS = 10_000;
/** No limit. */
const ALL = Number.MAX_SAFE_INTEGER;

/** `cerberus-server migrate`: moves what a server has in a DuckDB file into a PostgreSQL database. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description(
      'Copies events, the state of exporters, settings, tokens and links from a DuckDB file into a PostgreSQL database; run it again to go on.',
    )
    .requiredOption('--from <file>', 'DuckDB file of a server that does not run')
    .option('--store <url>', 'PostgreSQL database (default: $CERBERUS_SERVER_STORE)')
    .option('--token <token>', 'of the servers on the database (default: $CERBERUS_SERVER_TOKEN)')
    .option('--secret-key <key>', 'of the servers on the database (default: $CERBERUS_SERVER_SECRET_KEY)')
    .action((_: unknown, command: Command) => migrate(command.optsWithGlobals<MigrateFlags>()));
}

async function migrate({ from, config: file, ...options }: MigrateFlags): Promise<void> {
  try {
    const config = resolveConfig(options, environmentWith(process.env, file));
    const { store: address, token = '', secretKey = '' } = config;
    if (address === undefined) throw new CommandError('--store must name a PostgreSQL database');
    const source = await openDuckDb(from, { ...config, create: false });
    try {
      const target = await openPostgres(address, config, { token, secretKey });
      try {
        await copy(source, target);
        const settings = await copyDocuments(source, target);
        const access = await copyAccess(from, target.records);
        process.stdout.write(`copied ${settings} settings, and ${access} tokens and links\n`);
      } finally {
        await target.close();
      }
    } finally {
      await source.close();
    }
  } catch (error) {
    fail('migrate', error);
  }
}

type Source = Awaited<ReturnType<typeof openDuckDb>>;
type Target = Awaited<ReturnType<typeof openPostgres>>;

async function copy(source: Source, target: Target): Promise<void> {
  const { rows: producers } = await source.analytics.producers({ limit: ALL, first: [] });
  const releases = await source.analytics.releases({ since: 0, until: ALL, limit: ALL });
  let copied = 0;
  let isTold = false;
  await target.import(
    await nameOf(source, producers),
    { producers, releases },
    (after) => source.eventsAfter(after, PAGE_EVENTS),
    (events) => {
      copied += events;
      if (process.stderr.isTTY) process.stderr.write(`\r${copied} events`);
      isTold = true;
    },
  );
  if (isTold && process.stderr.isTTY) process.stderr.write('\n');
  process.stdout.write(`copied ${copied} events and ${producers.length} producers\n`);
}

/** Alert rules and whatever else servers keep; what the database has already stays as it is. */
async function copyDocuments({ documents: source }: Source, { documents: target }: Target): Promise<number> {
  const documents = await source.all();
  for (const document of documents) await target.change([{ ...document, version: 0 }]);
  return documents.length;
}

/** Of the file, wherever it lies: its oldest event and its producers, which stay while no server runs on it. */
async function nameOf(source: Source, producers: readonly ProducerRow[]): Promise<string> {
  const [first] = await source.eventsAfter(0, 1);
  const keys = producers.map(({ producer, lastSeq }) => `${producer} ${lastSeq}`).toSorted();
  const facts = JSON.stringify([first?.id, first?.receivedAt, keys]);
  return `duckdb:${createHash('sha256').update(facts).digest('hex')}`;
}
