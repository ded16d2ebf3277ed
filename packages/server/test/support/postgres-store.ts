import { parseStoreUrl } from '../../dist/store/store-address.js';
import { PostgresStore } from '../../dist/store/postgres/store.js';

const LIMITS = { maxQuestions: 64, questionTimeoutMillis: 30_000 };

/** What all servers of a test are given. */
export const SECRETS = { token: 'a-token', secretKey: 'a-key' };

/** A store as a server opens it. */
export function openStore(url: string, secrets: typeof SECRETS = SECRETS): Promise<PostgresStore> {
  const address = parseStoreUrl(url);
  if (address === undefined) throw new Error(`no URL of a database: ${url}`);
  return PostgresStore.open(address, LIMITS, secrets);
}
