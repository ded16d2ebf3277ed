import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** An answer that is a text, or bytes. */
export interface TextReply {
  readonly status: number;
  /** A value to be written as JSON; with a `contentType`, the text or the bytes themselves. */
  readonly body: unknown;
  readonly contentType?: string;
  readonly headers?: OutgoingHttpHeaders;
}

/** An answer that is a file or goes on: it writes itself. */
interface StreamReply {
  readonly stream: (response: ServerResponse) => void;
}

/** What a route answers. */
export type Reply = TextReply | StreamReply;

/** A failure in the form of all endpoints: `{"error":"…"}`. */
export function failure(status: number, error: string, headers: OutgoingHttpHeaders = {}): TextReply {
  return { status, body: { error }, headers };
}

/** The answer to a request without valid credentials (RFC 9110, 15.5.2 demands the challenge). */
export function unauthorized(error: string): TextReply {
  return failure(401, error, { 'www-authenticate': 'Bearer' });
}

/** The answer to what asks for a WebSocket without a handshake (RFC 9110, 15.5.22 demands the field). Most often a proxy has left it out. */
export const UPGRADE_REQUIRED: TextReply = failure(
  426,
  'this is a WebSocket, and no handshake came: a proxy on the way has to pass on Upgrade and Connection',
  { upgrade: 'websocket', connection: 'upgrade' },
);

export function sendReply(response: ServerResponse, reply: Reply): void {
  if ('stream' in reply) {
    reply.stream(response);
    return;
  }
  const content = contentOf(reply);
  response.writeHead(reply.status, {
    'content-type': reply.contentType ?? 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(content),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...reply.headers,
  });
  response.end(content);
}

function contentOf({ contentType, body }: TextReply): string | Buffer {
  if (contentType === undefined) return JSON.stringify(body);
  return Buffer.isBuffer(body) ? body : String(body);
}
