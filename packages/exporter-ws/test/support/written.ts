import { JsonWriter } from '../../dist/esm/json/json-writer.js';
import type { EventWriter } from '../../dist/esm/queue/event-chunk.js';

const ROOM_BYTES = 256 * 1024;

/** Used again for each text: to clear so much memory takes longer than everything else. */
const bytes = Buffer.alloc(ROOM_BYTES);

/** What `write` writes, as text. */
export function written(write: (out: JsonWriter) => void): string {
  const out = new JsonWriter();
  out.start(bytes, 0);
  write(out);
  return bytes.toString('utf8', 0, out.position);
}

/** Writes texts as they are, in place of events. */
export const writeText: EventWriter<string> = (text, memory, start) => {
  memory.write(text, start);
  return start + Buffer.byteLength(text);
};
