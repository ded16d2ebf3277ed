import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CountingBackend } from './counting-backend.js';

const TOKEN = 'soak-token';
const TRAFFIC_PER_SECOND = 500;
const application = fileURLToPath(new URL('./hour-application.js', import.meta.url));

export interface HourSettings {
  readonly wsUrl: string;
  readonly token: string;
  readonly spoolDir: string;
  readonly events: number;
  readonly trafficPerSecond: number;
}

/** The outage. Memory is resident: once a tenth was accepted, at the end, and at most. */
export interface SpooledHour {
  readonly seconds: number;
  readonly accepted: number;
  readonly spooled: { readonly events: number; readonly bytes: number };
  /** Refused because the disk did not take them as fast as they came, or because it was full. */
  readonly refused: number;
  readonly warmMiB: number;
  readonly rssMiB: number;
  readonly peakMiB: number;
  readonly balanced: boolean;
}

/** What came after it, from the first acknowledgement until nothing was on disk. */
export interface DrainedHour {
  readonly seconds: number;
  readonly acked: number;
  /** Events that came meanwhile. */
  readonly during: number;
  readonly accepted: number;
  readonly ackedAtEnd: number;
  /** Processor time of the application. */
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly balanced: boolean;
}

export interface HourReport {
  readonly outage: SpooledHour;
  readonly drained: DrainedHour;
  /** Different events that are stored, and what was stored more than once. */
  readonly stored: number;
  readonly duplicates: number;
}

/** An hour's outage at 1,000 requests/s, as fast as the spool accepts it, and what becomes of it. */
export async function spooledHour(folder: string, events: number): Promise<HourReport> {
  await mkdir(folder, { recursive: true });
  const backend = new CountingBackend();
  const port = await backend.start();
  await backend.stop();
  const settings: HourSettings = {
    wsUrl: `ws://127.0.0.1:${port}/ws/events`,
    token: TOKEN,
    spoolDir: join(folder, 'spool'),
    events,
    trafficPerSecond: TRAFFIC_PER_SECOND,
  };
  const child = fork(application, [JSON.stringify(settings)], {
    env: { PATH: process.env['PATH'], CERBERUS_WARNINGS: 'false' },
  });
  const exited = once(child, 'exit');
  try {
    const outage = await nextMessage<SpooledHour>(child);
    await backend.start(port);
    child.send('drain');
    const drained = await nextMessage<DrainedHour>(child);
    await exited;
    const { stored, duplicates } = backend;
    return { outage, drained, stored, duplicates };
  } finally {
    child.kill('SIGKILL');
    await exited;
    await backend.stop();
  }
}

/** @throws when the process ends without one */
async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`the application ended with ${code}`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message as Message);
    });
  });
}
