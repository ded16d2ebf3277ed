import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { Command, InvalidArgumentError, Option } from 'commander';

import { resolveConfig } from '../config.ts';
import { parseTime } from '../event/timestamps.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../store/archive.ts';
import { removeCopy } from '../store/copies.ts';
import { openDuckDb } from '../store/duckdb/open.ts';
import type { DuckDbStore } from '../store/duckdb/store.ts';
import { outputPath, writeWhole } from './output-file.ts';
import { environmentWith } from './settings.ts';
import {
  ask,
  CommandError,
  fail,
  fileWithoutServer,
  keptToken,
  localServer,
  type ServerFlags,
} from './running-server.ts';
import { someName } from './some-name.ts';

interface CommonFlags extends ServerFlags {
  readonly url?: string;
  readonly token?: string;
  readonly db?: string;
  readonly output?: string;
  /** The server's, of whoever opens the file. */
  readonly memoryLimit?: string;
  readonly threads?: number;
}

interface ExportFlags extends CommonFlags {
  readonly format: ExportFormat;
  readonly since?: number;
  readonly until?: number;
  readonly clientId?: string;
}

/** `cerberus-server export`: events as a file, from a running server or from the file of one that is not. */
export function exportCommand(): Command {
  return withCommonOptions(new Command('export'))
    .description('Writes events to a file, or NDJSON to the standard output.')
    .addOption(new Option('--format <format>', 'of the file').choices(EXPORT_FORMATS).default('ndjson'))
    .option('--since <time>', 'RFC 3339, or milliseconds since the epoch; included', time)
    .option('--until <time>', 'the same; excluded', time)
    .option('--client-id <id>', 'only events of this application', someName)
    .action((_: unknown, command: Command) => {
      const { format, since, until, clientId, ...common } = command.optsWithGlobals<ExportFlags>();
      const params = new URLSearchParams({ format });
      if (since !== undefined) params.set('since', String(since));
      if (until !== undefined) params.set('until', String(until));
      if (clientId !== undefined) params.set('client_id', clientId);
      if (format === 'parquet' && common.output === undefined) {
        return fail('export', new CommandError('parquet needs --output'));
      }
      const query = { format, since, until, clientId };
      return run('export', common, `/api/export?${params.toString()}`, (archive, path) =>
        archive.export(query, path),
      );
    });
}

/** `cerberus-server backup`: a copy of the database, made while the server runs. */
export function backupCommand(): Command {
  return withCommonOptions(new Command('backup'))
    .description('Writes a copy of the database, which a server can be started with.')
    .action((_: unknown, command: Command) => {
      const common = command.optsWithGlobals<CommonFlags>();
      if (common.output === undefined) return fail('backup', new CommandError('--output must be given'));
      return run('backup', common, '/api/backup', (archive, path) => archive.backup(path));
    });
}

function withCommonOptions(command: Command): Command {
  return command
    .option('--url <url>', 'the running server (default: the one on this machine, else the file is opened)')
    .option('--token <token>', 'its token (default: $CERBERUS_SERVER_TOKEN, then <db>.token)')
    .option('--db <file>', 'database file (default ./cerberus.duckdb)')
    .option('-o, --output <file>', 'where to write; - for the standard output');
}

type Make = (archive: DuckDbStore['archive'], path: string) => Promise<void>;

async function run(name: string, flags: CommonFlags, path: string, make: Make): Promise<void> {
  try {
    const { db, token: givenToken, host, port, tlsCert, tlsKey, memoryLimit, threads } = flags;
    const given = { db, token: givenToken, host, port, tlsCert, tlsKey, memoryLimit, threads };
    const config = resolveConfig(given, environmentWith(process.env, flags.config));
    const output = await outputOf(flags.output, config.db);
    const server = flags.url === undefined ? localServer(config) : { base: flags.url };
    const token = config.token ?? (await keptToken(config.db));
    const response = await ask({ ...server, token, named: flags.url !== undefined }, path);
    if (response === undefined) await fromFile(fileWithoutServer(config), config, output, make);
    else await save(response, output);
  } catch (error) {
    fail(name, error);
  }
}

/** @returns `undefined` for the standard output */
async function outputOf(output: string | undefined, db: string): Promise<string | undefined> {
  return output === undefined || output === '-' ? undefined : outputPath(output, db);
}

async function save(response: Response, output: string | undefined): Promise<void> {
  const { body } = response;
  if (body === null) throw new CommandError('the server sent nothing');
  const source = arriving(body);
  if (output === undefined) await pipeline(source, process.stdout, { end: false });
  else await writeWhole(output, (path) => pipeline(source, createWriteStream(path, { mode: 0o600 })));
}

/** What a server sends. What ends before it is whole is no file, and its reason of no use. */
async function* arriving(body: NonNullable<Response['body']>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch {
    throw new CommandError('the connection to the server was lost before all had arrived');
  }
}

async function fromFile(
  db: string,
  limits: { readonly memoryLimit: string; readonly threads: number },
  output: string | undefined,
  make: Make,
): Promise<void> {
  const store = await openDuckDb(db, { ...limits, create: false });
  try {
    if (output !== undefined) {
      await writeWhole(output, (path) => make(store.archive, path));
      return;
    }
    const folder = await store.archive.newFolder();
    try {
      const path = join(folder, 'export');
      await make(store.archive, path);
      await pipeline(createReadStream(path), process.stdout, { end: false });
    } finally {
      await removeCopy(folder);
    }
  } finally {
    await store.close();
  }
}

function time(text: string): number {
  const millis = parseTime(text);
  if (millis === undefined) throw new InvalidArgumentError('It must be an RFC 3339 time or milliseconds.');
  return millis;
}
