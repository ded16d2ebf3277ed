import { JsonWriter } from '../../dist/esm/json/json-writer.js';
import type { EventWriter } from '../../dist/esm/queue/event-chunk.js';

const ROOM_BYTES = 256 * 1024;

/** What `write` writes, as text. */
export function written(write: (out: JsonWriter) => void): string {
  const bytes = Buffer.alloc(ROOM_BYTES);
  const out = new JsonWriter();
  out.start(bytes, 0);
  write(out);
  return bytes.toString('utf8', 0, out.position);
}

/** Writes texts as they are, in place of events. */
export const writeText: EventWriter<string> = (text, bytes, start) => {
  bytes.write(text, start);
  return start + Buffer.byteLength(text);
};
