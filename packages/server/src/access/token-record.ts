import { createHash } from 'node:crypto';

import { parsePurpose, type Purpose } from './purposes.ts';

/** A token that was issued, as it is kept: without the token. */
export interface TokenRecord {
  readonly id: string;
  readonly name: string;
  readonly purpose: Purpose;
  /** The client id that it may send as; undefined for any. */
  readonly application: string | undefined;
  /** SHA-256 of the token, hexadecimal. */
  readonly hash: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Milliseconds since the epoch; kept to the minute. */
  readonly lastUsedAt: number | undefined;
}

/** What somebody says of a token that they ask for. */
export type TokenRequest = Pick<TokenRecord, 'name' | 'purpose' | 'application'>;

/** The SHA-256 of what is presented as a token. */
export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Reads what is asked for. @returns the rule that is broken, as text */
export function parseTokenRequest(value: Readonly<Record<string, unknown>>): TokenRequest | string {
  const purpose = parsePurpose(value['purpose']);
  if (purpose === undefined) return '`purpose` must be ingest, read or admin';
  const { name, application } = value;
  if (!isLabel(name, 100)) return '`name` must be 1 to 100 visible characters';
  if (application === undefined || application === null) return { name, purpose, application: undefined };
  if (purpose !== 'ingest') return '`application` goes with the purpose ingest only';
  if (!isLabel(application, 256)) return '`application` must be a client id of 1 to 256 bytes';
  return { name, purpose, application };
}

/** Reads a file of records. @throws TypeError when it is none */
export function parseRecords(value: unknown): TokenRecord[] {
  const { version, tokens } = (value ?? {}) as { readonly version?: unknown; readonly tokens?: unknown };
  if (version !== 1 || !Array.isArray(tokens)) throw new TypeError('it has no tokens of version 1');
  return tokens.map((each: unknown) => parseRecord((each ?? {}) as Readonly<Record<string, unknown>>));
}

/** Writes a file of records. */
export function formatRecords(records: readonly TokenRecord[]): unknown {
  return {
    version: 1,
    tokens: records.map(({ application, createdAt, lastUsedAt, ...record }) => ({
      ...record,
      application: application ?? null,
      created_at: timeText(createdAt),
      last_used_at: timeText(lastUsedAt),
    })),
  };
}

function timeText(millis: number | undefined): string | null {
  return millis === undefined ? null : new Date(millis).toISOString();
}

function parseRecord(value: Readonly<Record<string, unknown>>): TokenRecord {
  const request = parseTokenRequest(value);
  if (typeof request === 'string') throw new TypeError(request);
  const { id, hash } = value;
  const createdAt = Date.parse(String(value['created_at']));
  const lastUsedAt = Date.parse(String(value['last_used_at']));
  if (typeof id !== 'string' || !/^[\w-]{1,64}$/.test(id) || Number.isNaN(createdAt))
    throw new TypeError('a token has no id or no time');
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) throw new TypeError('a token has no hash');
  return { ...request, id, hash, createdAt, lastUsedAt: Number.isNaN(lastUsedAt) ? undefined : lastUsedAt };
}

function isLabel(value: unknown, maxBytes: number): value is string {
  return (
    typeof value === 'string' &&
    value.trim() !== '' &&
    Buffer.byteLength(value) <= maxBytes &&
    !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(value)
  );
}
