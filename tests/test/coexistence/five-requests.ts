import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { ScriptedServer } from '../../../packages/exporter-ws/test-dist/support/scripted-server.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { JsonLines } from '../support/lines.js';
import { Sink } from '../support/sink.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { apps, type Other } from './others.js';

/** What `--import` loads. */
export const REGISTER = '@cerberus-otel/instrumentation/register';
const UNSAMPLED = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`;

/** What came of a process. */
export interface Run {
  readonly events: readonly Record<string, unknown>[];
  readonly sent: readonly string[];
  readonly stderr: string;
}

/** Serves five requests in a process with these preloads, until everybody has sent what they have. */
export async function run(other: Other, preloads: readonly string[], withOurs = false): Promise<Run> {
  const backend = await ScriptedServer.start();
  const sink = new Sink();
  await sink.start();
  afterTest(() => sink.stop());
  const isOurs = preloads.includes(REGISTER) || withOurs;
  const child = spawn(
    process.execPath,
    [...preloads.flatMap((each) => ['--import', each]), other.app ?? 'app.mjs'],
    {
      cwd: other.folder ?? apps,
      env: {
        PATH: process.env['PATH'],
        ...(isOurs && {
          CERBERUS_WS_URL: backend.url,
          CERBERUS_TOKEN: 't',
          CERBERUS_CLIENT_ID: 'c',
          CERBERUS_SECRET_KEY: 'k'.repeat(32),
          CERBERUS_PROTOCOL: 'event',
          CERBERUS_FLUSH_INTERVAL_MILLIS: '20',
          CERBERUS_TRUST_PROXY: '1',
        }),
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
        OTEL_NODE_RESOURCE_DETECTORS: 'none',
        ...other.env?.(sink),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  afterTest(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => void (stderr += chunk.toString()));
  const lines = new JsonLines(child);
  const portOf = (): unknown => lines.all.find((line) => 'port' in line)?.['port'];
  await until('the application listens', () => portOf() !== undefined, 30_000).catch((error: unknown) => {
    throw new Error(`the application did not start: ${stderr}`, { cause: error });
  });
  const port = portOf();
  const origin = `http://127.0.0.1:${String(port)}`;
  const client = { 'x-forwarded-for': '203.0.113.9' };
  await Promise.all([0, 1, 2].map((id) => fetch(`${origin}/users/${id}?q=canary`, { headers: client })));
  await fetch(`${origin}/api/v1/orders`, { method: 'POST', headers: client });
  await fetch(`${origin}/users/0`, { headers: { ...client, traceparent: UNSAMPLED } });
  if (isOurs) await until('every request is an event', () => backend.events.length >= 5);
  child.send('finish');
  await ended;
  return { events: backend.events, sent: other.sent(sink, lines.all), stderr };
}
