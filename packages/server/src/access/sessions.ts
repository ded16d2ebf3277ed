import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { shelfOf, type Keeping } from './keeping.ts';
import type { Shelf } from './shelf.ts';
import type { Grant, TokenBook } from './token-book.ts';

/** How long a sign-in lasts. */
export const SESSION_SECONDS: number = 7 * 24 * 60 * 60;
const MAX_SESSIONS = 1000;

interface Session {
  /** When it ends, milliseconds since the epoch. */
  readonly end: number;
  /** Of the token that it was begun with. */
  readonly tokenId: string;
  /** Changes with that token. Made with the session's own secret, so that the record tells nothing of the token. */
  readonly binding: string;
}

/**
 * Who is signed in, and with which token: a session ends with it, and may do no more than it. Only digests are kept, so
 * that a lookup takes no time that depends on the secret, and the file gives nobody a session. It outlives a restart.
 */
export class Sessions {
  readonly #tokens: Pick<TokenBook, 'entryOf'>;
  readonly #file: Shelf | undefined;
  readonly #log: Log;
  readonly #now: () => number;
  /** By digest of the secret, in the order in which they began. */
  readonly #sessions = new Map<string, Session>();

  constructor(tokens: Pick<TokenBook, 'entryOf'>, { log, now = Date.now, ...place }: Keeping) {
    this.#tokens = tokens;
    this.#file = shelfOf(place);
    this.#log = log;
    this.#now = now;
    this.reload();
  }

  /** Takes over what another server has changed. */
  reload(): void {
    this.#sessions.clear();
    for (const [key, session] of this.#read())
      if (this.#now() < session.end) this.#sessions.set(key, session);
  }

  /** Whether somebody comes with a session that is not known here. */
  isUnknown(secret: string | undefined): boolean {
    return secret !== undefined && !this.#sessions.has(digest(secret));
  }

  /** Begins a session. Over the limit the oldest one ends. @returns the secret that the browser keeps */
  begin({ id }: Pick<Grant, 'id'>): string {
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    const secret = randomBytes(32).toString('base64url');
    const hash = this.#tokens.entryOf(id)?.hash ?? Buffer.alloc(0);
    const end = this.#now() + SESSION_SECONDS * 1000;
    this.#sessions.set(digest(secret), { end, tokenId: id, binding: bind(secret, hash) });
    this.#save();
    return secret;
  }

  /** What whoever has the secret may do: what the token may with which the session was begun. */
  find(secret: string | undefined): Grant | undefined {
    if (secret === undefined) return undefined;
    const key = digest(secret);
    const session = this.#sessions.get(key);
    if (session === undefined) return undefined;
    const token = this.#tokens.entryOf(session.tokenId);
    if (token !== undefined && this.#now() < session.end && isSame(bind(secret, token.hash), session.binding))
      return token.grant;
    this.#sessions.delete(key);
    this.#save();
    return undefined;
  }

  end(secret: string | undefined): void {
    if (secret !== undefined && this.#sessions.delete(digest(secret))) this.#save();
  }

  /** To sign in again is less than a server that does not start. */
  #read(): readonly [string, Session][] {
    try {
      return this.#file?.read(parseSessions) ?? [];
    } catch (error) {
      this.#log('warn', `everybody is signed out: ${messageOf(error)}`);
      return [];
    }
  }

  /** A disk that takes nothing is no reason to let nobody in. */
  #save(): void {
    try {
      this.#file?.write({
        version: 1,
        sessions: [...this.#sessions].map(([key, { end, tokenId, binding }]) => ({
          digest: key,
          ends_at: new Date(end).toISOString(),
          token: tokenId,
          binding,
        })),
      });
    } catch (error) {
      this.#log('warn', `sessions of the page are not kept: ${messageOf(error)}`);
    }
  }
}

/** Reads the file. @throws TypeError when it is none */
function parseSessions(value: unknown): [string, Session][] {
  const { version, sessions } = (value ?? {}) as { readonly version?: unknown; readonly sessions?: unknown };
  if (version !== 1 || !Array.isArray(sessions)) throw new TypeError('it has no sessions of version 1');
  return sessions.map((each: unknown) => {
    const { digest: key, ends_at: ends, token, binding } = (each ?? {}) as Readonly<Record<string, unknown>>;
    const end = Date.parse(String(ends));
    if (
      typeof key !== 'string' ||
      typeof token !== 'string' ||
      typeof binding !== 'string' ||
      Number.isNaN(end)
    )
      throw new TypeError('a session is incomplete');
    return [key, { end, tokenId: token, binding }];
  });
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}

function bind(secret: string, hash: Buffer): string {
  return createHmac('sha256', secret).update(hash).digest('base64');
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
