import { bytesOf, type ServerConfig } from './config.ts';
import type { CerberusServerError } from './errors.ts';
import type { Log } from './log.ts';
import { openDuckDb } from './store/duckdb/open.ts';
import type { DuckDbStore } from './store/duckdb/store.ts';
import { LastingStore } from './store/lasting-store.ts';
import { MemoryStore } from './store/memory/store.ts';
import { openPostgres } from './store/postgres/open.ts';
import type { StoreAddress } from './store/store-address.ts';
import type { Store } from './store/store.ts';

/** What Node.js takes beside the database, at least. */
const NODE_BYTES = 192_000_000;

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
  warnOfMemory(config.memoryLimit, log);
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

/** A container that may have less than the database takes is ended by the system when it does, in the middle of a long question or an export. */
function warnOfMemory(memoryLimit: string, log: Log): void {
  const given = process.constrainedMemory();
  // Nothing, or more than there is, where there is no limit.
  if (given === 0 || given >= bytesOf(memoryLimit) + NODE_BYTES) return;
  const megabytes = Math.floor(given / 1_000_000);
  log(
    'warn',
    `this process may have ${megabytes} MB of memory, and the database alone takes up to ${memoryLimit} of it: the system ends it when both together need more; lower \`memoryLimit\`, or give it more`,
  );
}
