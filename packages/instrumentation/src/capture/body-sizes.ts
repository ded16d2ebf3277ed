import type { IncomingMessage, ServerResponse } from 'node:http';

const NOT_MODIFIED = 304;

/** Bytes of the body that the client announced; undefined where it announced none. */
export function requestBodySize(request: IncomingMessage): number | undefined {
  return sizeOf(request.headers['content-length']);
}

/** Bytes of the body as the response announced it; undefined where it did not, or has no body for all that it announces. */
export function responseBodySize(request: IncomingMessage, response: ServerResponse): number | undefined {
  if (request.method === 'HEAD' || response.statusCode === NOT_MODIFIED) return undefined;
  return sizeOf(response.getHeader('content-length'));
}

function sizeOf(header: unknown): number | undefined {
  if (typeof header !== 'string' && typeof header !== 'number') return undefined;
  const size = Number(header);
  return Number.isSafeInteger(size) && size >= 0 ? size : undefined;
}
