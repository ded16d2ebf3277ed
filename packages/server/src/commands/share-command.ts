import { Command, InvalidArgumentError, Option } from 'commander';

import { SHARED_VIEWS } from '../access/sharing/share-scope.ts';
import {
  administrate,
  withAdministrationOptions,
  withListAndRevoke,
  type AdministrationFlags,
  type Kind,
} from './administration.ts';
import { fail } from './running-server.ts';
import { giveOut, outputOption, outputProblem } from './secret-output.ts';
import {
  fileShares,
  serverShares,
  type ListedShare,
  type ShareAdministration,
  type ShareWishJson,
} from './share-administration.ts';
import { tableOf } from './table.ts';
import { printable } from './terminal.ts';

interface CreateFlags extends AdministrationFlags {
  readonly view: string;
  readonly range?: string;
  readonly since?: string;
  readonly until?: string;
  readonly application?: string;
  readonly method?: string;
  readonly endpoint?: string;
  readonly metric?: string;
  readonly filter?: Readonly<Record<string, string>>;
  readonly validFor?: string;
  readonly details?: boolean;
  readonly output?: string;
}

const KIND: Kind<ListedShare, ShareAdministration> = {
  name: 'share',
  thing: 'link',
  listed: 'Lists the links that are valid, without what makes them links.',
  places: { inServer: serverShares, inFile: fileShares },
  tableOf: shareTable,
};

/** `cerberus-server share create|list|revoke`: in a running server, or in the file of one that does not run. */
export function shareCommand(): Command {
  const command = new Command('share').description('Makes, lists and revokes links that show one view.');
  command.addCommand(
    withAdministrationOptions(new Command('create'))
      .description('Makes a link to a view of the page, and shows it this once.')
      .addOption(new Option('--view <view>', 'what it opens').choices(SHARED_VIEWS).default('overview'))
      .option('--range <range>', '15m, 1h, 24h, 7d or 30d until now (default 24h)')
      .option('--since <time>', 'in place of a range: from when, RFC 3339')
      .option('--until <time>', 'and until when')
      .option('--application <client id>', 'the only application that it shows (default: all)')
      .option('--method <method>', 'of the view endpoint')
      .option('--endpoint <route>', 'of the view endpoint: route or path')
      .option('--metric <name>', 'the only metric of the view metrics')
      .option(
        '--filter <words>',
        'only such requests, as in the address of the page: status=5xx&release=1.4.2',
        wordsIn,
      )
      .option('--valid-for <duration>', 'such as 1h or 30d, which is the longest (default 7d)')
      .option('--details', 'shows single requests and clients, too')
      .addOption(outputOption())
      .action((_: unknown, self: Command) => create(self.optsWithGlobals<CreateFlags>())),
  );
  return withListAndRevoke(command, KIND);
}

async function create(flags: CreateFlags): Promise<void> {
  const { output } = flags;
  const problem = outputProblem('link', output);
  if (problem !== undefined) return fail('share create', problem);
  return administrate('share create', flags, KIND.places, async (shares) => {
    const { link, id, expires_at: end } = await shares.create(wishOf(flags));
    const where = await giveOut({ what: 'link', text: link, undo: () => shares.revoke(id) }, output);
    process.stderr.write(
      `cerberus-server share: ${id} is valid until ${end}${where}; it is not shown again\n`,
    );
  });
}

function wishOf(flags: CreateFlags): ShareWishJson {
  const { view, range, since, until, application, method, endpoint, metric, filter } = flags;
  const { validFor, details } = flags;
  const scope = { view, range, since, until, client_id: application, method, endpoint, metric, filter };
  return { ...scope, valid_for: validFor, details };
}

/** Words of a filter as a query has them. What they must be is said by who reads the wish. */
function wordsIn(text: string): Readonly<Record<string, string>> {
  const words = [...new URLSearchParams(text)];
  // As of a variable that is not set: a link without a filter shows everything.
  if (words.length === 0) throw new InvalidArgumentError('It must not be empty.');
  const twice = words.find(([word], index) => words.findIndex(([other]) => other === word) !== index);
  if (twice !== undefined) throw new InvalidArgumentError(`${printable(twice[0])} is there twice.`);
  return Object.fromEntries(words);
}

function shareTable(shares: readonly ListedShare[]): string {
  const head = ['ID', 'VIEW', 'RANGE', 'APPLICATION', 'DETAILS', 'MADE WITH', 'VALID UNTIL'];
  const rows = shares.map((share) => [
    share.id,
    printable(
      [share.view, share.method, share.endpoint, share.metric, ...wordsOf(share)].filter(Boolean).join(' '),
    ),
    share.range ?? `${share.since} to ${share.until}`,
    share.client_id === null ? '-' : printable(share.client_id),
    share.details ? 'yes' : 'no',
    share.created_by,
    share.expires_at,
  ]);
  return tableOf(head, rows);
}

function wordsOf({ filter }: ListedShare): readonly string[] {
  return Object.entries(filter).map(([word, value]) => `${word}=${value}`);
}
