import { randomFillSync } from 'node:crypto';

const TRACE_BYTES = 16;
const SPAN_BYTES = 8;

/** Random bytes are asked for many at a time: the call costs ten times what it gives. */
const pool = Buffer.allocUnsafe(4096);
let used = pool.length;

/** A trace id: 32 hexadecimal digits. */
export function newTraceId(): string {
  return randomHex(TRACE_BYTES);
}

/** A span id: 16 hexadecimal digits. */
export function newSpanId(): string {
  return randomHex(SPAN_BYTES);
}

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const from = used;
  used += bytes;
  return pool.toString('hex', from, used);
}
