import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { framesOf } from './block.ts';
import {
  LONGEST_SEGMENT_HEAD_BYTES,
  readRecordHead,
  readSegmentHead,
  RECORD_HEAD_BYTES,
  type ReadRecordHead,
  type ReadSegmentHead,
  type RecordHead,
} from './segment-format.ts';
import type { SpooledFrame } from './spool-source.ts';

const { open } = process.getBuiltinModule('node:fs/promises');

const inflate = promisify(inflateRaw);

/** A record as it was read. `bytes`: how far it is to the next; undefined when nothing behind it can be found. */
export type ReadRecord =
  | { readonly kind: 'frames'; readonly bytes: number; readonly frames: readonly SpooledFrame[] }
  | {
      readonly kind: 'corrupt';
      readonly bytes: number | undefined;
      readonly events: number | undefined;
      readonly lastSeq: number | undefined;
    };

/**
 * Reads the record at `position`, wherever in the file that is.
 *
 * @throws what the file system throws
 */
export async function readRecord(path: string, position: number): Promise<ReadRecord> {
  const file = await open(path, 'r');
  try {
    const head = readRecordHead(await readBytes(file, position, RECORD_HEAD_BYTES));
    if (head === undefined) {
      return { kind: 'corrupt', bytes: undefined, events: undefined, lastSeq: undefined };
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
  /** What follows the last whole record, if anything does. */
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
    const records: ReadRecordHead[] = [];
    let end = start;
    while (end < fileBytes) {
      const bytes = await readBytes(file, end, RECORD_HEAD_BYTES);
      const record = readRecordHead(bytes);
      const isWhole = record !== undefined && end + RECORD_HEAD_BYTES + record.bodyBytes <= fileBytes;
      if (!isWhole) {
        const why = record !== undefined || bytes.length < RECORD_HEAD_BYTES ? 'torn' : 'corrupt';
        return { head, fileBytes, start, end, records, rest: { why, events: record?.events } };
      }
      records.push(record);
      end += RECORD_HEAD_BYTES + record.bodyBytes;
    }
    return { head, fileBytes, start, end, records, rest: undefined };
  } finally {
    await file.close();
  }
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
