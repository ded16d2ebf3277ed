/** Field numbers on the way from an `ExportTraceServiceRequest` to its spans (opentelemetry/proto/trace/v1). */
const RESOURCE_SPANS = 1;
const SCOPE_SPANS = 2;
const SPANS = 2;
const PATH = [RESOURCE_SPANS, SCOPE_SPANS, SPANS];

const LENGTH_DELIMITED = 2;

/** Spans in an encoded `ExportTraceServiceRequest`; of a message, only the lengths are read. */
export function countSpans(message: Uint8Array): number {
  return count(message, 0, message.length, 0);
}

function count(message: Uint8Array, start: number, end: number, depth: number): number {
  let found = 0;
  let offset = start;
  while (offset < end) {
    const tag = varint(message, offset);
    if ((tag.value & 7) !== LENGTH_DELIMITED) throw new Error('only messages are expected here');
    const length = varint(message, tag.next);
    const next = length.next + length.value;
    if (tag.value >> 3 === PATH[depth]) {
      found += depth === PATH.length - 1 ? 1 : count(message, length.next, next, depth + 1);
    }
    offset = next;
  }
  return found;
}

function varint(message: Uint8Array, offset: number): { value: number; next: number } {
  let value = 0;
  let shift = 1;
  for (let next = offset; next < message.length; next += 1) {
    const byte = message[next] ?? 0;
    value += (byte & 0x7f) * shift;
    if (byte < 0x80) return { value, next: next + 1 };
    shift *= 128;
  }
  throw new Error('the message ends inside of a number');
}
