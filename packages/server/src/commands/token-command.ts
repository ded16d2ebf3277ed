import { Command, Option } from 'commander';

import { PURPOSES } from '../access/purposes.ts';
import {
  administrate,
  withAdministrationOptions,
  withListAndRevoke,
  type AdministrationFlags,
  type Kind,
} from './administration.ts';
import { CommandError, fail } from './running-server.ts';
import { giveOut, outputOption, outputProblem } from './secret-output.ts';
import { someName } from './some-name.ts';
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

const KIND: Kind<ListedToken, TokenAdministration> = {
  name: 'token',
  thing: 'token',
  listed: 'Lists the tokens, without what makes them tokens.',
  places: { inServer: serverTokens, inFile: fileTokens },
  tableOf: tokenTable,
};

/** `cerberus-server token create|list|revoke`: in a running server, or in the file of one that does not run. */
export function tokenCommand(): Command {
  const command = new Command('token').description('Issues, lists and revokes tokens with a purpose.');
  command.addCommand(
    withAdministrationOptions(new Command('create'))
      .description('Issues a token, and shows it this once.')
      .option('--name <name>', 'what it is listed as (default: the application, or the purpose)')
      .addOption(new Option('--purpose <purpose>', 'what it is for').choices(PURPOSES))
      .option('--application <client id>', 'the only application that it may send as', someName)
      .addOption(outputOption())
      .action((_: unknown, self: Command) => create(self.optsWithGlobals<CreateFlags>())),
  );
  return withListAndRevoke(command, KIND);
}

async function create(flags: CreateFlags): Promise<void> {
  const { purpose, application, output } = flags;
  if (purpose === undefined)
    return fail('token create', new CommandError(`--purpose must be one of ${PURPOSES.join(', ')}`));
  const problem = outputProblem('token', output);
  if (problem !== undefined) return fail('token create', problem);
  return administrate('token create', flags, KIND.places, async (tokens) => {
    const name = flags.name ?? application ?? purpose;
    const { token, id } = await tokens.create({ name, purpose, application });
    const where = await giveOut({ what: 'token', text: token, undo: () => tokens.revoke(id) }, output);
    process.stderr.write(`cerberus-server token: ${id} is for ${purpose}${where}; it is not shown again\n`);
  });
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
