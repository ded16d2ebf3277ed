import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Command, InvalidArgumentError } from 'commander';

import { CerberusServerError } from '../../errors.ts';
import { someName } from '../some-name.ts';
import { createPaint } from '../terminal.ts';

interface DevFlags {
  readonly port?: number;
  readonly clientId?: string;
  readonly register: boolean;
}

/** `cerberus-server dev -- node app.js`: an application on the page, without any change to it. */
export function devCommand(): Command {
  return new Command('dev')
    .description(
      'Runs an application and shows its requests: a server with a temporary database, set up for it.',
    )
    .argument('<command...>', 'the application, such as: -- node app.js')
    .option('--port <number>', 'of the server, 0 for a free one (default 8765, or a free one)', portNumber)
    .option(
      '--client-id <id>',
      'name of the application (default: $CERBERUS_CLIENT_ID, the name in package.json, my-app)',
      someName,
    )
    .option('--no-register', 'the application sets OpenTelemetry and Cerberus up itself')
    .passThroughOptions()
    .action(async (command: [string, ...string[]], flags: DevFlags) => run(command, flags));
}

async function run(command: readonly [string, ...string[]], flags: DevFlags): Promise<void> {
  const { env, stderr } = process;
  const folder = process.cwd();
  const line = (text: string): void => void stderr.write(`cerberus: ${text}\n`);
  const clientId = flags.clientId ?? nonEmpty(env['CERBERUS_CLIENT_ID']) ?? packageName(folder) ?? 'my-app';
  try {
    // It has a server in it, which `cerberus-server health` and others need not read.
    const { runDev } = await import('./run.ts');
    const { port, register } = flags;
    const options = { command, port, register, clientId, folder, env };
    process.exitCode = await runDev(options, { paint: createPaint(stderr.isTTY, env), line });
  } catch (error) {
    if (!(error instanceof CerberusServerError)) throw error;
    line(error.message);
    process.exitCode = 1;
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function packageName(folder: string): string | undefined {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown };
    return typeof manifest.name === 'string' ? nonEmpty(manifest.name) : undefined;
  } catch {
    // There is none, or it is not for us to complain about.
    return undefined;
  }
}

function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('It must be an integer from 0 to 65535.');
}
