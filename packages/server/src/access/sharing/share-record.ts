import { createHash } from 'node:crypto';

import { DAY_MILLIS, MINUTE_MILLIS } from '../../durations.ts';
import { formatTime } from '../../event/timestamps.ts';
import { parseBucket } from '../../store/figures/bucket-width.ts';
import { parseScope, scopeToJson, type ShareScope } from './share-scope.ts';

/** The longest that a link holds. */
const MAX_DAYS = 30;
const DEFAULT_VALID = '7d';

/** A link to a view, without what makes it one. */
export interface Share {
  readonly id: string;
  readonly scope: ShareScope;
  /** Whether it shows single events and clients. */
  readonly details: boolean;
  /** Id of the token with which it was made, and with which it ends. */
  readonly createdBy: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** The first moment at which it is worthless, milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What somebody says of a link that they ask for. */
export interface ShareWish extends Pick<Share, 'scope' | 'details'> {
  readonly validMillis: number;
}

type Members = Readonly<Record<string, unknown>>;

/** Reads what is asked for. @returns the rule that is broken, as text */
export function parseWish(value: Members): ShareWish | string {
  const validFor = value['valid_for'] ?? DEFAULT_VALID;
  const validMillis = (typeof validFor === 'string' ? parseBucket(validFor) : undefined) ?? 0;
  if (validMillis < MINUTE_MILLIS || validMillis > MAX_DAYS * DAY_MILLIS)
    return `\`valid_for\` must be a duration such as 1h or 7d, from 1m to ${MAX_DAYS}d`;
  const details = value['details'] ?? false;
  if (typeof details !== 'boolean') return '`details` must be true or false';
  const scope = parseScope(value);
  return typeof scope === 'string' ? scope : { scope, details, validMillis };
}

/** The SHA-256 of a link's secret, hexadecimal. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/**
 * Writes a file of links. One with a filter makes it version 2: a server that knows no filters would show without one what was shared
 * with it, and reads no such file.
 */
export function formatShares(shares: ReadonlyMap<string, Share>): unknown {
  const isFiltered = [...shares.values()].some(({ scope }) => Object.keys(scope.filter).length > 0);
  return {
    version: isFiltered ? 2 : 1,
    shares: [...shares].map(([hash, share]) => ({
      id: share.id,
      hash,
      ...scopeToJson(share.scope),
      details: share.details,
      created_by: share.createdBy,
      created_at: formatTime(share.createdAt),
      expires_at: formatTime(share.expiresAt),
    })),
  };
}

/** Reads a file of links, by their hashes. @throws TypeError when it is none */
export function parseShares(value: unknown): Map<string, Share> {
  const { version, shares } = (value ?? {}) as { readonly version?: unknown; readonly shares?: unknown };
  if ((version !== 1 && version !== 2) || !Array.isArray(shares))
    throw new TypeError('it has no links of version 1 or 2');
  return new Map(shares.map((each: unknown) => parseShare((each ?? {}) as Members)));
}

function parseShare(value: Members): [string, Share] {
  const scope = parseScope(value);
  if (typeof scope === 'string') throw new TypeError(scope);
  const { id, hash, details, created_by: createdBy } = value;
  const createdAt = Date.parse(String(value['created_at']));
  const expiresAt = Date.parse(String(value['expires_at']));
  if (typeof id !== 'string' || typeof createdBy !== 'string' || typeof details !== 'boolean')
    throw new TypeError('a link is incomplete');
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) throw new TypeError('a link has no hash');
  if (Number.isNaN(createdAt) || Number.isNaN(expiresAt)) throw new TypeError('a link has no times');
  return [hash, { id, scope, details, createdBy, createdAt, expiresAt }];
}
