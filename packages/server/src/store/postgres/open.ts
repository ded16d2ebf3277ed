import { CerberusServerError, systemCodeOf } from '../../errors.ts';
import type { QuestionLimits } from '../question-limits.ts';
import type { StoreAddress } from '../store-address.ts';
import type { PostgresStore } from './store.ts';

/**
 * Opens a PostgreSQL database as {@link PostgresStore.open} does. Its packages are loaded by this, and need not be there before.
 *
 * @throws CerberusServerError as that, and `DB_UNAVAILABLE` where the packages are missing
 */
export async function openPostgres(
  address: StoreAddress,
  limits: QuestionLimits,
  secrets: { readonly token: string; readonly secretKey: string },
): Promise<PostgresStore> {
  return (await storeClass()).open(address, limits, secrets);
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
