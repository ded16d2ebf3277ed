import type pg from 'pg';

import type { Finding } from '../../finding.ts';
import { SHARED_SESSIONS, sharesSessions } from '../engine/shared-sessions.ts';
import { dayOf } from '../engine/days.ts';
import { unusable, versionsOf } from '../schema/migrate.ts';
import { partitionDays } from '../schema/partitions.ts';

/** Connections that one server has at most. */
const CONNECTIONS_OF_SERVER = 11;

/** Behind by more, questions about long ranges become slow. */
const MOST_PENDING_SECONDS = 60;

const SETTINGS = `
  SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
         current_setting('full_page_writes') AS full_page_writes,
         current_setting('idle_in_transaction_session_timeout') AS idle,
         current_setting('synchronous_standby_names') AS standbys,
         current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer AS connections,
         (SELECT sum(numbackends)::integer FROM pg_stat_database) AS connected,
         pg_has_role('pg_read_all_stats', 'USAGE') AS sees_states`;

const STANDBYS = `
  SELECT application_name AS name, sync_state AS state,
         coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), flush_lsn), -1)::bigint AS behind
  FROM pg_stat_replication ORDER BY application_name`;

const PENDING = `
  SELECT count(*)::integer AS batches,
         coalesce(extract(epoch FROM clock_timestamp() - min(stored_at)), 0)::float8 AS seconds FROM pending`;

/** Commits wait for a synchronous one; that it is, and at work, only some are told. */
const UNSEEN: Finding = {
  level: 'warn',
  text: 'which standby is synchronous, and how far it is behind, is not shown to this user: GRANT pg_monitor TO it to have that looked at',
};

interface Settings {
  readonly version: string;
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly idle: string;
  readonly standbys: string;
  readonly connections: number;
  readonly connected: number;
  /** Others are told who follows, and nothing else of it. */
  readonly sees_states: boolean;
}

interface Standby {
  readonly name: string;
  readonly state: string | null;
  readonly behind: number;
}

interface PendingRow {
  readonly batches: number;
  readonly seconds: number;
}

/** Looks at a database that has been set up, on connections as the store makes them. */
export async function examine(client: pg.Client, other: pg.Client): Promise<readonly Finding[]> {
  if (await sharesSessions(client, other)) return [{ level: 'fail', text: SHARED_SESSIONS }];
  const { rows } = await client.query<{ readonly found: boolean }>(
    `SELECT to_regclass('meta') IS NOT NULL AS found`,
  );
  if (rows[0]?.found !== true)
    return [{ level: 'fail', text: 'there are no tables: no server has used the database' }];
  const versions = await versionsOf(client);
  const reason = unusable(versions);
  if (reason !== undefined) return [{ level: 'fail', text: reason }];
  const [pending] = (await client.query<PendingRow>(PENDING)).rows;
  const days = await partitionDays(client);
  return [
    ...(await examineSafety(client)),
    { level: 'ok', text: `the tables are of version ${versions.version}` },
    pendingFinding(pending ?? { batches: 0, seconds: 0 }),
    partitionFinding(days, dayOf(Date.now())),
  ];
}

/** Whether a database keeps what is stored in it: the part of it that does not depend on servers at work. */
export async function examineSafety(client: pg.Client): Promise<readonly Finding[]> {
  const [settings] = (await client.query<Settings>(SETTINGS)).rows;
  const standbys = (await client.query<Standby>(STANDBYS)).rows;
  return [
    ...(settings === undefined ? [] : settingFindings(settings)),
    ...(settings === undefined ? [] : standbyFindings(standbys, settings)),
  ];
}

function settingFindings(settings: Settings): readonly Finding[] {
  const { version, fsync, full_page_writes: fullPages, idle, connections, connected } = settings;
  return [
    { level: 'ok', text: `PostgreSQL ${version}` },
    fsync === 'on'
      ? { level: 'ok', text: 'fsync is on' }
      : { level: 'fail', text: 'fsync is off: a crash of the machine loses what was acknowledged' },
    fullPages === 'on'
      ? { level: 'ok', text: 'full_page_writes is on' }
      : { level: 'fail', text: 'full_page_writes is off: a crash of the machine may destroy the database' },
    idle === '5s'
      ? { level: 'ok', text: 'settings of a session stay' }
      : {
          level: 'fail',
          text: SHARED_SESSIONS,
        },
    connections - connected >= CONNECTIONS_OF_SERVER
      ? {
          level: 'ok',
          text: `${connected} of ${connections} connections are used; a server has up to ${CONNECTIONS_OF_SERVER}`,
        }
      : {
          level: 'warn',
          text: `${connected} of ${connections} connections are used: too few are left for one more server, which has up to ${CONNECTIONS_OF_SERVER}`,
        },
  ];
}

function standbyFindings(
  standbys: readonly Standby[],
  { standbys: names, sees_states: seesStates }: Settings,
): readonly Finding[] {
  const found = standbys.map((standby) => standbyFinding(standby, seesStates));
  const isSynchronous = standbys.some(({ state }) => state === 'sync' || state === 'quorum');
  if (isSynchronous) return found;
  if (!seesStates && names !== '' && standbys.length > 0) return [...found, UNSEEN];
  return [
    ...found,
    names === ''
      ? {
          level: 'warn',
          text: 'there is no synchronous standby: what is acknowledged is on one disk, and lost with it',
        }
      : {
          level: 'fail',
          text: 'synchronous_standby_names is set and no such standby is connected: nothing can be stored',
        },
  ];
}

function standbyFinding({ name, state, behind }: Standby, seesStates: boolean): Finding {
  if (!seesStates) return { level: 'ok', text: `standby ${name} is connected` };
  const text = `standby ${name}: ${state ?? 'unknown'}`;
  return behind < 0
    ? { level: 'warn', text: `${text}, not at work` }
    : { level: 'ok', text: `${text}, ${behind} bytes behind` };
}

function pendingFinding({ batches, seconds }: PendingRow): Finding {
  return seconds <= MOST_PENDING_SECONDS
    ? { level: 'ok', text: `${batches} batches wait to be aggregated` }
    : {
        level: 'warn',
        text: `${batches} batches wait to be aggregated, the oldest for ${Math.round(seconds)} s: no server is at it, or too few are`,
      };
}

function partitionFinding(days: readonly number[], today: number): Finding {
  const ahead = days.filter((day) => day > today).length;
  return days.includes(today) && ahead > 0
    ? { level: 'ok', text: `partitions are there for ${days.length} days, ${ahead} of them to come` }
    : { level: 'warn', text: 'partitions for the coming days are missing: no server is at work' };
}
