import { Command } from 'commander';

import { tail, TailError } from './tail.ts';
import { someName } from '../some-name.ts';
import { createPaint } from '../terminal.ts';

interface TailFlags {
  readonly url: string;
  readonly token?: string;
  readonly endpoint?: string;
  readonly clientId?: string;
  readonly json: boolean;
}

/** `cerberus-server tail`: requests in the terminal as they are stored. */
export function tailCommand(): Command {
  return new Command('tail')
    .description('Prints requests as a running server stores them, until Ctrl-C.')
    .option('--url <url>', 'the server', 'http://127.0.0.1:8765')
    .option('--token <token>', 'its token (default: $CERBERUS_TOKEN, then $CERBERUS_SERVER_TOKEN)')
    .option('--endpoint <route>', 'only requests with this route or path', someName)
    .option('--client-id <id>', 'only requests to this application', someName)
    .option('--json', 'whole events as JSON, one a line', false)
    .action(async (flags: TailFlags) => run(flags));
}

async function run(flags: TailFlags): Promise<void> {
  const { env, stdout, stderr } = process;
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  // A reader that has seen enough, such as `head`.
  stdout.on('error', stop);
  const options = {
    token: flags.token ?? textOf(env['CERBERUS_TOKEN']) ?? textOf(env['CERBERUS_SERVER_TOKEN']),
    endpoint: flags.endpoint,
    clientId: flags.clientId,
    json: flags.json,
  };
  const output = {
    paint: createPaint(stdout.isTTY, env),
    line: (text: string) => void stdout.write(`${text}\n`),
    note: (text: string) => void stderr.write(`cerberus-server tail: ${text}\n`),
  };
  try {
    await tail({ ...options, url: httpUrl(flags.url) }, output, controller.signal);
  } catch (error) {
    if (controller.signal.aborted) return;
    if (!(error instanceof TailError)) throw error;
    output.note(error.message);
    process.exitCode = 1;
  }
}

function textOf(value: string | undefined): string | undefined {
  return value?.trim() || undefined;
}

/** Not said by Commander, which repeats what it refuses: a password may be in it. */
function httpUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new TailError('--url must be an http:// or https:// URL');
}
