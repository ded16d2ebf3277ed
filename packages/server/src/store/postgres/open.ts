import { CerberusServerError, systemCodeOf } from '../../errors.ts';
import type { Finding } from '../finding.ts';
import type { QuestionLimits } from '../question-limits.ts';
import type { StoreAddress } from '../store-address.ts';
import { removeLeftExports } from './export-folders.ts';
import type { PostgresStore } from './store.ts';

// The packages that the store needs are loaded by these two, and need not be there before.

/**
 * Opens a PostgreSQL database as {@link PostgresStore.open} does, and removes what killed servers of this machine left of exports.
 *
 * @throws CerberusServerError as that, and `DB_UNAVAILABLE` where the packages are missing
 */
export async function openPostgres(
  address: StoreAddress,
  limits: QuestionLimits,
  secrets: { readonly token: string; readonly secretKey: string },
): Promise<PostgresStore> {
  const store = await (await storeClass()).open(address, limits, secrets);
  await removeLeftExports();
  return store;
}

/** Looks at a database without changing anything. @throws CerberusServerError `DB_UNAVAILABLE` */
export async function examinePostgres(address: StoreAddress): Promise<readonly Finding[]> {
  return (await storeClass()).examine(address);
}

async function storeClass(): Promise<typeof PostgresStore> {
  try {
    return (await import('./store.ts')).PostgresStore;
  } catch (error) {
    if (systemCodeOf(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new CerberusServerError(
      'DB_UNAVAILABLE',
      'PostgreSQL needs two packages beside the server: npm install pg pg-copy-streams',
      { cause: error },
    );
  }
}
