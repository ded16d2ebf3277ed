import { CerberusServerError, messageOf, systemCodeOf } from '../errors.ts';
import { explainedCode } from './sql-states.ts';

/** What DuckDB says of these names files and sizes; values only of a key that is there twice, and no table has keys. */
const SPEAKS_OF_NO_VALUES = /^(?:IO|FATAL|Out of Memory|INTERRUPT|TransactionContext) Error: /;

/** Of a database that takes nothing any more: why, in DuckDB's own words. */
const INVALIDATED = /has been invalidated(?: because [a-z ]+)?/;

/** What the driver of PostgreSQL says without a code, of connections that end or do not come about. */
const OF_CONNECTIONS: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:Connection terminated|Client has encountered a connection error|Client was closed)/,
    'the connection to the database was lost',
  ],
  [/^timeout expired/, 'nothing answers there'],
  [/^The server does not support SSL/, 'it does not speak TLS'],
  [/^There was an error establishing an SSL/, 'it does not speak TLS as it should'],
  [/^SASL: .*client password must be/, 'it wants a password'],
  [/^SASL: /, 'it and the driver do not agree on how to sign in'],
];

const MAX_CHARACTERS = 400;

/**
 * Why a store failed, for the log: as exactly as can be said without quoting what was to be stored. A database's message may
 * quote the values that it choked on; of such only the kind is told.
 */
export function failureReason(error: unknown): string {
  if (error instanceof CerberusServerError) return error.message;
  const [text = ''] = messageOf(error).split(/\n\s*(?:Stack Trace|This error signals)/);
  if (SPEAKS_OF_NO_VALUES.test(text)) return text.replaceAll(/\s+/g, ' ').slice(0, MAX_CHARACTERS);
  const kind = /^[A-Z][A-Za-z ]{2,40} Error(?=:)/.exec(text)?.[0];
  const code = systemCodeOf(error);
  if (code !== undefined) return explainedCode(code);
  const invalidated = INVALIDATED.exec(text)?.[0];
  const isFull = isDiskFull(error);
  if (invalidated !== undefined)
    return `the database ${invalidated}${isFull ? ': No space left on device' : ''}`;
  if (isFull) return 'No space left on device';
  const [, ofConnection] = OF_CONNECTIONS.find(([said]) => said.test(text)) ?? [];
  return ofConnection ?? kind ?? (error instanceof Error ? error.name : typeof error);
}

/**
 * Whether the database takes nothing any more until it is opened anew: after a failed merge of the write-ahead log, or another
 * failure that DuckDB does not go on after. The texts are those of version 1.5, and a test watches them.
 */
export function isInvalidated(error: unknown): boolean {
  return /has been invalidated|^FATAL Error: |^INTERNAL Error: /.test(messageOf(error));
}

/** Whether a file could not be written because no room is left for it: an operator's matter, and over when there is. */
export function isDiskFull(error: unknown): boolean {
  if (error instanceof CerberusServerError && error.cause !== undefined) return isDiskFull(error.cause);
  return (
    /^(?:ENOSPC|EDQUOT)$/.test(systemCodeOf(error) ?? '') || /No space left on device/.test(messageOf(error))
  );
}

/** Whether DuckDB has no room left in the memory that it may use. PostgreSQL's own answer to that says so by itself. */
export function isOutOfMemory(error: unknown): boolean {
  return messageOf(error).startsWith('Out of Memory Error: ');
}
