import type { IncomingMessage } from 'node:http';

import { apiKeyOf, bearerOf, type TokenCheck } from './auth.ts';
import { cookieOf } from './cookies.ts';
import type { Sessions } from './sessions.ts';

/** What decides who may read. */
export interface ReaderAccess {
  readonly token: TokenCheck;
  readonly sessions: Sessions;
  /** False: the page is open to everybody on this machine, and to what cannot be told apart from that. */
  readonly signIn: boolean;
}

/** The token, as every endpoint takes it. */
export function hasToken(message: IncomingMessage, token: TokenCheck): boolean {
  return token.accepts(bearerOf(message.headers) ?? apiKeyOf(message.headers));
}

/** The token, a session of the page, or a server without sign-in. */
export function mayRead(message: IncomingMessage, access: ReaderAccess): boolean {
  return hasToken(message, access.token) || maySee(message, access);
}

/** As {@link mayRead}, without a token. */
export function maySee(message: IncomingMessage, { sessions, signIn }: ReaderAccess): boolean {
  if (sessions.isOpen(cookieOf(message.headers, sessionCookieOf(message)))) return true;
  return !signIn && comesFromThisMachine(message);
}

/** Cookies know no ports: two servers on one machine must not sign each other's readers out. */
export function sessionCookieOf({ socket }: IncomingMessage): string {
  return `cerberus_session_${socket.localPort}`;
}

/** What proxies write of themselves. */
const PROXY_HEADER =
  /^(?:forwarded|via|x-forwarded-.+|x-real-ip|x-client-ip|cf-connecting-ip|true-client-ip)$/;

/**
 * Without sign-in the name in the `Host` header is all that keeps another site from reading through a name of its own
 * that it lets point here (DNS rebinding). What says that it came through a proxy needs the token: whom that serves is unknown.
 * No browser speaks HTTP/1.0, nginx does unless told otherwise. A proxy that hides itself altogether is not told apart.
 */
function comesFromThisMachine({ headers, httpVersion }: IncomingMessage): boolean {
  if (httpVersion === '1.0' || Object.keys(headers).some((name) => PROXY_HEADER.test(name))) return false;
  return /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])(?::\d+)?$/i.test(headers.host ?? '');
}
