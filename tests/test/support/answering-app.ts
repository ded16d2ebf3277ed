import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  BatchBackend,
  ScriptedServer,
} from '../../../packages/exporter-ws/test-dist/support/scripted-server.js';
import { cerberusEnvironment } from './cerberus-environment.js';
import { JsonLines } from './lines.js';
import { until } from '@cerberus-otel/test-support/deadline';

/** What came of one request to `/users/1`. */
export interface Answered {
  /** Its JSON. */
  readonly body: unknown;
  /** Of the events that came: none, unless there are some within the time that is waited. */
  readonly routes: readonly unknown[];
  /** What the application printed as JSON; one line is `{"port": …}`. */
  readonly lines: readonly Record<string, unknown>[];
  /** On standard error. */
  readonly said: string;
}

/** Starts an application in `folder`, asks it for `/users/1`, waits for the event, and ends it. */
export async function answerOf(
  folder: string,
  args: readonly string[],
  {
    program = process.execPath,
    eventMillis = 15_000,
    env = {},
  }: { readonly program?: string; readonly eventMillis?: number; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Answered> {
  const backend = new BatchBackend();
  const server = await ScriptedServer.start(backend.script());
  const child = spawn(program, args, {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      ...cerberusEnvironment(server.url),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => void (said += chunk.toString()));
  const lines = new JsonLines(child);
  const portOf = (): unknown => lines.all.find((line) => 'port' in line)?.['port'];
  try {
    await until('it listens', () => portOf() !== undefined || child.exitCode !== null, 40_000);
    const port = portOf();
    if (port === undefined) throw new Error(`the application did not start: ${said}`);
    const body: unknown = await (await fetch(`http://127.0.0.1:${String(port)}/users/1`)).json();
    await until('the event is stored', () => backend.stored.length > 0, eventMillis).catch(() => undefined);
    return { body, routes: backend.stored.map(({ route }) => route), lines: lines.all, said };
  } finally {
    child.kill('SIGKILL');
    await closed;
    await server.stop();
  }
}
