/**
 * The bytes of a segment file: a header, then records, each with a header of its own. Pure. Numbers are little endian.
 *
 * Segment: `CRBSPOOL`, version (uint32), bytes of the JSON (uint32), JSON (`SegmentHead`), CRC-32 of all before.
 * Record: `RECORD_MAGIC`, bytes of the body, CRC-32 of the body, events, frames, bytes of the inflated body (uint32 each),
 * first and last sequence number (float64 each), CRC-32 of all before; then the body, a block's content through deflate.
 */
import { crc32 } from 'node:zlib';
import type { ServiceMembers } from '../config/service-members.ts';

const SEGMENT_MAGIC = Buffer.from('CRBSPOOL');
const SEGMENT_VERSION = 1;
const PREFIX_BYTES = 16;
const CRC_BYTES = 4;
/** No header is as long. */
const MAX_HEAD_BYTES = 4096;
const RECORD_MAGIC = 0x44524352;
/** With what every record begins. */
export const RECORD_MAGIC_BYTES: Buffer = Buffer.from('RCRD');
/** Bytes of a record's header. */
export const RECORD_HEAD_BYTES = 44;
/** A frame of an exporter is far below it. Keeps a wrong number from allocating. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Whose frames a segment holds. */
export interface SegmentHead {
  readonly producer: string;
  /** SHA-256 of the client id, in hex. */
  readonly client: string;
  /** What was in memory when the process ended is older than what was spooled. */
  readonly from: 'memory' | 'spool';
  /** When the file was created, RFC 3339. */
  readonly created: string;
  /** What the application said of itself; who sends the frames later may be another release of it. Not in files of older versions. */
  readonly service?: ServiceMembers | undefined;
}

/** What the beginning of a file says. `torn`: it ends within the header. */
export type ReadSegmentHead =
  | { readonly kind: 'segment'; readonly head: SegmentHead; readonly bytes: number }
  | { readonly kind: 'other_version'; readonly version: number }
  | { readonly kind: 'torn' | 'corrupt' };

/** So much of a file's beginning has its whole header. */
export const LONGEST_SEGMENT_HEAD_BYTES: number = PREFIX_BYTES + MAX_HEAD_BYTES + CRC_BYTES;

/** The beginning of a segment file. */
export function segmentHeadBytes(head: SegmentHead): Buffer {
  const json = Buffer.from(JSON.stringify(head));
  const bytes = Buffer.alloc(PREFIX_BYTES + json.length + CRC_BYTES);
  SEGMENT_MAGIC.copy(bytes);
  bytes.writeUInt32LE(SEGMENT_VERSION, 8);
  bytes.writeUInt32LE(json.length, 12);
  json.copy(bytes, PREFIX_BYTES);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -CRC_BYTES)), bytes.length - CRC_BYTES);
  return bytes;
}

/** Reads the beginning of a segment file. */
export function readSegmentHead(bytes: Buffer): ReadSegmentHead {
  const magic = bytes.subarray(0, SEGMENT_MAGIC.length);
  if (!magic.equals(SEGMENT_MAGIC.subarray(0, magic.length))) return { kind: 'corrupt' };
  if (bytes.length < PREFIX_BYTES) return { kind: 'torn' };
  const version = bytes.readUInt32LE(8);
  if (version !== SEGMENT_VERSION) return { kind: 'other_version', version };
  const end = PREFIX_BYTES + bytes.readUInt32LE(12) + CRC_BYTES;
  if (end > LONGEST_SEGMENT_HEAD_BYTES) return { kind: 'corrupt' };
  // Torn before there was a record; or all is there, but for the length.
  if (bytes.length < end) return { kind: bytes.includes(RECORD_MAGIC_BYTES) ? 'corrupt' : 'torn' };
  if (crc32(bytes.subarray(0, end - CRC_BYTES)) !== bytes.readUInt32LE(end - CRC_BYTES)) {
    return { kind: 'corrupt' };
  }
  const head: SegmentHead = JSON.parse(bytes.toString('utf8', PREFIX_BYTES, end - CRC_BYTES));
  return { kind: 'segment', head, bytes: end };
}

/** What a record says before its body. */
export interface RecordHead {
  readonly events: number;
  readonly frames: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Of the body once it is inflated. */
  readonly contentBytes: number;
}

/** A record's header as it was read. */
export interface ReadRecordHead extends RecordHead {
  readonly bodyBytes: number;
  readonly bodyCrc: number;
}

/** A whole record. */
export function recordBytes(head: RecordHead, body: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(RECORD_HEAD_BYTES + body.length);
  bytes.writeUInt32LE(RECORD_MAGIC, 0);
  bytes.writeUInt32LE(body.length, 4);
  bytes.writeUInt32LE(crc32(body), 8);
  bytes.writeUInt32LE(head.events, 12);
  bytes.writeUInt32LE(head.frames, 16);
  bytes.writeUInt32LE(head.contentBytes, 20);
  bytes.writeDoubleLE(head.firstSeq, 24);
  bytes.writeDoubleLE(head.lastSeq, 32);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, RECORD_HEAD_BYTES - CRC_BYTES)), RECORD_HEAD_BYTES - CRC_BYTES);
  body.copy(bytes, RECORD_HEAD_BYTES);
  return bytes;
}

/** @returns undefined for what is no header of a record */
export function readRecordHead(bytes: Buffer): ReadRecordHead | undefined {
  if (bytes.length < RECORD_HEAD_BYTES || bytes.readUInt32LE(0) !== RECORD_MAGIC) return undefined;
  const checked = bytes.subarray(0, RECORD_HEAD_BYTES - CRC_BYTES);
  if (crc32(checked) !== bytes.readUInt32LE(RECORD_HEAD_BYTES - CRC_BYTES)) return undefined;
  const head = {
    bodyBytes: bytes.readUInt32LE(4),
    bodyCrc: bytes.readUInt32LE(8),
    events: bytes.readUInt32LE(12),
    frames: bytes.readUInt32LE(16),
    contentBytes: bytes.readUInt32LE(20),
    firstSeq: bytes.readDoubleLE(24),
    lastSeq: bytes.readDoubleLE(32),
  };
  return head.bodyBytes <= MAX_BODY_BYTES && head.contentBytes <= MAX_BODY_BYTES ? head : undefined;
}
