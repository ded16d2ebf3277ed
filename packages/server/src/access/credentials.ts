import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

import { CerberusServerError, messageOf, systemCodeOf } from '../errors.ts';
import { replacePrivately } from './private-file.ts';

/** Where a token is from: what was given is shown nowhere, and what is in a file need not be. */
export type TokenOrigin =
  | { readonly kind: 'given' }
  /** `path` is absolute; `isNew`: it was made up at this start. */
  | { readonly kind: 'file'; readonly path: string; readonly isNew: boolean }
  /** Made up for a server that keeps no file. */
  | { readonly kind: 'memory' };

/** What clients present, and the key that they hash addresses with. */
export interface Credentials {
  readonly token: string;
  readonly tokenOrigin: TokenOrigin;
  readonly secretKey: string;
}

/** Where credentials come from: an option, else the file beside the database, else they are made up. */
export interface CredentialSources {
  readonly token: string | undefined;
  readonly secretKey: string | undefined;
  /** Path of the database; `undefined` where there is no file, then nothing is kept. */
  readonly db: string | undefined;
}

/** Resolves both credentials. @throws CerberusServerError `CREDENTIALS_FILE` */
export function resolveCredentials(sources: CredentialSources): Credentials {
  const token = tokenOf(sources);
  return {
    token: token.value,
    tokenOrigin: token.origin,
    secretKey: sources.secretKey ?? keptOrNew(sources.db, 'secret-key', newKey).value,
  };
}

function tokenOf({ token, db }: CredentialSources): { readonly value: string; readonly origin: TokenOrigin } {
  if (token !== undefined) return { value: token, origin: { kind: 'given' } };
  const { value, isNew } = keptOrNew(db, 'token', newToken);
  if (db === undefined) return { value, origin: { kind: 'memory' } };
  return { value, origin: { kind: 'file', path: resolve(fileOf(db, 'token')), isNew } };
}

function fileOf(db: string, name: string): string {
  return `${db}.${name}`;
}

/** Puts a new key in the place of the one that was made up before; that is then nowhere. @throws CerberusServerError `CREDENTIALS_FILE` */
export function renewSecretKey(db: string | undefined): string {
  const key = newKey();
  if (db === undefined) return key;
  const path = fileOf(db, 'secret-key');
  try {
    replacePrivately(path, `${key}\n`);
  } catch (error) {
    throw new CerberusServerError('CREDENTIALS_FILE', `${path} cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return key;
}

function newToken(): string {
  return `sk-${newKey()}`;
}

/** 256 bits, as long as the HMAC's output. */
function newKey(): string {
  return randomBytes(32).toString('base64url');
}

interface Kept {
  readonly value: string;
  readonly isNew: boolean;
}

function keptOrNew(db: string | undefined, name: string, generate: () => string): Kept {
  if (db === undefined) return { value: generate(), isNew: true };
  const path = fileOf(db, name);
  try {
    const value = readKept(path);
    return value === undefined ? { value: kept(path, generate()), isNew: true } : { value, isNew: false };
  } catch (error) {
    if (error instanceof CerberusServerError) throw error;
    throw new CerberusServerError('CREDENTIALS_FILE', `${path} cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function readKept(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  if (!/^[\x21-\x7e]{1,512}$/.test(text)) {
    throw new CerberusServerError(
      'CREDENTIALS_FILE',
      `${path} must hold one line of 1 to 512 visible ASCII characters`,
    );
  }
  // A copy or a backup may have widened the mode.
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  return text;
}

/** As a whole or not at all: what a full disk left of one would keep every later start from making up another. */
function kept(path: string, value: string): string {
  replacePrivately(path, `${value}\n`);
  return value;
}
