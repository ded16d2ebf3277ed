import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** One start of an application. */
export interface Start {
  /** From the spawn to the moment in which it listens. */
  readonly millis: number;
  /** Of the whole process, all threads, until then. */
  readonly cpuMillis: number;
}

/** Only a hang takes longer. */
const START_LIMIT_MILLIS = 60_000;

/** Nobody listens there: what is exported goes nowhere, as where nobody has a backend yet. */
const ENVIRONMENT = {
  CERBERUS_WS_URL: 'ws://127.0.0.1:9/ws/events',
  CERBERUS_TOKEN: 'sk-benchmark',
  CERBERUS_CLIENT_ID: 'benchmark',
  CERBERUS_SECRET_KEY: 'benchmark-key-of-thirty-two-bytes',
};

/**
 * Starts a Node.js process and ends it when it listens.
 *
 * @throws Error when it ends before that
 */
export async function startOnce(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Start> {
  const begin = performance.now();
  const child = spawn(process.execPath, [...args], {
    cwd,
    env: { ...process.env, ...ENVIRONMENT, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  const limit = setTimeout(() => child.kill('SIGKILL'), START_LIMIT_MILLIS);
  try {
    let output = '';
    for await (const chunk of child.stdout) {
      output += String(chunk);
      const micros = /^listening (\d+)\n/m.exec(output)?.[1];
      if (micros !== undefined) return { millis: performance.now() - begin, cpuMillis: Number(micros) / 1e3 };
    }
    throw new Error(`the application did not start with ${args.join(' ')}`);
  } finally {
    clearTimeout(limit);
    child.kill('SIGKILL');
    await ended;
  }
}
