import { scryptSync, timingSafeEqual } from 'node:crypto';

import type pg from 'pg';

import { CerberusServerError } from '../../../errors.ts';
import { durably } from '../engine/transaction.ts';

/** What all servers on a database must have been given alike. */
export interface Secrets {
  readonly token: string;
  readonly secretKey: string;
}

/** The first server's stay; a column that was set to NULL takes what the next one has. */
const AGREE = `
  UPDATE meta SET token_print = coalesce(token_print, $1), key_print = coalesce(key_print, $2)
  RETURNING token_print, key_print`;

interface Prints {
  readonly token_print: Buffer;
  readonly key_print: Buffer;
}

/**
 * Keeps a server out that was given other secrets than the ones before it: its pseudonyms would be other ones, and those who are
 * signed in would be let in by every second server. Only slow hashes of them are in the database.
 *
 * @throws CerberusServerError `INVALID_OPTION`
 */
export async function agreeOn(client: pg.Client, { token, secretKey }: Secrets): Promise<void> {
  const [tokenPrint, keyPrint] = [printOf('token', token), printOf('key', secretKey)];
  const { rows } = await durably<Prints & pg.QueryResultRow>(client, AGREE, [tokenPrint, keyPrint]);
  const [agreed] = rows;
  if (agreed === undefined || !timingSafeEqual(agreed.token_print, tokenPrint))
    throw otherThan('token', 'TOKEN');
  if (!timingSafeEqual(agreed.key_print, keyPrint)) throw otherThan('secretKey', 'SECRET_KEY');
}

function printOf(purpose: string, secret: string): Buffer {
  return scryptSync(secret, `cerberus ${purpose}`, 32);
}

function otherThan(option: string, variable: string): CerberusServerError {
  return new CerberusServerError(
    'INVALID_OPTION',
    `\`${option}\` (CERBERUS_SERVER_${variable}) must be the one that the other servers on this database were given`,
  );
}
