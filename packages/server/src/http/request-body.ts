import type { IncomingMessage } from 'node:http';

/** A request's body, or that it is over the limit. */
export type RequestBody =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly reason: 'too_large' };

/**
 * Bytes beyond the limit that are read all the same, and not kept. A connection that is closed while the client still writes is reset, and many
 * clients then never see the answer: one that does not learn of 413 sends the same body again and again.
 */
const MAX_DISCARDED_BYTES = 32 * 1024 * 1024;

/** Reads a body up to a limit; what goes over it is not kept. Rejects when the client goes away. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<RequestBody> {
  const most = maxBytes + MAX_DISCARDED_BYTES;
  if (announcedBytes(request) > most) return { ok: false, reason: 'too_large' };
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
    if (size > most) break;
  }
  return size > maxBytes ? { ok: false, reason: 'too_large' } : { ok: true, bytes: Buffer.concat(chunks) };
}

function announcedBytes(request: IncomingMessage): number {
  return Number(request.headers['content-length'] ?? 0);
}
