import { VERSION } from '@cerberus-otel/exporter-ws/internal';
import { parseArgs } from 'node:util';
import { audit } from './audit/audit.ts';
import { doctor } from './doctor/command.ts';
import { doctorWithSetUp } from './doctor/with-set-up.ts';

const USAGE = `Usage: cerberus-otel audit [--json] [-- command ...]
       cerberus-otel doctor [--import file | --require file] ...

audit    Shows exactly what would leave: runs the command (or waits for an application that you start) against a
         backend on this machine that stores nothing, and prints every request and message that arrives, and what in
         them looks like personal data. Ends with the command, or on Ctrl-C.

  --json   one JSON line per event on stdout, everything else on stderr

doctor   Checks, before the application runs: installed packages and what names the routes of the frameworks in its
         package.json, options, the key endpoint, and the backend with one test event (GET /cerberus-doctor), which our
         server keeps out of all figures. Options are those in the environment. Exit code: 0 when nothing failed, 1 otherwise.

  --import, --require   loads the application's set-up file first, as node does, and checks the options that it sets

--help, --version   this text, and the version

Exit code of audit: 0 when events arrived and nothing in them looks like personal data, 1 otherwise, 2 for wrong usage; or
that of the command when it fails.
`;

interface Arguments {
  readonly json: boolean;
  readonly command: readonly string[];
}

/** The arguments cannot be understood. */
class UsageError extends Error {}

/**
 * The program `cerberus-otel`.
 *
 * @param argv the arguments, without node and script
 * @returns the exit code
 */
export async function main(argv: readonly string[]): Promise<number> {
  // A reader that has seen enough, such as `head`.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const [name, ...others] = argv;
  if (name === undefined || wantsHelp(argv)) {
    process.stdout.write(USAGE);
    return name === undefined ? 2 : 0;
  }
  try {
    return await run(name, others);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`cerberus-otel: ${error.message}\n(see cerberus-otel --help)\n`);
    return 2;
  }
}

/** What comes after `--` is the application's. */
function wantsHelp(argv: readonly string[]): boolean {
  const own = ownPart(argv);
  return own[0] === 'help' || own.includes('--help') || own.includes('-h');
}

function ownPart(argv: readonly string[]): readonly string[] {
  const separator = argv.indexOf('--');
  return separator === -1 ? argv : argv.slice(0, separator);
}

async function run(name: string, others: readonly string[]): Promise<number> {
  if (name === '--version' || name === '-V') {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  if (name === 'doctor') {
    const preloads = preloadsIn(others);
    return preloads.length === 0 ? doctor() : doctorWithSetUp(preloads);
  }
  if (name !== 'audit') throw new UsageError(`there is no command ${JSON.stringify(name)}`);
  const { command, json } = read(others);
  return audit(command, json);
}

function read(argv: readonly string[]): Arguments {
  const own = ownPart(argv);
  const command = argv.slice(own.length + 1);
  const { values, positionals } = parsed(() =>
    parseArgs({
      args: [...own],
      options: { json: { type: 'boolean', default: false } },
      allowPositionals: true,
    }),
  );
  const [stray] = positionals;
  if (stray !== undefined) throw new UsageError(`write -- before the command: audit -- ${stray} …`);
  return { json: values.json, command };
}

/** The flags for Node.js in their order. */
function preloadsIn(argv: readonly string[]): readonly string[] {
  const options = {
    import: { type: 'string', multiple: true },
    require: { type: 'string', multiple: true },
  } as const;
  const { tokens } = parsed(() => parseArgs({ args: [...argv], options, tokens: true }));
  return tokens.flatMap((token) =>
    token.kind === 'option' && token.value !== undefined ? [`--${token.name}`, token.value] : [],
  );
}

/** What Node.js says of them is for people: which one is unknown, or lacks its value. */
function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const [said = ''] = error instanceof Error ? error.message.split('. To specify') : [];
    throw new UsageError(said);
  }
}
