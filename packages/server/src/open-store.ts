import type { ServerConfig } from './config.ts';
import type { CerberusServerError } from './errors.ts';
import type { Log } from './log.ts';
import { openDuckDb } from './store/duckdb/open.ts';
import type { DuckDbStore } from './store/duckdb/store.ts';
import { LastingStore } from './store/lasting-store.ts';
import { MemoryStore } from './store/memory/store.ts';
import { openPostgres } from './store/postgres/open.ts';
import type { StoreAddress } from './store/store-address.ts';
import type { Store } from './store/store.ts';

/**
 * Opens the store that a configuration names.
 *
 * @param onLost - told when a database that has to be opened again cannot be
 * @throws CerberusServerError (as a rejection) `DB_LOCKED`, `DB_CORRUPT`, `DB_SCHEMA`, `DB_UNAVAILABLE` or `INVALID_OPTION`
 */
export function openStore(
  config: ServerConfig,
  log: Log,
  onLost: (error: CerberusServerError) => void,
): Promise<Store> {
  const { store: address, token = '', secretKey = '' } = config;
  if (address !== undefined) return openShared(address, config, { token, secretKey }, log);
  if (config.db === ':memory:') return Promise.resolve(new MemoryStore());
  return LastingStore.open({
    open: (isAgain) => openDatabase(config, isAgain, log),
    log,
    onLost,
  });
}

async function openShared(
  address: StoreAddress,
  config: ServerConfig,
  secrets: { readonly token: string; readonly secretKey: string },
  log: Log,
): Promise<Store> {
  const store = await openPostgres(address, config, secrets);
  try {
    for (const { level, text } of await store.findings())
      if (level !== 'ok') log('warn', `the database: ${text}`);
    return store;
  } catch (error) {
    // Else what it does by itself would keep a process that serves nothing.
    await store.close();
    throw error;
  }
}

async function openDatabase(config: ServerConfig, isAgain: boolean, log: Log): Promise<DuckDbStore> {
  const store = await openDuckDb(config.db, { ...config, isAgain });
  if (store.missingEvents > 0) {
    const cause = 'its write-ahead log was cut off, or the file replaced by an older one';
    log('error', `the database lacks the last ${store.missingEvents} acknowledged events: ${cause}`);
  }
  return store;
}
