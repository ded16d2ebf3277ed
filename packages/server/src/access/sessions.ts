import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

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
 * that a lookup takes no time that depends on the secret.
 */
export class Sessions {
  readonly #tokens: Pick<TokenBook, 'entryOf'>;
  readonly #now: () => number;
  /** By digest of the secret, in the order in which they began. */
  readonly #sessions = new Map<string, Session>();

  /** @param now milliseconds since the epoch */
  constructor(tokens: Pick<TokenBook, 'entryOf'>, now: () => number = Date.now) {
    this.#tokens = tokens;
    this.#now = now;
  }

  /** Begins a session. Over the limit the oldest one ends. @returns the secret that the browser keeps */
  begin({ id }: Pick<Grant, 'id'>): string {
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    const secret = randomBytes(32).toString('base64url');
    const hash = this.#tokens.entryOf(id)?.hash ?? Buffer.alloc(0);
    const end = this.#now() + SESSION_SECONDS * 1000;
    this.#sessions.set(digest(secret), { end, tokenId: id, binding: bind(secret, hash) });
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
    return undefined;
  }

  end(secret: string | undefined): void {
    if (secret !== undefined) this.#sessions.delete(digest(secret));
  }
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
