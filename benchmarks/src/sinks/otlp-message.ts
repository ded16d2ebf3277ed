/** Field numbers on the way from an `ExportTraceServiceRequest` to its spans (opentelemetry/proto/trace/v1). */
const RESOURCE_SPANS = 1;
const SCOPE_SPANS = 2;
const SPANS = 2;
const PATH = [RESOURCE_SPANS, SCOPE_SPANS, SPANS];
/** Of a span, and the value for the spans of requests that arrived. */
const KIND = 6;
const KIND_SERVER = 2;

/** How a value is written (protobuf's wire types). */
const WIRE = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 } as const;

type Counts = (message: Uint8Array, start: number, end: number) => boolean;

/** Spans in an encoded `ExportTraceServiceRequest`; of a message, only the lengths are read. */
export function countSpans(message: Uint8Array): number {
  return count(message, 0, message.length, 0, () => true);
}

/** Those of kind SERVER. */
export function countServerSpans(message: Uint8Array): number {
  return count(message, 0, message.length, 0, isServer);
}

function count(message: Uint8Array, start: number, end: number, depth: number, counts: Counts): number {
  let found = 0;
  let offset = start;
  while (offset < end) {
    const tag = varint(message, offset);
    if ((tag.value & 7) !== WIRE.lengthDelimited) throw new Error('only messages are expected here');
    const length = varint(message, tag.next);
    const next = length.next + length.value;
    if (tag.value >> 3 === PATH[depth]) {
      if (depth < PATH.length - 1) found += count(message, length.next, next, depth + 1, counts);
      else if (counts(message, length.next, next)) found += 1;
    }
    offset = next;
  }
  return found;
}

function isServer(message: Uint8Array, start: number, end: number): boolean {
  let offset = start;
  while (offset < end) {
    const tag = varint(message, offset);
    if (tag.value >> 3 === KIND) return varint(message, tag.next).value === KIND_SERVER;
    offset = afterValue(message, tag.value & 7, tag.next);
  }
  return false;
}

function afterValue(message: Uint8Array, wire: number, offset: number): number {
  switch (wire) {
    case WIRE.varint:
      return varint(message, offset).next;
    case WIRE.fixed64:
      return offset + 8;
    case WIRE.fixed32:
      return offset + 4;
    default: {
      const { value, next } = varint(message, offset);
      return next + value;
    }
  }
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
