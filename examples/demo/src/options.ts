import { Command, InvalidArgumentError } from 'commander';

/** What the command line says. */
export interface DemoOptions {
  /** Length of the traffic. */
  readonly seconds: number;
  /** Go on after that until interrupted. */
  readonly keep: boolean;
  /** Of the shop; 0 for a free one. */
  readonly port: number;
  readonly serverPort: number;
  /** DuckDB file; a temporary one if undefined. */
  readonly db: string | undefined;
  /** The result as JSON in the last line. */
  readonly json: boolean;
}

const MAX_SECONDS = 86_400;

/** Reads the command line; prints help or what is wrong with it and exits if that is all there is to do. */
export function readOptions(argv: readonly string[]): DemoOptions {
  const given = new Command('npm run demo --')
    .description(
      'A shop on Express, its visitors, and a Cerberus server that must miss none of their requests.',
    )
    .option('--seconds <number>', 'length of the traffic', seconds, 20)
    .option('--keep', 'go on with gentle traffic until Ctrl-C', false)
    .option('--port <number>', 'port of the shop, 0 for a free one', port, 3000)
    .option('--server-port <number>', 'port of the Cerberus server, 0 for a free one', port, 8765)
    .option('--db <file>', 'DuckDB file to keep (default: a temporary one)')
    .option('--json', 'print the result as JSON in the last line', false)
    .allowExcessArguments(false)
    .parse([...argv], { from: 'user' })
    .opts<Omit<DemoOptions, 'db'> & { db?: string }>();
  return { ...given, db: given.db };
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= MAX_SECONDS) return value;
  throw new InvalidArgumentError(`It must be a number above 0, at most ${MAX_SECONDS}.`);
}

function port(text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= 65_535) return value;
  throw new InvalidArgumentError('It must be an integer from 0 to 65535.');
}
