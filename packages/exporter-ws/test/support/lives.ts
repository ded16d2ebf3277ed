import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readRecord, scanSegment } from '../../dist/esm/spool/segment-file.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { textsOf } from '../spool/spools.js';
import type { ApplicationEnding, ApplicationStep, ApplicationTask } from './spooling-application.js';

const APPLICATION = fileURLToPath(new URL('./spooling-application.js', import.meta.url));
/** Longer than any ending takes, also where other work is done. */
const END_MILLIS = 30_000;

/** A process of the application, as far as can be told from outside. */
export interface Life {
  /** Ends the process; resolves when it is gone. */
  end(ending: ApplicationEnding | 'kill'): Promise<void>;
  /** Whether it has ended without being told to. */
  readonly isGone: () => boolean;
  /** What it has said so far. */
  readonly steps: () => readonly ApplicationStep[];
}

/** Starts the application; resolves when it has exported its first events. */
export async function startLife(task: ApplicationTask): Promise<Life> {
  const child = spawn(
    process.execPath,
    ['--unhandled-rejections=strict', APPLICATION, JSON.stringify(task)],
    {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  afterTest(() => child.kill('SIGKILL'));
  const gone = once(child, 'exit');
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const steps = (): ApplicationStep[] => stepsIn(task.logFile);
  const deadline = performance.now() + END_MILLIS;
  while (steps().length === 0) {
    if (isGone() || performance.now() > deadline) throw new Error('the application did not start');
    await sleep(5);
  }
  return {
    isGone,
    steps,
    async end(ending) {
      if (isGone()) throw new Error('the application ended by itself');
      const overdue = setTimeout(() => child.kill('SIGKILL'), END_MILLIS);
      if (ending === 'kill') child.kill('SIGKILL');
      else child.send(ending);
      const [code, signal] = (await gone) as [number | null, NodeJS.Signals | null];
      clearTimeout(overdue);
      const isAsTold = ending === 'kill' ? signal === 'SIGKILL' : code === 0;
      if (!isAsTold) throw new Error(`told to ${ending}, the application ended with ${code ?? signal}`);
    },
  };
}

/** Whole lines: of the last a process that was killed may have written a part. */
function stepsIn(logFile: string): ApplicationStep[] {
  try {
    const lines = readFileSync(logFile, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as ApplicationStep);
  } catch {
    return [];
  }
}

/** Numbers of accepted events, each with the moment at which it was. */
export function acceptedIn(first: number, steps: readonly ApplicationStep[]): Map<number, number> {
  const accepted = new Map<number, number>();
  let from = first;
  for (const { at, next, refused } of steps) {
    for (let number = from; number < next; number += 1) accepted.set(number, at);
    for (const number of refused) accepted.delete(number);
    from = next;
  }
  return accepted;
}

/** Segment files below a folder, from which others may remove folders meanwhile. */
export function segmentsBelow(spoolDir: string): string[] {
  for (;;) {
    try {
      const files = readdirSync(spoolDir, { recursive: true, encoding: 'utf8' });
      return files.filter((name) => name.endsWith('.seg')).map((name) => join(spoolDir, name));
    } catch (error) {
      const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT' && existsSync(spoolDir);
      if (!isGone) throw error;
    }
  }
}

/** Numbers of all events that are on disk as a whole. Nobody may write or delete there at the same time. */
export async function numbersOnDisk(spoolDir: string): Promise<Set<number>> {
  const numbers = new Set<number>();
  for (const path of segmentsBelow(spoolDir)) {
    const { start, end } = await scanSegment(path);
    for (let position = start; position < end;) {
      const record = await readRecord(path, position, end);
      if (record.kind !== 'frames') throw new Error('a record that was written is damaged');
      position += record.bytes;
      for (const text of textsOf(record.frames)) {
        numbers.add(Number((JSON.parse(text) as { endpoint: string }).endpoint.slice(1)));
      }
    }
  }
  return numbers;
}
