import type pg from 'pg';

import { SECOND_MILLIS } from '../../../durations.ts';
import type { NodeList, NodeReport, NodeRow, Nodes, NodeState } from '../../nodes.ts';
import { maybeText, number, text, type Row } from '../../rows/values.ts';
import { Conditions } from '../engine/conditions.ts';
import type { LastingConnection } from '../engine/lasting-connection.ts';
import type { Reads } from '../engine/reads.ts';
import { Periodically } from './periodically.ts';

const BEAT_MILLIS = 4 * SECOND_MILLIS;

/** Longer, and a beat is given up. */
export const BEAT_TIMEOUT_MILLIS: number = 4 * SECOND_MILLIS;

/** Not heard of for so long, some beats in a row, a server is silent. */
const SILENT_MILLIS = 15 * SECOND_MILLIS;

/** That a server is listed is worth no wait for the standby. */
const ALONE = 'SET synchronous_commit = off';

/**
 * Says that a server is there, and removes those that are long gone, and whose place it has taken. How long it has been there
 * is told by its own clock, when by the database's.
 */
const BEAT: string = `
  WITH gone AS (
    DELETE FROM nodes WHERE node <> $1 AND (
      seen_at < clock_timestamp() - CASE WHEN is_stopped THEN interval '1 hour' ELSE interval '1 day' END
      OR name = $3 AND (is_stopped OR seen_at < clock_timestamp() - interval '${SILENT_MILLIS} ms')))
  INSERT INTO nodes (node, started_at, name, version, unready, connections, events, events_per_second)
  VALUES ($1, clock_timestamp() - $2::float8 * interval '1 ms', $3, $4, $5, $6, $7, $8)
  ON CONFLICT (node) DO UPDATE SET
    seen_at = clock_timestamp(), name = excluded.name, version = excluded.version, unready = excluded.unready,
    connections = excluded.connections, events = excluded.events, events_per_second = excluded.events_per_second`;

const STOP = 'UPDATE nodes SET is_stopped = true, seen_at = clock_timestamp() WHERE node = $1';

const IS_AT_WORK = `NOT is_stopped AND seen_at >= clock_timestamp() - interval '${SILENT_MILLIS} ms'`;

const LIST: string = `
  SELECT *, count(*) OVER () AS total, ${IS_AT_WORK} AS is_at_work, ${millis('started_at')} AS started, ${millis('seen_at')} AS seen,
         greatest(0, ${millis('clock_timestamp() - seen_at')}) AS silent
  FROM nodes ORDER BY is_at_work DESC, is_stopped, name COLLATE "C", seen_at DESC LIMIT $limit`;

const BEHIND = `SELECT ${millis('clock_timestamp() - min(stored_at)')} AS behind FROM pending`;

/** What it needs of a store. */
export interface NodesContext {
  /** Of this server; other than that of every other one, dead or alive. */
  readonly node: string;
  /** Not that of who stores or claims: they must not wait for a beat. Closed with the list. */
  readonly connection: LastingConnection;
  readonly reads: Pick<Reads, 'inSnapshot'>;
}

/** Servers in a table. */
export class PostgresNodes implements Nodes {
  readonly #context: NodesContext;
  readonly #start = performance.now();
  #beats: Periodically | undefined;
  /** Whether the last beat was heard. */
  #isKnown = false;
  #awayAt: number | undefined;
  #isClosing = false;

  constructor(context: NodesContext) {
    this.#context = context;
  }

  announce(report: () => NodeReport): void {
    this.#beats ??= new Periodically(BEAT_MILLIS, async () => {
      this.#isKnown = await this.#succeeds((client) => this.#beat(client, report()));
      // Where only the table of servers cannot be written to, as under a lock, events can be stored all the same.
      const isThere =
        this.#isKnown || this.#isClosing || (await this.#succeeds((client) => client.query('SELECT')));
      this.#awayAt = isThere ? undefined : performance.now();
      return false;
    });
  }

  get awayAt(): number | undefined {
    return this.#awayAt;
  }

  list(limit: number): Promise<NodeList> {
    return this.#context.reads.inSnapshot(async (rows) => {
      const found = await rows(new Conditions().number('limit', limit).query(LIST));
      const [pending] = await rows(new Conditions().query(BEHIND));
      return {
        rows: found.map((row) => toNode(row, this.#context.node)),
        total: number(found[0]?.['total']),
        aggregatesBehindMillis: number(pending?.['behind']),
      };
    });
  }

  /** Says that this server stops, where the database was there a moment ago. */
  async close(): Promise<void> {
    const { connection, node } = this.#context;
    this.#isClosing = true;
    await this.#beats?.close();
    if (this.#isKnown) await connection.use((client) => client.query(STOP, [node])).catch(() => undefined);
    await connection.close();
  }

  #succeeds(task: (client: pg.Client) => Promise<unknown>): Promise<boolean> {
    return this.#context.connection.use(task).then(
      () => true,
      () => false,
    );
  }

  async #beat(client: pg.Client, report: NodeReport): Promise<void> {
    const { name, version, unready, connections, events, eventsPerSecond } = report;
    await client.query(ALONE);
    const figures = [name, version, unready, connections, events, eventsPerSecond];
    await client.query(BEAT, [this.#context.node, performance.now() - this.#start, ...figures]);
  }
}

function toNode(row: Row, thisNode: string): NodeRow {
  const unready = maybeText(row['unready']);
  return {
    name: text(row['name']),
    isThis: row['node'] === thisNode,
    version: text(row['version']),
    state: stateOf(row, unready),
    unready,
    connections: number(row['connections']),
    events: number(row['events']),
    eventsPerSecond: number(row['events_per_second']),
    startedAt: number(row['started']),
    lastSeen: number(row['seen']),
    silentMillis: number(row['silent']),
  };
}

function stateOf(row: Row, unready: string | null): NodeState {
  if (row['is_stopped'] === true) return 'stopped';
  if (row['is_at_work'] !== true) return 'silent';
  return unready === null ? 'ready' : 'unready';
}

/** SQL for an instant or a stretch of time in milliseconds. */
function millis(sql: string): string {
  return `(extract(epoch FROM ${sql}) * 1000)::bigint`;
}
