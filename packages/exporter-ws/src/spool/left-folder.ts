import { join } from 'node:path';
import { isScarcity, isSegment } from './folders.ts';
import { FrameSource } from './frame-source.ts';
import type { OwnedFolder } from './owned-folder.ts';
import { scanSegment, type ScannedSegment } from './segment-file.ts';
import type { SegmentHead } from './segment-format.ts';
import type { TroubleListener } from './spool-source.ts';
import { StoredFrames, type Segment, type StoredFramesParts } from './stored-frames.ts';

const { readdir } = process.getBuiltinModule('node:fs/promises');

/** What a process that is gone left for one producer. */
export interface LeftFrames {
  readonly source: FrameSource;
  /** Whether all its files are deleted. */
  readonly isDone: () => boolean;
  /** When its first file was created. */
  readonly created: string;
}

/** What `readLeftFolder` works with. */
export interface LeftFolderParts extends StoredFramesParts {
  /** SHA-256 of the client id, in hex. */
  readonly client: string;
}

interface Found {
  readonly head: SegmentHead;
  readonly path: string;
  readonly scan: ScannedSegment;
}

/**
 * Goes through the segments of a folder that was adopted, and puts what was in memory before what was spooled later. What is damaged
 * is said; nothing is thrown for it.
 *
 * @throws what the file system throws when it can look at nothing just now
 */
export async function readLeftFolder(folder: OwnedFolder, parts: LeftFolderParts): Promise<LeftFrames[]> {
  const entries = await readdir(folder.path, { withFileTypes: true });
  // Of what somebody else put there, a pipe would be waited for without end.
  const files = entries
    .flatMap((entry) => (entry.isFile() && isSegment(entry.name) ? [entry.name] : []))
    .toSorted();
  const byProducer = new Map<string, Found[]>();
  for (const file of files) {
    const found = await find(join(folder.path, file), parts);
    if (found === undefined) continue;
    const others = byProducer.get(found.head.producer);
    if (others === undefined) byProducer.set(found.head.producer, [found]);
    else others.push(found);
  }
  const isYounger = ([, found]: [string, Found[]]): number => (found[0]?.head.from === 'spool' ? 1 : 0);
  return [...byProducer]
    .toSorted((a, b) => isYounger(a) - isYounger(b))
    .map(([producer, found]) => framesOf(producer, found, parts));
}

async function find(
  path: string,
  { onTrouble, client, discard }: LeftFolderParts,
): Promise<Found | undefined> {
  const scan = await scanSegment(path).catch((error: unknown) => {
    if (isScarcity(error)) throw error;
    return undefined;
  });
  if (scan === undefined) {
    onTrouble({ kind: 'lost', why: 'unreadable', events: undefined, wasCounted: false, bytes: 0 });
    return undefined;
  }
  const { head, fileBytes } = scan;
  if (head.kind === 'other_version') onTrouble({ kind: 'other_version', version: head.version });
  if (head.kind === 'segment' && head.head.client === client) return { head: head.head, path, scan };
  if (head.kind === 'torn' || head.kind === 'corrupt') {
    onTrouble({ kind: 'lost', why: head.kind, events: undefined, wasCounted: false, bytes: fileBytes });
    discard(segmentOf(path, scan, head.kind === 'corrupt'));
  }
  return undefined;
}

function framesOf(producer: string, found: readonly Found[], parts: LeftFolderParts): LeftFrames {
  const stored = new StoredFrames(parts);
  let lastSeq = 0;
  for (const [index, { path, scan }] of found.entries()) {
    const segment = segmentOf(path, scan, scan.rest?.why === 'corrupt');
    for (const record of scan.records) {
      // Written again at exit, because the first time was not known to have come to its end.
      if (record.lastSeq <= lastSeq) continue;
      segment.events += record.events;
      lastSeq = record.lastSeq;
    }
    const next = found[index + 1]?.scan.records[0]?.firstSeq ?? Infinity;
    if (scan.rest !== undefined && next > lastSeq + 1) sayLost(scan, scan.rest, parts.onTrouble);
    stored.add(segment);
  }
  // Deletes files without any record.
  stored.settledThrough(0);
  const [first] = found;
  return {
    source: new FrameSource(producer, stored, first?.head.service),
    isDone: () => stored.isEmpty,
    created: first?.head.created ?? '',
  };
}

function sayLost(
  { fileBytes, end }: ScannedSegment,
  { why, events }: NonNullable<ScannedSegment['rest']>,
  onTrouble: TroubleListener,
): void {
  onTrouble({ kind: 'lost', why, events, wasCounted: false, bytes: fileBytes - end });
}

function segmentOf(path: string, { start, end, fileBytes }: ScannedSegment, isDamaged: boolean): Segment {
  return {
    path,
    position: start,
    end,
    bytes: fileBytes,
    events: 0,
    readThrough: 0,
    isOpen: false,
    isDamaged,
  };
}
