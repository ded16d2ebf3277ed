import { CerberusServerError } from './errors.ts';
import type { QuestionLimits } from './store/question-limits.ts';
import { openPostgres } from './store/postgres/open.ts';
import { parseStoreUrl } from './store/store-address.ts';
import type { Store } from './store/store.ts';

/** What all servers on a database are given alike. */
export interface SharedSecrets {
  readonly token: string;
  readonly secretKey: string;
}

const LIMITS: QuestionLimits = { maxQuestions: 64, questionTimeoutMillis: 30_000 };

/**
 * Opens a PostgreSQL database as a store, as a server does that is given its URL as `store`. For those who use the store itself;
 * whoever opens it closes it, or gives it to `startServer`, which does.
 *
 * @param url - `postgres://user@host1:5432,host2/database`; of several hosts the one that takes writes is used
 * @param limits - of questions: 64 that wait or are being answered, 30,000 ms
 * @throws CerberusServerError (as a rejection) `INVALID_OPTION`: no such URL, or other secrets than the first server's;
 *   `DB_UNAVAILABLE`, or `DB_SCHEMA` (changed by a newer version)
 */
export async function openPostgresStore(
  url: string,
  secrets: SharedSecrets,
  limits: Partial<QuestionLimits> = {},
): Promise<Store> {
  const address = parseStoreUrl(url);
  if (address === undefined)
    throw new CerberusServerError(
      'INVALID_OPTION',
      '`url` must be such as postgres://user@host1,host2/database',
    );
  return openPostgres(address, { ...LIMITS, ...limits }, secrets);
}
