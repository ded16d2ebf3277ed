import type { IncomingMessage } from 'node:http';

import { isJsonObject } from '../event/validation.ts';
import { readBody } from '../http/request-body.ts';
import { failure, type Reply } from '../http/response.ts';
import type { TokenCheck } from './auth.ts';
import { cookieOf, setCookie } from './cookies.ts';
import { afterDelay, tooManyGuesses, type Doorkeeper } from './doorkeeper.ts';
import { sessionCookieOf, type ReaderAccess } from './reader-access.ts';
import { SESSION_SECONDS } from './sessions.ts';

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
  const isRight = isRightToken(body.bytes, context.access.token);
  const entry = isRight ? context.door.right(address) : context.door.wrong(address);
  await new Promise<void>((resolve) => afterDelay(entry, resolve));
  if (isRight) return sessionReply(message, context.access.sessions.begin(), SESSION_SECONDS);
  context.onRefused();
  return entry.refusedSeconds > 0 ? tooManyGuesses(entry.refusedSeconds) : failure(401, 'wrong token');
}

/** `DELETE /api/session`: signs out, whoever asks. */
export function signOutReply(message: IncomingMessage, { access }: SignInContext): Reply {
  access.sessions.end(cookieOf(message.headers, sessionCookieOf(message)));
  return sessionReply(message, '', 0);
}

function isRightToken(bytes: Buffer, token: TokenCheck): boolean {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isJsonObject(value) && token.accepts(value['token']);
  } catch {
    return false;
  }
}

function sessionReply(message: IncomingMessage, secret: string, maxAgeSeconds: number): Reply {
  // Whoever lies in this header only harms a cookie of his own.
  const secure = message.headers['x-forwarded-proto'] === 'https';
  const cookie = setCookie(sessionCookieOf(message), secret, { maxAgeSeconds, secure });
  return { status: 200, body: { signed_in: maxAgeSeconds > 0 }, headers: { 'set-cookie': cookie } };
}
