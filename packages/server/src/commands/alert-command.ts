import { Command } from 'commander';

import { readAlertFile } from '../alerts/alert-file.ts';
import type { DestinationJson, RuleJson } from '../api/alerts/alerts-json.ts';
import { filterOfWords } from '../api/query/filter.ts';
import {
  administrate,
  withAdministrationOptions,
  type AdministrationFlags,
  type Answer,
} from './administration.ts';
import { CommandError, fail } from './running-server.ts';
import { tableOf } from './table.ts';
import { printable } from './terminal.ts';

interface Listed {
  readonly rules: readonly RuleJson[];
  readonly destinations: readonly DestinationJson[];
}

/** A server has to run. */
const NO_FILES = '';

/** `cerberus-server alert list|test|check`: what a running server watches, whether its messages arrive, and whether a file is right. */
export function alertCommand(): Command {
  return new Command('alert')
    .description('Shows the rules of alerts, tests where their messages go, and checks a file of them.')
    .addCommand(
      withAdministrationOptions(new Command('list'), NO_FILES)
        .description('Lists rules and destinations, without their secrets.')
        .action((_: unknown, self: Command) => list(self.optsWithGlobals<AdministrationFlags>())),
    )
    .addCommand(
      withAdministrationOptions(new Command('test'), NO_FILES)
        .description('Sends a message to a destination.')
        .argument('<id>', 'as the list shows it')
        .action((id: string, _: unknown, self: Command) =>
          test(id, self.optsWithGlobals<AdministrationFlags>()),
        ),
    )
    .addCommand(
      new Command('check')
        .description('Reads a file of rules as a server would that is given it with --alerts.')
        .argument('<file>')
        .action((file: string) => check(file)),
    );
}

function list(flags: AdministrationFlags): Promise<void> {
  return inServer('alert list', flags, async (answer) => {
    const { rules, destinations } = (await answer('/api/alerts')) as Listed;
    const ruleRows = rules.map((rule) => [rule.id, printable(rule.name), rule.measure, stateOf(rule)]);
    const rows = destinations.map(({ id, name, kind, target }) => [
      id,
      printable(name),
      kind ?? 'unreadable',
      printable(target ?? '-'),
    ]);
    const tables = [
      tableOf(['RULE', 'NAME', 'MEASURE', 'STATE'], ruleRows),
      tableOf(['DESTINATION', 'NAME', 'KIND', 'WHERE'], rows),
    ];
    process.stdout.write(`${tables.join('\n\n')}\n`);
  });
}

function stateOf({ paused, firing }: RuleJson): string {
  if (paused) return 'paused';
  return firing.length === 0 ? 'quiet' : `fires since ${firing[0]?.since ?? '-'}`;
}

function test(id: string, flags: AdministrationFlags): Promise<void> {
  return inServer('alert test', flags, async (answer) => {
    const result = await answer(`/api/alerts/test?id=${encodeURIComponent(id)}`, { method: 'POST' });
    const { delivered, error } = result as { readonly delivered: boolean; readonly error: string | null };
    if (!delivered) throw new CommandError(`it was not taken: ${error ?? 'nobody knows why'}`);
    const left = error === null ? '' : `, but not ${error}`;
    process.stderr.write(`cerberus-server alert: ${printable(id)} has taken it${left}\n`);
  });
}

function check(file: string): void {
  try {
    const { rules, destinations } = readAlertFile(file, process.env, filterOfWords);
    const counts = `${rules.size} rules and ${destinations.size} destinations`;
    process.stderr.write(`cerberus-server alert: ${printable(file)} has ${counts}\n`);
  } catch (error) {
    fail('alert check', error);
  }
}

/** What is kept of alerts is in the database, and its destinations can be opened by the server only. */
function inServer(
  name: string,
  flags: AdministrationFlags,
  action: (answer: Answer) => Promise<void>,
): Promise<void> {
  return administrate(name, flags, { inServer: (answer) => answer, inFile: () => nowhere }, action);
}

const nowhere: Answer = () => Promise.reject(new CommandError('no server answers: start it first'));
