import type { IncomingMessage } from 'node:http';

import { isJsonObject } from '../event/validation.ts';
import { readBody } from '../http/request-body.ts';
import { failure, type Reply } from '../http/response.ts';
import { setCookie } from './cookies.ts';
import { afterDelay, tooManyGuesses, type Doorkeeper } from './doorkeeper.ts';
import { sessionCookieOf, sessionSecretOf, type ReaderAccess } from './reader-access.ts';
import { SESSION_SECONDS } from './sessions.ts';
import { verdictOn } from './token-book.ts';

const MAX_BODY_BYTES = 4096;

/** What signing in needs. */
export interface SignInContext {
  readonly access: ReaderAccess;
  readonly door: Doorkeeper;
  readonly onRefused: () => void;
}

/** `POST /api/session` with `{"token":"…"}`: signs a browser in. */
export async function signInReply(message: IncomingMessage, context: SignInContext): Promise<Reply> {
  // A form of another site cannot send this type without asking first (CORS), and it would not be let.
  if (!/^application\/json\b/i.test(message.headers['content-type'] ?? '')) {
    return failure(415, 'the body must be application/json');
  }
  const body = await readBody(message, MAX_BODY_BYTES);
  if (!body.ok) return failure(413, `body is larger than ${MAX_BODY_BYTES} bytes`, { connection: 'close' });
  const address = context.door.addressOf(message);
  const grant = context.access.tokens.find(tokenIn(body.bytes));
  const entry = grant === undefined ? context.door.wrong(address) : context.door.right(address);
  await new Promise<void>((resolve) => afterDelay(entry, resolve));
  if (grant === undefined) {
    context.onRefused();
    return entry.refusedSeconds > 0 ? tooManyGuesses(entry.refusedSeconds) : failure(401, 'wrong token');
  }
  if (verdictOn(grant, 'read') !== 'ok') {
    context.onRefused();
    return failure(403, 'this token is for sending only');
  }
  return sessionReply(message, context.access, context.access.sessions.begin(grant), SESSION_SECONDS);
}

/** `DELETE /api/session`: signs out, whoever asks. */
export function signOutReply(message: IncomingMessage, { access }: SignInContext): Reply {
  access.sessions.end(sessionSecretOf(message, access));
  return sessionReply(message, access, '', 0);
}

function tokenIn(bytes: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isJsonObject(value) ? value['token'] : undefined;
  } catch {
    return undefined;
  }
}

function sessionReply(
  message: IncomingMessage,
  access: ReaderAccess,
  secret: string,
  maxAgeSeconds: number,
): Reply {
  const secure = 'encrypted' in message.socket || cameByTls(message);
  const cookie = setCookie(sessionCookieOf(message, access), secret, { maxAgeSeconds, secure });
  return { status: 200, body: { signed_in: maxAgeSeconds > 0 }, headers: { 'set-cookie': cookie } };
}

/** As the outermost of the proxies says. Whoever lies in this header only harms a cookie of his own. */
function cameByTls({ headers }: IncomingMessage): boolean {
  return /^\s*https\s*(?:,|$)/i.test(String(headers['x-forwarded-proto'] ?? ''));
}
