import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { framesOf } from './block.ts';
import {
  LONGEST_SEGMENT_HEAD_BYTES,
  readRecordHead,
  readSegmentHead,
  RECORD_HEAD_BYTES,
  RECORD_MAGIC_BYTES,
  type ReadRecordHead,
  type ReadSegmentHead,
  type RecordHead,
} from './segment-format.ts';
import type { SpooledFrame } from './spool-source.ts';

const { open } = process.getBuiltinModule('node:fs/promises');

const inflate = promisify(inflateRaw);

/** A record as it was read. `bytes`: how far it is to the next. */
export type ReadRecord =
  | { readonly kind: 'frames'; readonly bytes: number; readonly frames: readonly SpooledFrame[] }
  /** The header is whole, and says what is lost. */
  | { readonly kind: 'corrupt'; readonly bytes: number; readonly events: number; readonly lastSeq: number }
  /** No header; `following` are those behind it, by which the next one was found. */
  | { readonly kind: 'headless'; readonly bytes: number; readonly following: readonly RecordHead[] };

/** So much is looked through at a time. */
const SEARCH_BYTES = 64 * 1024;

/**
 * Reads the record at `position`, wherever in the file that is. Nothing from `end` on is looked at for others.
 *
 * @throws what the file system throws
 */
export async function readRecord(path: string, position: number, end: number): Promise<ReadRecord> {
  const file = await open(path, 'r');
  try {
    const head = readRecordHead(await readBytes(file, position, RECORD_HEAD_BYTES));
    if (head === undefined) {
      const next = (await findRecord(file, position + 1, end)) ?? end;
      const { records } = await scanRecords(file, next, end);
      return { kind: 'headless', bytes: next - position, following: records };
    }
    const bytes = RECORD_HEAD_BYTES + head.bodyBytes;
    const body = await readBytes(file, position + RECORD_HEAD_BYTES, head.bodyBytes);
    const frames = await framesIn(body, head.bodyCrc, head.contentBytes);
    if (frames !== undefined) return { kind: 'frames', bytes, frames };
    return { kind: 'corrupt', bytes, events: head.events, lastSeq: head.lastSeq };
  } finally {
    await file.close();
  }
}

async function framesIn(
  body: Buffer,
  crc: number,
  contentBytes: number,
): Promise<readonly SpooledFrame[] | undefined> {
  if (crc32(body) !== crc) return undefined;
  try {
    return framesOf(await inflate(body, { maxOutputLength: Math.max(contentBytes, 1) }));
  } catch {
    // The checksum is right, so that another program wrote it, or ours with a mistake.
    return undefined;
  }
}

/** What a file that another process left holds. */
export interface ScannedSegment {
  readonly head: ReadSegmentHead;
  readonly fileBytes: number;
  /** Where records begin. */
  readonly start: number;
  /** Behind the last record that is whole. */
  readonly end: number;
  readonly records: readonly RecordHead[];
  /** What follows the last whole record, if anything does. What has no header between two others is not here. */
  readonly rest: { readonly why: 'torn' | 'corrupt'; readonly events: number | undefined } | undefined;
}

/**
 * Goes through a file from header to header, without reading what is in the records.
 *
 * @throws what the file system throws
 */
export async function scanSegment(path: string): Promise<ScannedSegment> {
  const file = await open(path, 'r');
  try {
    const { size: fileBytes } = await file.stat();
    const head = readSegmentHead(await readBytes(file, 0, LONGEST_SEGMENT_HEAD_BYTES));
    const start = head.kind === 'segment' ? head.bytes : fileBytes;
    return { head, fileBytes, start, ...(await scanRecords(file, start, fileBytes)) };
  } finally {
    await file.close();
  }
}

async function scanRecords(
  file: FileHandle,
  start: number,
  fileEnd: number,
): Promise<Pick<ScannedSegment, 'end' | 'records' | 'rest'>> {
  const records: ReadRecordHead[] = [];
  let end = start;
  while (end < fileEnd) {
    const bytes = await readBytes(file, end, RECORD_HEAD_BYTES);
    const record = readRecordHead(bytes);
    if (record !== undefined && end + RECORD_HEAD_BYTES + record.bodyBytes <= fileEnd) {
      records.push(record);
      end += RECORD_HEAD_BYTES + record.bodyBytes;
      continue;
    }
    // Whoever reads it finds the gap again, and says that it is lost.
    const next = record === undefined ? await findRecord(file, end + 1, fileEnd) : undefined;
    if (next === undefined) {
      const why = record !== undefined || bytes.length < RECORD_HEAD_BYTES ? 'torn' : 'corrupt';
      return { end, records, rest: { why, events: record?.events } };
    }
    end = next;
  }
  return { end, records, rest: undefined };
}

/** Where the first whole header is that begins at `from` or later, and is whole before `end`. */
async function findRecord(file: FileHandle, from: number, end: number): Promise<number | undefined> {
  for (let start = from; start + RECORD_HEAD_BYTES <= end; start += SEARCH_BYTES) {
    // As much more as a header that begins with the last byte has.
    const length = Math.min(SEARCH_BYTES + RECORD_HEAD_BYTES - 1, end - start);
    const bytes = await readBytes(file, start, length);
    for (
      let at = bytes.indexOf(RECORD_MAGIC_BYTES);
      at >= 0;
      at = bytes.indexOf(RECORD_MAGIC_BYTES, at + 1)
    ) {
      if (readRecordHead(bytes.subarray(at, at + RECORD_HEAD_BYTES)) !== undefined) return start + at;
    }
  }
  return undefined;
}

/** As many bytes as there are, up to `length`. */
async function readBytes(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
