import { existsSync, writeFileSync } from 'node:fs';

import { Command, Option } from 'commander';

import { PURPOSES } from '../access/purposes.ts';
import { resolveConfig } from '../config.ts';
import { messageOf } from '../errors.ts';
import { CommandError, fail } from './running-server.ts';
import { environmentWith } from './settings.ts';
import { printable } from './terminal.ts';
import {
  fileTokens,
  serverTokens,
  type ListedToken,
  type TokenAdministration,
} from './token-administration.ts';

interface CommonFlags {
  readonly url?: string;
  readonly token?: string;
  readonly db?: string;
  /** Of the command as a whole, before the name of this one. */
  readonly config?: string;
}

interface CreateFlags extends CommonFlags {
  readonly name?: string;
  readonly purpose?: string;
  readonly application?: string;
  readonly output?: string;
}

/** `cerberus-server token create|list|revoke`: in a running server, or in the file of one that does not run. */
export function tokenCommand(): Command {
  const command = new Command('token').description('Issues, lists and revokes tokens with a purpose.');
  command
    .addCommand(
      withCommonOptions(new Command('create'))
        .description('Issues a token, and shows it this once.')
        .option('--name <name>', 'what it is listed as (default: the application, or the purpose)')
        .addOption(new Option('--purpose <purpose>', 'what it is for').choices(PURPOSES))
        .option('--application <client id>', 'the only application that it may send as')
        .option(
          '-o, --output <file>',
          'where to write it, readable for its owner only; - for the standard output',
        )
        .action((_: unknown, self: Command) => create(self.optsWithGlobals<CreateFlags>())),
    )
    .addCommand(
      withCommonOptions(new Command('list'))
        .description('Lists the tokens, without what makes them tokens.')
        .option('--json', 'as JSON', false)
        .action((_: unknown, self: Command) => list(self.optsWithGlobals<CommonFlags & { json: boolean }>())),
    )
    .addCommand(
      withCommonOptions(new Command('revoke'))
        .description('Makes a token worthless at once.')
        .argument('<id>', 'as the list shows it')
        .action((id: string, _: unknown, self: Command) => revoke(id, self.optsWithGlobals<CommonFlags>())),
    );
  return command;
}

function withCommonOptions(command: Command): Command {
  return command
    .option('--url <url>', 'the running server (default: the one on this machine, else the file is changed)')
    .option('--token <token>', 'an admin token (default: $CERBERUS_SERVER_TOKEN, then <db>.token)')
    .option('--db <file>', 'database file (default ./cerberus.duckdb)');
}

async function create(flags: CreateFlags): Promise<void> {
  const { purpose, application, output } = flags;
  const { stdout } = process;
  if (purpose === undefined)
    return fail('token create', new CommandError(`--purpose must be one of ${PURPOSES.join(', ')}`));
  if (output === undefined && !stdout.isTTY) {
    const rule = 'the token is shown on a terminal only: use --output with a file, or with -';
    return fail('token create', new CommandError(rule));
  }
  return run('create', flags, async (tokens) => {
    const name = flags.name ?? application ?? purpose;
    const { token, id } = await tokens.create({ name, purpose, application });
    if (output === undefined || output === '-') {
      stdout.write(`${token}\n`);
    } else {
      await writeOrRevoke(output, token, () => tokens.revoke(id));
    }
    const where = output === undefined || output === '-' ? '' : `, in ${output}`;
    process.stderr.write(`cerberus-server token: ${id} is for ${purpose}${where}; it is not shown again\n`);
  });
}

/** A token that nobody has is revoked. */
async function writeOrRevoke(path: string, token: string, undo: () => Promise<void>): Promise<void> {
  try {
    writeFileSync(path, `${token}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    await undo();
    throw new CommandError(`the token cannot be written: ${messageOf(error)}`);
  }
}

async function list(flags: CommonFlags & { readonly json: boolean }): Promise<void> {
  await run('list', flags, async (tokens) => {
    const listed = await tokens.list();
    const text = flags.json ? JSON.stringify(listed, undefined, 2) : tableOf(listed);
    process.stdout.write(`${text}\n`);
  });
}

async function revoke(id: string, flags: CommonFlags): Promise<void> {
  await run('revoke', flags, async (tokens) => {
    await tokens.revoke(id);
    process.stderr.write(`cerberus-server token: ${printable(id)} is revoked\n`);
  });
}

async function run(
  name: string,
  flags: CommonFlags,
  action: (tokens: TokenAdministration) => Promise<void>,
): Promise<void> {
  try {
    const config = resolveConfig(
      { db: flags.db, token: flags.token },
      environmentWith(process.env, flags.config),
    );
    const asked = await serverTokens(config, flags.url);
    if (asked !== undefined) return await action(asked);
    // As the server does: a database that was never made needs no lock.
    return await fileTokens(config, existsSync(config.db), action);
  } catch (error) {
    return fail(`token ${name}`, error);
  }
}

function tableOf(tokens: readonly ListedToken[]): string {
  const head = ['ID', 'NAME', 'PURPOSE', 'APPLICATION', 'CREATED', 'LAST USE'];
  const rows = tokens.map((token) => [
    token.id,
    printable(token.name),
    token.purpose,
    token.application === null ? '-' : printable(token.application),
    token.created_at ?? '-',
    token.last_used_at ?? '-',
  ]);
  const widths = head.map((text, column) =>
    Math.max(text.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [head, ...rows]
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
