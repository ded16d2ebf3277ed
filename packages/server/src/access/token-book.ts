import { randomBytes, timingSafeEqual } from 'node:crypto';

import { messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { shelfOf, type Keeping } from './keeping.ts';
import type { Shelf } from './shelf.ts';
import { allows, type HeldPurpose, type Purpose } from './purposes.ts';
import { formatRecords, hashOf, parseRecords, type TokenRecord, type TokenRequest } from './token-record.ts';

/** The id of the server's own token. */
export const OWN_ID = 'own';
const MAX_TOKENS = 1000;
const SAVE_MILLIS = 60_000;

/** What somebody may do who has presented a token. */
export interface Grant {
  readonly id: string;
  readonly held: HeldPurpose;
  /** The only client id that it sends as; undefined for any. */
  readonly application: string | undefined;
}

/** What is known of a token; the token itself is not. */
export type TokenInfo = Omit<TokenRecord, 'hash' | 'purpose' | 'createdAt'> & {
  readonly purpose: HeldPurpose;
  /** Undefined for the server's own, which is older than the book. */
  readonly createdAt: number | undefined;
};

interface Entry {
  readonly grant: Grant;
  readonly hash: Buffer;
  /** Undefined for the server's own token. */
  readonly record: TokenRecord | undefined;
  lastUsedAt: number | undefined;
}

/**
 * All tokens of the server: its own, which does everything, and those that were issued for a purpose. Of the latter only
 * the SHA-256 is kept: a token is 256 random bits, so nobody finds it by trying, and a slow hash would only make each
 * event slow.
 */
export class TokenBook {
  readonly #file: Shelf | undefined;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #byId = new Map<string, Entry>();
  /** By the first 32 bits of the hash: how long a look-up takes may tell these, and of a hash they are worth nothing. */
  readonly #byHash = new Map<number, Entry[]>();
  #saving: NodeJS.Timeout | undefined;
  #hasWarned = false;

  /** @throws CerberusServerError `CREDENTIALS_FILE` */
  constructor(own: string, { log, now = Date.now, ...place }: Keeping) {
    this.#log = log;
    this.#now = now;
    this.#file = shelfOf(place);
    const grant: Grant = { id: OWN_ID, held: 'all', application: undefined };
    this.#add({ grant, hash: hashOf(own), record: undefined, lastUsedAt: undefined });
    for (const record of this.#file?.read(parseRecords) ?? []) this.#enter(record);
  }

  /** Whose token this is; `undefined` for nobody's. In constant time, but for the first 32 bits of a hash. */
  find(presented: unknown): Grant | undefined {
    if (typeof presented !== 'string') return undefined;
    const hash = hashOf(presented);
    const entry = this.#byHash.get(hash.readUInt32LE())?.find((each) => timingSafeEqual(each.hash, hash));
    if (entry === undefined) return undefined;
    entry.lastUsedAt = this.#now();
    if (entry.record !== undefined) this.#saveSoon();
    return entry.grant;
  }

  /** As {@link find}, of somebody who sends events. An application with the server's own token is warned of once. */
  findSender(presented: unknown): Grant | undefined {
    const grant = this.find(presented);
    if (grant?.id === OWN_ID && !this.#hasWarned) {
      this.#hasWarned = true;
      this.#log(
        'warn',
        "an application sends with the server's own token, which may do everything: give it one of its own (cerberus-server token create)",
      );
    }
    return grant;
  }

  /** Whether what was granted still is. */
  holds(grant: Grant): boolean {
    return this.#byId.has(grant.id);
  }

  /** What a session is bound to; `undefined` for a token that is gone. */
  entryOf(id: string): { readonly grant: Grant; readonly hash: Buffer } | undefined {
    return this.#byId.get(id);
  }

  /** The server's own first, the others as they were made. */
  list(): readonly TokenInfo[] {
    const own: TokenInfo = {
      id: OWN_ID,
      name: "the server's own",
      purpose: 'all',
      application: undefined,
      createdAt: undefined,
      lastUsedAt: this.#byId.get(OWN_ID)?.lastUsedAt,
    };
    return [own, ...this.#current().map(({ hash: _hash, ...info }) => info)];
  }

  /** Issues a token; this is the only time that it is seen. @throws CerberusServerError `CREDENTIALS_FILE`: then there is none */
  create(request: TokenRequest): { readonly token: string; readonly info: TokenInfo } | 'too_many' {
    if (this.#byId.size > MAX_TOKENS) return 'too_many';
    const token = `sk-${randomBytes(32).toString('base64url')}`;
    const record: TokenRecord = {
      ...request,
      id: randomBytes(6).toString('hex'),
      hash: hashOf(token).toString('hex'),
      createdAt: this.#now(),
      lastUsedAt: undefined,
    };
    this.#file?.write(formatRecords([...this.#current(), record]));
    this.#enter(record);
    const { hash: _hash, ...info } = record;
    return { token, info };
  }

  /** @returns false where there is no such token, or it is the server's own. @throws CerberusServerError `CREDENTIALS_FILE`: then it is still valid */
  revoke(id: string): boolean {
    const entry = this.#byId.get(id);
    if (entry?.record === undefined) return false;
    this.#file?.write(formatRecords(this.#current().filter((record) => record.id !== id)));
    this.#forget(id);
    return true;
  }

  /** Takes over what another server has changed. */
  reload(): void {
    const kept = new Map((this.#file?.read(parseRecords) ?? []).map((record) => [record.id, record]));
    for (const { grant, record } of this.#byId.values())
      if (record !== undefined && !kept.has(grant.id)) this.#forget(grant.id);
    for (const record of kept.values()) {
      const entry = this.#byId.get(record.id);
      if (entry === undefined) this.#enter(record);
      else entry.lastUsedAt = later(entry.lastUsedAt, record.lastUsedAt);
    }
  }

  /** Writes what is not yet written. */
  close(): void {
    if (this.#saving !== undefined) this.#save();
  }

  #forget(id: string): void {
    const entry = this.#byId.get(id);
    if (entry === undefined) return;
    this.#byId.delete(id);
    const key = entry.hash.readUInt32LE();
    const others = this.#byHash.get(key)?.filter((each) => each !== entry) ?? [];
    this.#byHash.set(key, others);
  }

  #enter(record: TokenRecord): void {
    const { id, purpose: held, application, lastUsedAt } = record;
    this.#add({
      grant: { id, held, application },
      hash: Buffer.from(record.hash, 'hex'),
      record,
      lastUsedAt,
    });
  }

  #add(entry: Entry): void {
    const key = entry.hash.readUInt32LE();
    this.#byId.set(entry.grant.id, entry);
    this.#byHash.set(key, [...(this.#byHash.get(key) ?? []), entry]);
  }

  #current(): readonly TokenRecord[] {
    return [...this.#byId.values()].flatMap(({ record, lastUsedAt }) =>
      record === undefined ? [] : [{ ...record, lastUsedAt }],
    );
  }

  /** A token is used many times a second; that it was is worth a write a minute. */
  #saveSoon(): void {
    if (this.#file === undefined || this.#saving !== undefined) return;
    this.#saving = setTimeout(() => this.#save(), SAVE_MILLIS);
    this.#saving.unref();
  }

  #save(): void {
    clearTimeout(this.#saving);
    this.#saving = undefined;
    try {
      this.#file?.write(formatRecords(this.#current()));
    } catch (error) {
      this.#log('warn', `the last use of tokens is not kept: ${messageOf(error)}`);
    }
  }
}

/** The later of two instants, of which neither need be known. */
function later(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);
}

/** What becomes of somebody who presents a token for something. */
export type Verdict = 'ok' | 'unknown' | 'other_purpose';

/** Judges a grant. */
export function verdictOn(grant: Grant | undefined, needed: Purpose): Verdict {
  if (grant === undefined) return 'unknown';
  return allows(grant.held, needed) ? 'ok' : 'other_purpose';
}
