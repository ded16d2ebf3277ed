import type { IncomingMessage } from 'node:http';

import { isJsonObject } from '../event/validation.ts';
import { readBody } from '../http/request-body.ts';
import { failure, type Reply } from '../http/response.ts';

/** Most characters of an unknown name that an answer repeats. */
const MAX_SHOWN_CHARACTERS = 64;

/** A JSON object that came as a body, or the answer to what came in its place. */
export type JsonBody =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly reply: Reply };

/** Reads the body of a request that changes something, and refuses members that are not among those that it may have. */
export async function readJsonObject(
  message: IncomingMessage,
  maxBytes: number,
  known: readonly string[],
): Promise<JsonBody> {
  // A form of another site cannot send this type without asking first (CORS), and it would not be let.
  if (!/^application\/json\b/i.test(message.headers['content-type'] ?? '')) {
    return { ok: false, reply: failure(415, 'the body must be application/json') };
  }
  const body = await readBody(message, maxBytes);
  if (!body.ok) {
    const reply = failure(413, `body is larger than ${maxBytes} bytes`, { connection: 'close' });
    return { ok: false, reply };
  }
  const value = parse(body.bytes);
  if (!isJsonObject(value)) return { ok: false, reply: failure(400, 'body must be a JSON object') };
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown === undefined) return { ok: true, value };
  const error = `there is no member ${JSON.stringify(unknown.slice(0, MAX_SHOWN_CHARACTERS))} here, but these: ${known.join(', ')}`;
  return { ok: false, reply: failure(400, error) };
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
