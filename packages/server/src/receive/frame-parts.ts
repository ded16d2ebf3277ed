/** Bytes of a part. V8 gives a longer text memory of its own, which is mapped and unmapped each time. */
const PART_BYTES = 32_768;

/** How a frame begins as exporters write it; others are read as a whole. */
const HEAD = /^\{"type":"events","seq":([1-9]\d{0,15}),"events":\[/;
const MAX_HEAD_BYTES = 64;
const TAIL = ']}';

const BETWEEN_EVENTS = '},{';

/** What a frame says. */
export interface Frame {
  readonly seq: number;
  readonly events: readonly unknown[];
}

/**
 * Reads a large frame part by part: making one text of it costs twice as much as parsing it does.
 *
 * It is cut where an event seems to end. The cut was right if both sides are JSON: what stands before it, closed by a
 * bracket, can only be JSON where no string, object or array is open. So the result is what JSON.parse would say of the
 * whole, or there is none.
 *
 * @returns `undefined` for what is small, not as exporters write it, or no JSON: then the whole is to be read.
 */
export function parseInParts(bytes: Buffer): Frame | undefined {
  if (bytes.length <= PART_BYTES) return undefined;
  const head = HEAD.exec(bytes.toString('latin1', 0, MAX_HEAD_BYTES));
  const end = bytes.length - TAIL.length;
  if (head === null || bytes.toString('latin1', end) !== TAIL) return undefined;
  const events: unknown[] = [];
  try {
    for (let from = head[0].length; from < end;) {
      const to = endOfPart(bytes, from, end);
      for (const event of JSON.parse(`[${bytes.toString('utf8', from, to)}]`) as unknown[])
        events.push(event);
      from = to + 1;
    }
  } catch {
    return undefined;
  }
  return { seq: Number(head[1]), events };
}

function endOfPart(bytes: Buffer, from: number, end: number): number {
  if (from + PART_BYTES >= end) return end;
  const cut = bytes.indexOf(BETWEEN_EVENTS, from + PART_BYTES);
  return cut === -1 ? end : cut + 1;
}
