import { randomFillSync } from 'node:crypto';
import { messageBytes, type Message } from '../protocol/message.ts';

/** First byte of an unfragmented message: FIN, no extension, and the opcode (RFC 6455 §5.2). */
const FIRST_BYTE = { text: 0x81, binary: 0x82 } as const;
const MASKED = 0x80;
const MASK_BYTES = 4;
/** From these on the length of a message takes two bytes more, and then eight. */
const TWO_BYTE_LENGTH = 126;
const EIGHT_BYTE_LENGTH = 0x1_0000;

/** Random bytes are cheap by the thousand and dear by the four. */
const POOL_BYTES = 8 * 1024;
const pool = Buffer.alloc(POOL_BYTES);
let poolUsed = POOL_BYTES;

/** A mask as it falls on a whole word, in the byte order of this machine. */
const wordOfBytes = new Int32Array(1);
const wordBytes = new Uint8Array(wordOfBytes.buffer);

/** Encoded messages, and the bytes of the messages in them. */
export interface EncodedMessages {
  readonly frames: Buffer;
  readonly bytes: number;
}

/**
 * Encodes messages as the frames of a client, one after the other, to be written at once.
 *
 * `ws` encodes them one by one, with a buffer, a write and a loop over single bytes for each, which for a frame of 512
 * events costs as much as everything else in sending it (docs/performance/what-made-the-difference.md). Each frame has a fresh random mask, as
 * RFC 6455 §5.3 demands.
 *
 * @param allocate gives memory of at least so many bytes, at its beginning and of whole words; all of it is overwritten
 */
export function clientFrames(
  messages: readonly Message[],
  kind: keyof typeof FIRST_BYTE,
  allocate: (bytes: number) => ArrayBuffer,
): EncodedMessages {
  const lengths = messages.map(messageBytes);
  let bytes = 0;
  let size = 0;
  for (const length of lengths) {
    bytes += length;
    size += headerBytes(length) + length;
  }
  const memory = allocate((size + 3) & ~3);
  const frames = Buffer.from(memory, 0, size);
  // Words are masked as a whole.
  const words = new Int32Array(memory, 0, memory.byteLength >> 2);
  let offset = 0;
  for (const [index, message] of messages.entries()) {
    offset = writeHeader(frames, offset, FIRST_BYTE[kind], lengths[index] ?? 0);
    const start = offset;
    for (const piece of message) {
      frames.set(piece, offset);
      offset += piece.length;
    }
    applyMask(frames, words, start - MASK_BYTES, start, offset);
  }
  return { frames, bytes };
}

function headerBytes(length: number): number {
  if (length < TWO_BYTE_LENGTH) return 2 + MASK_BYTES;
  return (length < EIGHT_BYTE_LENGTH ? 4 : 10) + MASK_BYTES;
}

/** @returns where the payload begins; the mask is in front of it */
function writeHeader(frames: Buffer, start: number, firstByte: number, length: number): number {
  let offset = start;
  frames[offset++] = firstByte;
  if (length < TWO_BYTE_LENGTH) {
    frames[offset++] = MASKED | length;
  } else if (length < EIGHT_BYTE_LENGTH) {
    frames[offset++] = MASKED | TWO_BYTE_LENGTH;
    offset = frames.writeUInt16BE(length, offset);
  } else {
    frames[offset++] = MASKED | (TWO_BYTE_LENGTH + 1);
    // No message comes near the 32 bits of the lower half.
    offset = frames.writeUInt32BE(0, offset);
    offset = frames.writeUInt32BE(length, offset);
  }
  if (poolUsed === POOL_BYTES) {
    randomFillSync(pool);
    poolUsed = 0;
  }
  for (const end = poolUsed + MASK_BYTES; poolUsed < end; poolUsed += 1)
    frames[offset++] = pool[poolUsed] ?? 0;
  return offset;
}

/** XORs the payload from `start` to `end` with the four bytes at `mask`, which lie right in front of it. */
function applyMask(frames: Buffer, words: Int32Array, mask: number, start: number, end: number): void {
  const firstWord = (start + 3) >> 2;
  const lastWord = Math.max(firstWord, end >> 2);
  const head = Math.min(firstWord * 4, end);
  for (let index = start; index < head; index += 1) maskByte(frames, mask, start, index);
  for (let index = 0; index < 4; index += 1)
    wordBytes[index] = frames[mask + ((head - start + index) & 3)] ?? 0;
  const word = wordOfBytes[0] ?? 0;
  for (let index = firstWord; index < lastWord; index += 1) words[index] = (words[index] ?? 0) ^ word;
  for (let index = Math.max(head, lastWord * 4); index < end; index += 1)
    maskByte(frames, mask, start, index);
}

function maskByte(frames: Buffer, mask: number, start: number, index: number): void {
  frames[index] = (frames[index] ?? 0) ^ (frames[mask + ((index - start) & 3)] ?? 0);
}
