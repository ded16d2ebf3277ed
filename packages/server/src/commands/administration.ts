import { existsSync } from 'node:fs';

import { Command } from 'commander';

import { resolveConfig, type ServerConfig } from '../config.ts';
import { openDuckDb } from '../store/duckdb/open.ts';
import {
  ask,
  CommandError,
  fail,
  fileWithoutServer,
  keptToken,
  localServer,
  type Asked,
  type ServerFlags,
} from './running-server.ts';
import { environmentWith } from './settings.ts';
import { printable } from './terminal.ts';

/** Who listens and does not say within this time that it lives is taken for nobody; the lock of the file tells a server that does. */
const HEALTH_MILLIS = 10_000;

/** Options of all commands that change what the server keeps of tokens and links. */
export interface AdministrationFlags extends ServerFlags {
  readonly url?: string;
  readonly token?: string;
  readonly db?: string;
}

/** Asks the running server, as JSON. Rejects with a `CommandError`. */
export type Answer = (path: string, init?: RequestInit) => Promise<unknown>;

/** Where the things are that a command is about. */
export interface Places<T> {
  /** In a running server, at its address. */
  readonly inServer: (answer: Answer, base: string) => T;
  /** In files beside a database. */
  readonly inFile: (db: string, base: string) => T;
}

/** What can be done with things of each kind. Rejects with a `CommandError`. */
interface Administration<L> {
  readonly list: () => Promise<readonly L[]>;
  readonly revoke: (id: string) => Promise<void>;
}

/** Things of one kind, as a command speaks of them. */
export interface Kind<L, T extends Administration<L>> {
  /** Of the command. */
  readonly name: 'token' | 'share';
  /** Of one of them. */
  readonly thing: 'token' | 'link';
  /** What the list is, for the help. */
  readonly listed: string;
  readonly places: Places<T>;
  readonly tableOf: (listed: readonly L[]) => string;
}

/** Adds `list` and `revoke` to a command. */
export function withListAndRevoke<L, T extends Administration<L>>(
  command: Command,
  kind: Kind<L, T>,
): Command {
  const { name, thing, listed: description, places, tableOf } = kind;
  const list = async (flags: AdministrationFlags & { readonly json: boolean }): Promise<void> =>
    administrate(`${name} list`, flags, places, async (things) => {
      const listed = await things.list();
      const text = flags.json ? JSON.stringify(listed, undefined, 2) : tableOf(listed);
      process.stdout.write(`${text}\n`);
    });
  const revoke = async (id: string, flags: AdministrationFlags): Promise<void> =>
    administrate(`${name} revoke`, flags, places, async (things) => {
      await things.revoke(id);
      process.stderr.write(`cerberus-server ${name}: ${printable(id)} is revoked\n`);
    });
  return command
    .addCommand(
      withAdministrationOptions(new Command('list'))
        .description(description)
        .option('--json', 'as JSON', false)
        .action((_: unknown, self: Command) =>
          list(self.optsWithGlobals<AdministrationFlags & { json: boolean }>()),
        ),
    )
    .addCommand(
      withAdministrationOptions(new Command('revoke'))
        .description(`Makes a ${thing} worthless at once.`)
        .argument('<id>', 'as the list shows it')
        .action((id: string, _: unknown, self: Command) =>
          revoke(id, self.optsWithGlobals<AdministrationFlags>()),
        ),
    );
}

/**
 * Adds the options to a command.
 *
 * @param otherwise what is done where no server answers
 */
export function withAdministrationOptions(command: Command, otherwise = ', else its files'): Command {
  return command
    .option('--url <url>', `the running server (default: the one on this machine${otherwise})`)
    .option('--token <token>', 'an admin token (default: $CERBERUS_SERVER_TOKEN, then <db>.token)')
    .option('--db <file>', 'database file (default ./cerberus.duckdb)');
}

/** Does something with what is in a running server, or in the files of one that does not run; says what went wrong. */
export async function administrate<T>(
  name: string,
  flags: AdministrationFlags,
  { inServer, inFile }: Places<T>,
  action: (things: T) => Promise<void>,
): Promise<void> {
  try {
    const { db, token, host, port, tlsCert, tlsKey } = flags;
    const given = { db, token, host, port, tlsCert, tlsKey };
    const config = resolveConfig(given, environmentWith(process.env, flags.config));
    const server = flags.url === undefined ? localServer(config) : { base: flags.url };
    const { base } = server;
    const answer = await answersOf(config, server, flags.url !== undefined);
    if (answer !== undefined) return await action(inServer(answer, base));
    const file = fileWithoutServer(config);
    await whileLocked(config, () => action(inFile(file, base)));
    // One that nobody makes afterwards is a mistake in its name.
    if (!existsSync(file)) {
      const rule = 'this is for the server that makes it';
      process.stderr.write(`cerberus-server ${name}: there is no database ${printable(file)} yet: ${rule}\n`);
    }
  } catch (error) {
    return fail(name, error);
  }
}

/** A request that makes something. */
export function posting(wish: object): RequestInit {
  const headers = { 'content-type': 'application/json' };
  return { method: 'POST', headers, body: JSON.stringify(wish) };
}

/** @returns `undefined` where no server listens and none was named */
async function answersOf(
  config: ServerConfig,
  server: Pick<Asked, 'base' | 'fetch'>,
  isNamed: boolean,
): Promise<Answer | undefined> {
  const asked: Asked = { ...server, token: config.token ?? (await keptToken(config.db)), named: isNamed };
  const isThere = async (): Promise<boolean> =>
    (await ask({ ...asked, token: undefined }, '/healthz', {
      signal: AbortSignal.timeout(HEALTH_MILLIS),
    }).catch(() => true)) !== undefined;
  if (!isNamed && !(await isThere())) return undefined;
  return async (path, init) => {
    const response = await ask({ ...asked, named: true }, path, init);
    return response?.json().catch(() => {
      throw new CommandError('the server did not answer in JSON');
    });
  };
}

/** Holds the lock of the database meanwhile, so that no server starts. */
async function whileLocked(config: ServerConfig, action: () => Promise<void>): Promise<void> {
  // As the server does: a database that was never made needs no lock.
  const lock = existsSync(config.db) ? await openDuckDb(config.db, { ...config, create: false }) : undefined;
  try {
    await action();
  } finally {
    await lock?.close();
  }
}
