import type { IncomingMessage } from 'node:http';

import { parseTarget } from '../http/request-target.ts';
import { failure, type TextReply } from '../http/response.ts';
import { apiKeyOf, bearerOf } from './auth.ts';
import type { ClientAddress } from '../addresses/client-address.ts';
import type { GuessLimit } from './guess-limit.ts';
import { maySee, type ReaderAccess } from './reader-access.ts';
import { isShareSecret } from './sharing/share-book.ts';

/** How long an answer takes where too many wrong tokens came from, right or wrong: nothing is learnt by hanging up. */
const DELAY_MILLIS = 1000;

/** Where tokens are looked at. Elsewhere, as for a health check that brings an `Authorization` of its own, none is a guess. */
export const TAKES_TOKENS: RegExp = /^\/(?:api|v1|ws|metrics)(?![^/])/;

/** Gateways send there, whose `Authorization` may be for somebody else. */
const PREFERS_API_KEYS = '/v1/ingest/batch';

/** What is known of a request before anything is done for it. */
export interface Entry {
  /** It shows that whoever sent it may read or send. */
  readonly isKnown: boolean;
  /** Seconds for which it is refused, because of wrong tokens before it; 0: it is not. */
  readonly refusedSeconds: number;
  /** Milliseconds before anything is answered. */
  readonly delayMillis: number;
}

/** Looks at the credentials of everything that arrives, once, and counts those that are wrong. */
export class Doorkeeper {
  readonly #access: ReaderAccess;
  readonly #limit: GuessLimit;
  /** Whose guesses they are. */
  readonly addressOf: ClientAddress;

  constructor(access: ReaderAccess, limit: GuessLimit, addressOf: ClientAddress) {
    this.#access = access;
    this.#limit = limit;
    this.addressOf = addressOf;
  }

  /** @param isWaiting without a token it may present one later, which is as good as presenting it now */
  enter(message: IncomingMessage, isWaiting = false): Entry {
    const address = this.addressOf(message);
    const presented = tokensIn(message);
    const [lookedAt = ''] = presented;
    if (presented.some((token) => this.#access.tokens.find(token) !== undefined))
      return {
        isKnown: true,
        ...(this.#opensAnything(lookedAt) ? this.right(address) : this.wrong(address)),
      };
    if (presented.some(isShareSecret)) return this.#enterWithLink(address, presented);
    const isKnown = maySee(message, this.#access);
    if (presented.length > 0) return { isKnown, ...this.wrong(address) };
    const mustWait = isWaiting && this.#limit.isOver(address);
    return { isKnown, refusedSeconds: 0, delayMillis: mustWait ? DELAY_MILLIS : 0 };
  }

  /** Whoever has one right token must not try others beside it, which is as good as without. */
  #opensAnything(secret: string): boolean {
    return this.#access.tokens.find(secret) !== undefined || this.#access.shares.find(secret) !== undefined;
  }

  /** Whoever has a link is a stranger with something to ask: it shows no right to send, and may have been passed on to anybody. */
  #enterWithLink(address: string, presented: readonly string[]): Entry {
    const isWrong = presented.some((each) => this.#access.shares.find(each) === undefined);
    if (isWrong) return { isKnown: false, ...this.wrong(address) };
    const delayMillis = this.#limit.isOver(address) ? DELAY_MILLIS : 0;
    return { isKnown: false, refusedSeconds: 0, delayMillis };
  }

  /** A wrong token was presented. */
  wrong(address: string): Omit<Entry, 'isKnown'> {
    const refusedSeconds = this.#limit.wrong(address);
    return { refusedSeconds, delayMillis: refusedSeconds > 0 ? DELAY_MILLIS : 0 };
  }

  /** The right token was presented: it is never refused. */
  right(address: string): Omit<Entry, 'isKnown'> {
    const delayMillis = this.#limit.isOver(address) ? DELAY_MILLIS : 0;
    this.#limit.right(address);
    return { refusedSeconds: 0, delayMillis };
  }
}

/** The one that the route looks at first. */
function tokensIn({ headers, url }: IncomingMessage): readonly string[] {
  const given = [bearerOf(headers), apiKeyOf(headers)].filter((token) => token !== undefined);
  if (given.length === 0) return given;
  // As routes are found: `/./api/summary` is one, too.
  const path = parseTarget(url)?.pathname ?? '';
  if (!TAKES_TOKENS.test(path)) return [];
  return path === PREFERS_API_KEYS ? given.toReversed() : given;
}

/** The answer to a wrong token too many. What else the connection has sent is not read. */
export function tooManyGuesses(seconds: number): TextReply {
  return failure(429, `too many wrong tokens: try again in ${seconds} s`, {
    connection: 'close',
    'retry-after': String(seconds),
  });
}

/** Does something at once, or later if its entry says so. */
export function afterDelay({ delayMillis }: Pick<Entry, 'delayMillis'>, then: () => void): void {
  if (delayMillis === 0) then();
  else setTimeout(then, delayMillis).unref();
}
