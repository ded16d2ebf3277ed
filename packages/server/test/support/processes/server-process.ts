import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';

const LAUNCHER = fileURLToPath(new URL('../../../bin/cerberus-server.mjs', import.meta.url));

/** The command in a process of its own, killed after the test. */
export interface ServerProcess {
  readonly child: ChildProcess;
  /** Everything that it wrote. */
  readonly output: () => { readonly stdout: string; readonly stderr: string };
  /** Resolves with the base URL, or with `undefined` if the process ended first. */
  readonly url: Promise<string | undefined>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** How to start it. */
export interface SpawnOptions {
  readonly cwd?: string | undefined;
  /** Largest file that it may write, in blocks of 512 bytes; a write beyond fails as on a full disk. */
  readonly fileBlocks?: number | undefined;
  /** Such as `000`. */
  readonly umask?: string | undefined;
}

/** Starts the command. `env` adds to an environment without any `CERBERUS_` variable. */
export function spawnServer(
  args: readonly string[],
  env: Record<string, string> = {},
  { cwd, fileBlocks, umask }: SpawnOptions = {},
): ServerProcess {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('CERBERUS_')),
  );
  const command = [process.execPath, LAUNCHER, ...args];
  const limits = [
    ...(fileBlocks === undefined ? [] : [`ulimit -S -f ${fileBlocks}`]),
    ...(umask === undefined ? [] : [`umask ${umask}`]),
  ];
  const [file = '', ...rest] =
    limits.length === 0 ? command : ['sh', '-c', `${limits.join('; ')}; exec "$@"`, 'sh', ...command];
  const child = spawn(file, rest, { env: { ...clean, ...env }, cwd });
  afterTest(() => child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  const announced = new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
      const url = /listening on (\S+)/.exec(stdout)?.[1];
      // The banner is one write, but a pipe may still cut it.
      if (url !== undefined && stdout.includes('CERBERUS_BACKEND_URL')) resolve(url);
    });
  });
  const url = within('the command to start', Promise.race([announced, ended.then(() => undefined)]), 15_000);
  return { child, output: () => ({ stdout, stderr }), url, ended };
}
