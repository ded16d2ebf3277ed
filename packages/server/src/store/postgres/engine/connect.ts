import pg from 'pg';

import { SECOND_MILLIS } from '../../../durations.ts';
import { CerberusServerError } from '../../../errors.ts';
import { failureReason } from '../../failure-reason.ts';
import type { StoreAddress } from '../../store-address.ts';
import { firstOf } from './first-of.ts';

const CONNECT_MILLIS = 3 * SECOND_MILLIS;
/** A host that says nothing for so long is not waited for alone, and one that does not take writes is asked again after it. */
const ASK_MILLIS = 250;
const OLDEST_VERSION = 140_000;

/**
 * By `SET` after connecting, for a PgBouncer may refuse what is said at the start. A server that is cut off must not hold
 * what others wait for: its open transaction ends after five seconds, and PostgreSQL finds out that it is gone. What is
 * acknowledged is on disk, and on the synchronous standby where there is one, whatever the database's default.
 */
const SETTINGS = `
  SET synchronous_commit = on;
  SET idle_in_transaction_session_timeout = '5s';
  SET client_connection_check_interval = '2s';
  SET tcp_user_timeout = '5s';
  SET jit = off;`;

/**
 * What statements mean, and how long they may take, whatever the defaults of the database or the user are: statements are written for
 * these, and each kind of work has a limit of its own (`transaction_timeout` is of version 17 or later). Under another isolation, who waits for a lock fails when it gets it.
 */
const OWN_DEFAULTS = `
  SET default_transaction_isolation = 'read committed';
  SET statement_timeout = 0;
  SET lock_timeout = 0;
  SET idle_session_timeout = 0;
  SET DateStyle = 'ISO, YMD';
  SET IntervalStyle = 'postgres';
  SET TimeZone = 'UTC';
  SET standard_conforming_strings = on;
  SET array_nulls = on;
  SET quote_all_identifiers = off;
  SET extra_float_digits = 1;
  SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'transaction_timeout';`;

/** As PostgreSQL numbers its types. */
const BIGINT = 20;

/** The driver's own, which its types allow only the ids that they name. */
const TYPE_PARSERS: { readonly getTypeParser: (oid: number, format?: 'text' | 'binary') => unknown } =
  pg.types;

/** A dialect without surprises: numbers are numbers. Counts and instants stay below 2^53. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === BIGINT && format !== 'binary' ? Number : TYPE_PARSERS.getTypeParser(oid, format),
};

interface ServerState {
  readonly version: number;
  readonly is_standby: boolean;
  readonly fsync: string;
  readonly encoding: string;
  readonly read_only: string;
}

/** An open connection, and where it leads to. */
interface Connected {
  readonly client: pg.Client;
  /** Of the host, in the order of the address. */
  readonly index: number;
}

/** Connects to the one host that takes writes. */
export class Connector {
  readonly #address: StoreAddress;
  /** Where it was found last. */
  #preferred = 0;
  /** The highest that was seen: a server of a lower one was left behind by a promotion, whatever it says of itself. */
  #timeline = 0;
  /** Connections that are open, with the timeline of their server. */
  readonly #open = new Map<pg.Client, number>();
  #seeking: Promise<void> | undefined;

  /** @throws CerberusServerError `INVALID_OPTION` where the address names a file, as of an authority, that cannot be read */
  constructor(address: StoreAddress) {
    this.#address = address;
    for (const url of address.urls) checkFiles(url);
  }

