import { randomBytes } from 'node:crypto';

import { messageOf } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { shelfOf, type Keeping } from '../keeping.ts';
import type { Shelf } from '../shelf.ts';
import type { TokenBook } from '../token-book.ts';
import { digestOf, formatShares, parseShares, type Share, type ShareWish } from './share-record.ts';

/** Most links that are valid at a time. */
export const MAX_SHARES = 100;
/** So many links that have ended are told from those that never were. */
const MAX_ENDED = 1000;
const PREFIX = 'share-';

/** A link that was just made: the only time that its secret is seen. */
export interface NewShare {
  readonly secret: string;
  readonly share: Share;
}

/** Where links are kept. */
export interface Shares {
  /** Those that are valid, the oldest first. */
  readonly list: () => Promise<readonly Share[]>;
  /** Makes a link with a token. Rejects where it could not be kept: then there is none. */
  readonly add: (wish: ShareWish, createdBy: string) => Promise<NewShare | 'too_many'>;
  /** @returns false where no valid link has that id. Rejects where it could not be kept: then it is still valid */
  readonly revoke: (id: string) => Promise<boolean>;
  /**
   * Whose secret this is, at this moment. At once, for a wrong one counts as a guess in the turn in which it came; `ended`:
   * of a link that was valid once, which is no guess.
   */
  readonly find: (secret: string) => Share | 'ended' | undefined;
}

/** Whether something has the form of a link's secret. What has it opens nothing else, whatever comes with it. */
export function isShareSecret(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** Links in a file beside the database. Of each only the SHA-256 is kept, for the reason that {@link TokenBook} has. */
export class ShareBook implements Shares {
  readonly #tokens: Pick<TokenBook, 'entryOf'>;
  readonly #file: Shelf | undefined;
  readonly #log: Log;
  readonly #now: () => number;
  /** By hash, as they were made. */
  #shares: ReadonlyMap<string, Share>;
  /** Hashes of those that are gone, the latest last. */
  readonly #ended = new Set<string>();

  constructor(tokens: Pick<TokenBook, 'entryOf'>, { log, now = Date.now, ...place }: Keeping) {
    this.#tokens = tokens;
    this.#file = shelfOf(place);
    this.#log = log;
    this.#now = now;
    this.#shares = this.#read();
  }

  /** Takes over what another server has changed. */
  reload(): void {
    const shares = this.#read();
    for (const hash of this.#shares.keys()) if (!shares.has(hash)) this.#ended.add(hash);
    this.#shares = shares;
  }

  async list(): Promise<readonly Share[]> {
    return [...this.#valid().values()];
  }

  /** @throws CerberusServerError (as a rejection) `CREDENTIALS_FILE` */
  async add({ validMillis, ...wish }: ShareWish, createdBy: string): Promise<NewShare | 'too_many'> {
    const valid = this.#valid();
    if (valid.size >= MAX_SHARES) return 'too_many';
    const secret = `${PREFIX}${randomBytes(32).toString('base64url')}`;
    const createdAt = this.#now();
    const id = randomBytes(6).toString('hex');
    const share: Share = { ...wish, id, createdBy, createdAt, expiresAt: createdAt + validMillis };
    this.#replace(valid.set(digestOf(secret), share));
    return { secret, share };
  }

  /** @throws CerberusServerError (as a rejection) `CREDENTIALS_FILE` */
  async revoke(id: string): Promise<boolean> {
    const valid = this.#valid();
    const [hash] = [...valid].find(([, share]) => share.id === id) ?? [];
    if (hash === undefined) return false;
    valid.delete(hash);
    this.#replace(valid);
    return true;
  }

  find(secret: string): Share | 'ended' | undefined {
    const hash = digestOf(secret);
    const share = this.#shares.get(hash);
    if (share !== undefined) return this.#isValid(share) ? share : 'ended';
    return this.#ended.has(hash) ? 'ended' : undefined;
  }

  #isValid({ expiresAt, createdBy }: Share): boolean {
    return this.#now() < expiresAt && this.#tokens.entryOf(createdBy) !== undefined;
  }

  #valid(): Map<string, Share> {
    return new Map([...this.#shares].filter(([, share]) => this.#isValid(share)));
  }

  #replace(shares: ReadonlyMap<string, Share>): void {
    this.#file?.write(formatShares(shares));
    for (const hash of this.#shares.keys()) if (!shares.has(hash)) this.#ended.add(hash);
    for (const hash of this.#ended) {
      if (this.#ended.size <= MAX_ENDED) break;
      this.#ended.delete(hash);
    }
    this.#shares = shares;
  }

  /** To make links again is less than a server that does not start. */
  #read(): ReadonlyMap<string, Share> {
    try {
      return this.#file?.read(parseShares) ?? new Map<string, Share>();
    } catch (error) {
      this.#log('warn', `no share link is valid any more: ${messageOf(error)}`);
      return new Map();
    }
  }
}
