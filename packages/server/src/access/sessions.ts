import { createHash, randomBytes } from 'node:crypto';

/** How long a sign-in lasts. */
export const SESSION_SECONDS: number = 7 * 24 * 60 * 60;
const MAX_SESSIONS = 1000;

/**
 * Who is signed in. In memory: a restart signs everybody out, and so does a change of the token. Only digests are
 * kept, so that a lookup takes no time that depends on the secret.
 */
export class Sessions {
  readonly #now: () => number;
  /** Digest → when it ends, in milliseconds; in the order in which they began. */
  readonly #ends = new Map<string, number>();

  /** @param now milliseconds of any steady clock */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Begins a session. Over the limit the oldest one ends. @returns the secret that the browser keeps */
  begin(): string {
    const [oldest] = this.#ends.keys();
    if (this.#ends.size >= MAX_SESSIONS && oldest !== undefined) this.#ends.delete(oldest);
    const secret = randomBytes(32).toString('base64url');
    this.#ends.set(digest(secret), this.#now() + SESSION_SECONDS * 1000);
    return secret;
  }

  isOpen(secret: string | undefined): boolean {
    if (secret === undefined) return false;
    const key = digest(secret);
    const end = this.#ends.get(key);
    if (end === undefined) return false;
    if (this.#now() < end) return true;
    this.#ends.delete(key);
    return false;
  }

  end(secret: string | undefined): void {
    if (secret !== undefined) this.#ends.delete(digest(secret));
  }
}

function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}
