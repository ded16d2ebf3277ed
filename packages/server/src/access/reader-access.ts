import type { IncomingMessage } from 'node:http';

import { apiKeyOf, bearerOf } from './auth.ts';
import { cookieOf } from './cookies.ts';
import type { Purpose } from './purposes.ts';
import type { Sessions } from './sessions.ts';
import { isShareSecret, type Shares } from './sharing/share-book.ts';
import type { Share } from './sharing/share-record.ts';
import { verdictOn, type TokenBook, type Verdict } from './token-book.ts';

/** What decides who may read. */
export interface ReaderAccess {
  readonly tokens: TokenBook;
  readonly sessions: Sessions;
  readonly shares: Pick<Shares, 'find'>;
  /** False: the page is open to everybody on this machine, and to what cannot be told apart from that. */
  readonly signIn: boolean;
  /** Several servers know each other's sessions, so the cookie is the same at each of them. */
  readonly isShared?: boolean;
}

/** What an endpoint asks of those who come. */
export interface Need {
  readonly needs: Purpose;
  /** A session of the page will do, or a server without sign-in where reading is all that is needed. */
  readonly session: boolean;
}

/** Whether a request is known without a token: by a session of the page, or because the server has no sign-in. */
export function maySee(message: IncomingMessage, access: ReaderAccess): boolean {
  const { sessions, signIn } = access;
  if (sessions.find(sessionSecretOf(message, access)) !== undefined) return true;
  return !signIn && comesFromThisMachine(message);
}

/** Judges a request: by its token, by the session of the page, or by where it comes from. */
export function judge(message: IncomingMessage, { needs, session }: Need, access: ReaderAccess): Verdict {
  const { tokens, sessions, signIn } = access;
  const byToken = verdictOn(tokens.find(bearerOf(message.headers) ?? apiKeyOf(message.headers)), needs);
  if (byToken === 'ok' || !session) return byToken;
  const bySession = verdictOn(sessions.find(sessionSecretOf(message, access)), needs);
  if (bySession === 'ok') return bySession;
  if (needs === 'read' && !signIn && comesFromThisMachine(message)) return 'ok';
  return [byToken, bySession].includes('other_purpose') ? 'other_purpose' : 'unknown';
}

/** What came with a request in the place of a token: a link, or `invalid` where it is none, or none any more. */
export type PresentedLink = Share | 'invalid';

/**
 * The share link with which a request comes; `undefined` where it comes with none. One that comes with one has nothing else:
 * no session of the browser, and not what a server without sign-in gives to everybody.
 */
export function linkOf({ headers }: IncomingMessage, access: ReaderAccess): PresentedLink | undefined {
  const secret = bearerOf(headers);
  // A token that somebody chose may look like anything.
  if (secret === undefined || !isShareSecret(secret) || access.tokens.find(secret) !== undefined)
    return undefined;
  const found = access.shares.find(secret);
  return found === undefined || found === 'ended' ? 'invalid' : found;
}

/** Id of the token by which whoever asks may do what an `admin` token allows, presented or of the session. */
export function adminIdOf(message: IncomingMessage, access: ReaderAccess): string | undefined {
  const { tokens, sessions } = access;
  const { headers } = message;
  const grants = [
    tokens.find(bearerOf(headers) ?? apiKeyOf(headers)),
    sessions.find(sessionSecretOf(message, access)),
  ];
  return grants.find((grant) => verdictOn(grant, 'admin') === 'ok')?.id;
}

/** Whether whoever asks may do what an `admin` token allows. */
export function isAdmin(message: IncomingMessage, access: ReaderAccess): boolean {
  return adminIdOf(message, access) !== undefined;
}

/** The secret of the session that a request comes with, unless it is to change something for a page of somebody else. */
export function sessionSecretOf(message: IncomingMessage, access: ReaderAccess): string | undefined {
  return isForOtherPage(message) ? undefined : cookieOf(message.headers, sessionCookieOf(message, access));
}

/** As a browser says of a request (Fetch Metadata): a page on another port of the same host has its cookies sent, too. */
function isForOtherPage({ method, headers }: IncomingMessage): boolean {
  const isChange = method !== 'GET' && method !== 'HEAD';
  return isChange && /^(?:same|cross)-site$/.test(String(headers['sec-fetch-site']));
}

/** Cookies know no ports: two servers on one machine must not sign each other's readers out, unless they know each other's sessions. */
export function sessionCookieOf(
  { socket }: IncomingMessage,
  { isShared = false }: Pick<ReaderAccess, 'isShared'>,
): string {
  return `cerberus_session_${isShared ? 'shared' : socket.localPort}`;
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
