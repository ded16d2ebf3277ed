import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceMembers } from '../../dist/esm/config/service-members.js';
import { systemClock, type Clock } from '../../dist/esm/clock.js';
import { Spool } from '../../dist/esm/spool/spool.js';
import type { SpooledFrame, SpoolSource, SpoolTrouble } from '../../dist/esm/spool/spool-source.js';
import { writeText } from '../support/written.js';

/** A spool, and what it said. */
export interface TestSpool {
  readonly spool: Spool;
  readonly troubles: SpoolTrouble[];
  add(text: string): boolean;
}

/** A spool of the application `shop`. */
export function spoolIn(
  dir: string,
  {
    maxBytes = 256 * 1024 * 1024,
    clock = systemClock,
    service = {},
  }: { maxBytes?: number; clock?: Clock; service?: ServiceMembers } = {},
): TestSpool {
  const troubles: SpoolTrouble[] = [];
  const onTrouble = (trouble: SpoolTrouble): void => void troubles.push(trouble);
  const spool = new Spool({ dir, clientId: 'shop', service: () => service, maxBytes, clock, onTrouble });
  return { spool, troubles, add: (text) => spool.add(text, writeText) };
}

/** A folder for one test. */
export async function inFolder(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'cerberus-spool-'));
  try {
    await test(dir);
  } finally {
    // A test that failed has left a spool that still writes: the failure is what has to be told.
    await rm(dir, { recursive: true, maxRetries: 5 }).catch(() => undefined);
  }
}

/** Every frame that a source has. */
export async function drain(source: SpoolSource, settle = true): Promise<SpooledFrame[]> {
  const frames: SpooledFrame[] = [];
  while (await source.fetch()) {
    for (let frame = source.take(); frame !== undefined; frame = source.take()) {
      frames.push(frame);
      if (settle) source.settledThrough(frame.seq);
    }
  }
  return frames;
}

/** The events of frames. */
export function textsOf(frames: readonly SpooledFrame[]): string[] {
  return frames.flatMap(({ events }) => events.texts());
}

/** Paths of all that is in a folder, those of folders with a slash. */
export async function treeOf(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    return entries
      .map(
        (entry) =>
          join(entry.parentPath, entry.name).slice(dir.length + 1) + (entry.isDirectory() ? '/' : ''),
      )
      .toSorted();
  } catch (error) {
    // A folder was renamed or removed in the middle of it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return treeOf(dir);
    throw error;
  }
}

/** Segment files. */
export async function segmentsIn(dir: string): Promise<string[]> {
  return (await treeOf(dir)).filter((path) => path.endsWith('.seg')).map((path) => join(dir, path));
}

const DIGITS = '0123456789abcdef';
let state = 1;
function hex(length: number): string {
  let text = '';
  for (; text.length < length;) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text += DIGITS[(state >>> 16) & 15] ?? '';
  }
  return text;
}

/** An event as the serializer writes it. */
export function eventText(index: number): string {
  return (
    `{"source_ip":"${hex(64)}","endpoint":"/orders/${index}","scheme":true,"method":"GET",` +
    `"custom_data":{"items":${index % 7}},"timestamp":"2026-11-28T12:00:00.${String(index % 1000).padStart(3, '0')}Z",` +
    `"status_code":200,"latency_ms":${index % 97}.${index % 1000},"route":"/orders/:id","outcome":"completed",` +
    `"trace_id":"${hex(32)}","span_id":"${hex(16)}"}`
  );
}
