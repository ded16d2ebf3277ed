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
  --help   this text

doctor   Checks, before the application runs: installed packages and what names the routes of the frameworks in its
         package.json, options, the key endpoint, and the backend with one test event (GET /cerberus-doctor), which our
         server keeps out of all figures. Options are those in the environment. Exit code: 0 when nothing failed, 1 otherwise.

  --import, --require   loads the application's set-up file first, as node does, and checks the options that it sets

Exit code of audit: 0 when events arrived and nothing in them looks like personal data, 1 otherwise, 2 for wrong usage; or
that of the command when it fails.
`;

interface Arguments {
  readonly json: boolean;
  readonly command: readonly string[];
}

/**
 * The program `cerberus-otel`.
 *
 * @param argv the arguments, without node and script
 * @returns the exit code
 */
export async function main(argv: readonly string[]): Promise<number> {
  if (argv.length === 0 || argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(USAGE);
    return argv.length === 0 ? 2 : 0;
  }
  const [name, ...others] = argv;
  const preloads = name === 'doctor' ? preloadsIn(others) : undefined;
  if (preloads !== undefined) return preloads.length === 0 ? doctor() : doctorWithSetUp(preloads);
  const given = name === 'audit' ? read(others) : undefined;
  if (given === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  return audit(given.command, given.json);
}

function read(argv: readonly string[]): Arguments | undefined {
  const separator = argv.indexOf('--');
  const own = separator === -1 ? argv : argv.slice(0, separator);
  try {
    const { values } = parseArgs({ args: [...own], options: { json: { type: 'boolean', default: false } } });
    return { json: values.json, command: separator === -1 ? [] : argv.slice(separator + 1) };
  } catch {
    return undefined;
  }
}

/** The flags for Node.js in their order; undefined when there is something else. */
function preloadsIn(argv: readonly string[]): readonly string[] | undefined {
  try {
    const options = {
      import: { type: 'string', multiple: true },
      require: { type: 'string', multiple: true },
    } as const;
    const { tokens } = parseArgs({ args: [...argv], options, tokens: true });
    return tokens.flatMap((token) =>
      token.kind === 'option' && token.value !== undefined ? [`--${token.name}`, token.value] : [],
    );
  } catch {
    return undefined;
  }
}
