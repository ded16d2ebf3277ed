import { Command } from 'commander';

import { resolveConfig } from '../config.ts';
import { ask, fail, localServer, type ServerFlags } from './running-server.ts';
import { environmentWith } from './settings.ts';

/** A server that takes longer than this to say that it lives is of no use, milliseconds. */
const ANSWER_TIMEOUT_MILLIS = 5000;

interface HealthFlags extends ServerFlags {
  readonly url?: string;
  readonly ready: boolean;
}

/** `cerberus-server health`: for containers, which have no program that asks a server over HTTP. */
export function healthCommand(): Command {
  return new Command('health')
    .description('Asks the running server whether it lives, and exits with 1 if it does not.')
    .option('--url <url>', 'the running server (default: the one on this machine)')
    .option('--ready', 'whether it takes events, too', false)
    .action((_: unknown, command: Command) => health(command.optsWithGlobals<HealthFlags>()));
}

async function health({ url, ready, config: file, ...given }: HealthFlags): Promise<void> {
  try {
    const server =
      url === undefined
        ? localServer(resolveConfig(given, environmentWith(process.env, file)))
        : { base: url };
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MILLIS);
    const path = ready ? '/readyz' : '/livez';
    const response = await ask({ ...server, token: undefined, named: true }, path, { signal });
    process.stdout.write(`${(await response?.text()) ?? ''}\n`);
  } catch (error) {
    fail('health', error);
  }
}
