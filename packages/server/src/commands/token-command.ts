import { Command, Option } from 'commander';

import { PURPOSES } from '../access/purposes.ts';
import { administrate, withAdministrationOptions, type AdministrationFlags } from './administration.ts';
import { CommandError, fail } from './running-server.ts';
import { giveOut, outputProblem } from './secret-output.ts';
import { tableOf } from './table.ts';
import { printable } from './terminal.ts';
import {
  fileTokens,
  serverTokens,
  type ListedToken,
  type TokenAdministration,
} from './token-administration.ts';

interface CreateFlags extends AdministrationFlags {
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
      withAdministrationOptions(new Command('create'))
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
      withAdministrationOptions(new Command('list'))
        .description('Lists the tokens, without what makes them tokens.')
        .option('--json', 'as JSON', false)
        .action((_: unknown, self: Command) =>
          list(self.optsWithGlobals<AdministrationFlags & { json: boolean }>()),
        ),
    )
    .addCommand(
      withAdministrationOptions(new Command('revoke'))
        .description('Makes a token worthless at once.')
        .argument('<id>', 'as the list shows it')
        .action((id: string, _: unknown, self: Command) =>
          revoke(id, self.optsWithGlobals<AdministrationFlags>()),
        ),
    );
  return command;
}

async function create(flags: CreateFlags): Promise<void> {
  const { purpose, application, output } = flags;
  if (purpose === undefined)
    return fail('token create', new CommandError(`--purpose must be one of ${PURPOSES.join(', ')}`));
  const problem = outputProblem('token', output);
  if (problem !== undefined) return fail('token create', problem);
  return run('create', flags, async (tokens) => {
    const name = flags.name ?? application ?? purpose;
    const { token, id } = await tokens.create({ name, purpose, application });
    const where = await giveOut({ what: 'token', text: token, undo: () => tokens.revoke(id) }, output);
    process.stderr.write(`cerberus-server token: ${id} is for ${purpose}${where}; it is not shown again\n`);
  });
}

async function list(flags: AdministrationFlags & { readonly json: boolean }): Promise<void> {
  await run('list', flags, async (tokens) => {
    const listed = await tokens.list();
    const text = flags.json ? JSON.stringify(listed, undefined, 2) : tokenTable(listed);
    process.stdout.write(`${text}\n`);
  });
}

async function revoke(id: string, flags: AdministrationFlags): Promise<void> {
  await run('revoke', flags, async (tokens) => {
    await tokens.revoke(id);
    process.stderr.write(`cerberus-server token: ${printable(id)} is revoked\n`);
  });
}

function run(
  name: string,
  flags: AdministrationFlags,
  action: (tokens: TokenAdministration) => Promise<void>,
): Promise<void> {
  return administrate(`token ${name}`, flags, { inServer: serverTokens, inFile: fileTokens }, action);
}

function tokenTable(tokens: readonly ListedToken[]): string {
  const head = ['ID', 'NAME', 'PURPOSE', 'APPLICATION', 'CREATED', 'LAST USE'];
  const rows = tokens.map((token) => [
    token.id,
    printable(token.name),
    token.purpose,
    token.application === null ? '-' : printable(token.application),
    token.created_at ?? '-',
    token.last_used_at ?? '-',
  ]);
  return tableOf(head, rows);
}
