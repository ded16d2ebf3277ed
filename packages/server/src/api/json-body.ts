import type { IncomingMessage } from 'node:http';

import { isJsonObject } from '../event/validation.ts';
import { readBody } from '../http/request-body.ts';
import { failure, type Reply } from '../http/response.ts';

/** A JSON object that came as a body, or the answer to what came in its place. */
export type JsonBody =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly reply: Reply };

/** Reads the body of a request that changes something. */
export async function readJsonObject(message: IncomingMessage, maxBytes: number): Promise<JsonBody> {
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
  return isJsonObject(value)
    ? { ok: true, value }
    : { ok: false, reply: failure(400, 'body must be a JSON object') };
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
