import { parseArgs } from 'node:util';
import { audit } from './audit/audit.ts';
import { doctor } from './doctor/command.ts';

const USAGE = `Usage: cerberus-otel audit [--json] [-- command ...]
       cerberus-otel doctor

audit    Shows exactly what would leave: runs the command (or waits for an application that you start) against a
         backend on this machine that stores nothing, and prints every request and message that arrives, and what in
         them looks like personal data. Ends with the command, or on Ctrl-C.

  --json   one JSON line per event on stdout, everything else on stderr
  --help   this text

doctor   Checks, before the application runs, what is in the environment: installed packages, options, the key endpoint,
         and the backend with one test event (GET /cerberus-doctor). What an application sets in code is not seen.
         Exit code: 0 when nothing failed, 1 otherwise.

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
  if (name === 'doctor' && others.length === 0) return doctor();
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