  /**
   * A connection of its own to the primary, ready to be used. Where it leads to another server than the ones before, because a standby
   * was promoted, those end.
   *
   * @throws CerberusServerError `DB_UNAVAILABLE` with the reason for each host
   */
  async connect(): Promise<pg.Client> {
    const { urls, name } = this.#address;
    const order = urls.map((_, offset) => (this.#preferred + offset) % urls.length);
    try {
      const attempts = order.map((index) => () => this.#connectTo(index));
      const { client, index } = await firstOf<Connected>(attempts, {
        headStartMillis: ASK_MILLIS,
        againMillis: ASK_MILLIS,
        discard: (late) => abandon(late.client),
      });
      this.#preferred = index;
      return client;
    } catch (error) {
      const reasons = error instanceof AggregateError ? error.errors : [error];
      throw new CerberusServerError(
        'DB_UNAVAILABLE',
        `no database at ${name}: ${reasons.map(failureReason).join(', ')}`,
      );
    }
  }

  /**
   * Looks whether another server has become the primary, which ends connections to the old one, whatever they wait for: a machine that is
   * gone tells nobody so.
   */
  seekSuccessor(): Promise<void> {
    this.#seeking ??= this.connect()
      .then((client) => client.end())
      .catch(() => undefined)
      .finally(() => (this.#seeking = undefined));
    return this.#seeking;
  }

  async #connectTo(index: number): Promise<Connected> {
    const client = new pg.Client({
      connectionString: this.#address.urls[index],
      connectionTimeoutMillis: CONNECT_MILLIS,
      keepAlive: true,
      application_name: 'cerberus-server',
      types: TYPES,
    });
    // What it is used for sees its queries fail; without this the process would end.
    client.on('error', () => undefined);
    const deadline = setTimeout(() => abandon(client), 2 * CONNECT_MILLIS);
    try {
      await client.connect();
      await client.query(SETTINGS + OWN_DEFAULTS);
      this.#admit(client, await timelineOf(client, this.#address.urls.length === 1));
      return { client, index };
    } catch (error) {
      abandon(client);
      throw error;
    } finally {
      clearTimeout(deadline);
    }
  }

  #admit(client: pg.Client, timeline: number): void {
    if (timeline < this.#timeline) throw refusal('was left behind by a promotion');
    this.#timeline = timeline;
    for (const [other, its] of this.#open) if (its < timeline) abandon(other);
    this.#open.set(client, timeline);
    client.once('end', () => this.#open.delete(client));
  }
}

/**
 * The timeline of a server. One that is read-only is better than none, for it can be read.
 *
 * @throws CerberusServerError when it is not one to write to
 */
async function timelineOf(client: pg.Client, isOnlyOne: boolean): Promise<number> {
  const { rows } = await client.query<ServerState>(
    `SELECT current_setting('server_version_num')::int AS version, pg_is_in_recovery() AS is_standby,
            current_setting('fsync') AS fsync, current_setting('server_encoding') AS encoding,
            current_setting('transaction_read_only') AS read_only`,
  );
  const [state] = rows;
  if (state === undefined || state.version < OLDEST_VERSION) throw refusal('older than PostgreSQL 14');
  if (state.is_standby) throw refusal('is a standby');
  if (state.read_only === 'on' && !isOnlyOne) throw refusal('is read-only');
  if (state.fsync !== 'on') throw refusal('has fsync = off');
  // What it cannot hold would be sent again for ever.
  if (state.encoding !== 'UTF8') throw refusal(`has the encoding ${state.encoding}, and it must be UTF8`);
  const timeline = await client.query<{ readonly timeline: string }>(
    'SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) AS timeline',
  );
  return Number.parseInt(timeline.rows[0]?.timeline ?? '0', 16);
}

/** Ends a connection politely, and at once where no answer to that comes in time. Never rejects. */
export async function letGo(client: pg.Client, patienceMillis: number): Promise<void> {
  const deadline = setTimeout(() => abandon(client), patienceMillis);
  await client.end().catch(() => undefined);
  clearTimeout(deadline);
}

/** Ends a connection at once, whatever it waits for: a polite end would wait with it. */
export function abandon(client: pg.Client): void {
  client.connection.stream.destroy();
}

function refusal(message: string): CerberusServerError {
  return new CerberusServerError('DB_UNAVAILABLE', message);
}

/** The driver reads files as soon as it is told of them. What else it minds of an address is told where that is connected to. */
function checkFiles(connectionString: string): void {
  try {
    void new pg.Client({ connectionString });
  } catch (error) {
    const { syscall, path } = error as NodeJS.ErrnoException;
    if (syscall === undefined) return;
    // The path of a folder that is read as a file is in no error.
    const file = path === undefined ? '' : `, ${path}`;
    throw new CerberusServerError(
      'INVALID_OPTION',
      `\`store\` (CERBERUS_SERVER_STORE) names a file that cannot be read: ${failureReason(error)}${file}`,
    );
  }
}
