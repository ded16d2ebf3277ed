import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';

import { CerberusServerError, messageOf, systemCodeOf } from '../errors.ts';

/** What clients present, and the key that they hash addresses with. */
export interface Credentials {
  readonly token: string;
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
  return {
    token: sources.token ?? kept(sources.db, 'token', newToken),
    secretKey: sources.secretKey ?? kept(sources.db, 'secret-key', newKey),
  };
}

function newToken(): string {
  return `sk-${newKey()}`;
}

/** 256 bits, as long as the HMAC's output. */
function newKey(): string {
  return randomBytes(32).toString('base64url');
}

function kept(db: string | undefined, name: string, generate: () => string): string {
  if (db === undefined) return generate();
  const path = `${db}.${name}`;
  try {
    return readKept(path) ?? writeKept(path, generate());
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

function writeKept(path: string, value: string): string {
  writeFileSync(path, `${value}\n`, { mode: 0o600, flag: 'wx' });
  return value;
}
