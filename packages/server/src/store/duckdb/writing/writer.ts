import {
  BIGINT,
  LIST,
  listValue,
  VARCHAR,
  type DuckDBAppender,
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';

import type { StoredEvent } from '../../../event/event.ts';
import { decideGroup, numberEvents, type GroupDecision } from '../../append-decision.ts';
import type { StoredProducer } from '../../claims.ts';
import { KnownReleases } from '../../known-releases.ts';
import type { Append, AppendOutcome } from '../../store.ts';
import { lastEventId } from './last-event-id.ts';
import { appendMinuteRows, type MinuteAppenders } from './minute-rows.ts';
import { addReleases, forgetReleases, storedReleases } from './releases.ts';
import { appendRow } from './row.ts';

const SELECT_LAST_SEQS =
  'SELECT producer, last_seq FROM producers WHERE producer IN (SELECT unnest($producers::VARCHAR[]))';

const SELECT_STORED =
  'SELECT producer, client_id, last_seq FROM producers WHERE producer IN (SELECT unnest($producers::VARCHAR[]))';

const MERGE_PRODUCERS = `
  MERGE INTO producers AS p
  USING (
    SELECT unnest($producers::VARCHAR[]) AS producer, unnest($client_ids::VARCHAR[]) AS client_id,
           unnest($last_seqs::BIGINT[]) AS last_seq, unnest($modes::VARCHAR[]) AS mode,
           unnest($agents::VARCHAR[]) AS agent, make_timestamp_ms(unnest($seen::BIGINT[])) AS seen,
           unnest($events::BIGINT[]) AS events, unnest($rejected::BIGINT[]) AS rejected,
           unnest($versions::VARCHAR[]) AS version, unnest($environments::VARCHAR[]) AS environment,
           unnest($instances::VARCHAR[]) AS instance
  ) AS u ON p.producer = u.producer
  WHEN MATCHED THEN UPDATE SET
    client_id = u.client_id, last_seq = u.last_seq, mode = u.mode, agent = u.agent, last_seen = u.seen,
    events = p.events + u.events, rejected = p.rejected + u.rejected,
    service_version = u.version, deployment_environment = u.environment, service_instance_id = u.instance
  WHEN NOT MATCHED THEN INSERT
    VALUES (u.producer, u.client_id, u.last_seq, u.mode, u.agent, u.seen, u.seen, u.events, u.rejected,
            u.version, u.environment, u.instance)`;

const DELETE_PRODUCERS = `
  DELETE FROM producers
  WHERE last_seen < make_timestamp_ms($before) AND producer NOT IN (SELECT unnest($keep::VARCHAR[]))`;

/** The prepared parts of a transaction. */
interface Prepared {
  readonly appenders: MinuteAppenders & { readonly events: DuckDBAppender };
  readonly selectLastSeqs: DuckDBPreparedStatement;
  readonly mergeProducers: DuckDBPreparedStatement;
  nextId: number;
  readonly releases: KnownReleases;
}

/** A committed group. */
export interface CommittedGroup {
  readonly outcomes: readonly AppendOutcome[];
  readonly events: readonly StoredEvent[];
}

/** Writes groups of appends, each in one transaction on the one writing connection. Calls must not overlap. */
export class DuckDbWriter {
  readonly #connection: DuckDBConnection;
  #prepared: Prepared | undefined;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /**
   * Stores a group: the rows, what they add to their minutes, and the producers' new `last_seq` commit together, and DuckDB
   * has synced its write-ahead log when `COMMIT` returns.
   *
   * When it rejects, the caller must take nothing as stored. That is safe even where a failed `COMMIT` did reach the
   * disk: `last_seq` is read again in the next transaction, never remembered.
   */
  async commit(group: readonly Append[], claims: ReadonlyMap<string, number>): Promise<CommittedGroup> {
    try {
      await this.#connection.run('BEGIN');
      this.#prepared ??= await this.#prepare();
      const committed = await this.#write(this.#prepared, group, claims);
      await this.#connection.run('COMMIT');
      return committed;
    } catch (error) {
      await this.#abandon();
      throw error;
    }
  }

  /** What is stored of producers, by their ids. Must not overlap a commit. */
  async storedProducers(producers: readonly string[]): Promise<ReadonlyMap<string, StoredProducer>> {
    const values = { producers: listValue([...new Set(producers)]) };
    const types = { producers: LIST(VARCHAR) };
    const rows = (await this.#connection.runAndReadAll(SELECT_STORED, values, types)).getRows();
    return new Map(
      rows.map(([producer, clientId, lastSeq]) => [
        String(producer),
        { clientId: String(clientId), lastSeq: Number(lastSeq) },
      ]),
    );
  }

  /** Removes old producer rows, and what no application needs of its releases, in transactions of their own. Must not overlap a commit. */
  async forgetProducers(lastSeenBefore: number, keep: readonly string[]): Promise<number> {
    const result = await this.#connection.run(
      DELETE_PRODUCERS,
      { before: BigInt(lastSeenBefore), keep: listValue([...keep]) },
      { before: BIGINT, keep: LIST(VARCHAR) },
    );
    await forgetReleases(this.#connection);
    return result.rowsChanged;
  }

  close(): void {
    this.#release();
    this.#connection.closeSync();
  }

  async #write(
    prepared: Prepared,
    group: readonly Append[],
    claims: ReadonlyMap<string, number>,
  ): Promise<CommittedGroup> {
    const decision = decideGroup(group, await this.#lastSeqs(prepared, group), claims);
    const events = numberEvents(decision.stored, prepared.nextId);
    for (const event of events) appendRow(prepared.appenders.events, event);
    appendMinuteRows(prepared.appenders, events);
    for (const appender of Object.values(prepared.appenders)) appender.flushSync();
    prepared.nextId += events.length;
    const releases = prepared.releases.newIn(events);
    await addReleases(this.#connection, releases);
    prepared.releases.learn(releases);
    if (decision.producers.size > 0) await mergeProducers(prepared.mergeProducers, decision);
    return { outcomes: decision.outcomes, events };
  }

  async #lastSeqs(prepared: Prepared, group: readonly Append[]): Promise<ReadonlyMap<string, number>> {
    const sequenced = group.filter((append) => append.seq !== null);
    if (sequenced.length === 0) return new Map();
    const producers = [...new Set(sequenced.map((append) => append.producer.producer))];
    prepared.selectLastSeqs.bind({ producers: listValue(producers) }, { producers: LIST(VARCHAR) });
    return toLastSeqs((await prepared.selectLastSeqs.runAndReadAll()).getRows());
  }

  async #prepare(): Promise<Prepared> {
    return {
      appenders: {
        events: await this.#connection.createAppender('events'),
        requests: await this.#connection.createAppender('minute_requests'),
        latencies: await this.#connection.createAppender('minute_latencies'),
      },
      selectLastSeqs: await this.#connection.prepare(SELECT_LAST_SEQS),
      mergeProducers: await this.#connection.prepare(MERGE_PRODUCERS),
      nextId: (await lastEventId(this.#connection)) + 1,
      releases: new KnownReleases(await storedReleases(this.#connection)),
    };
  }

  /** Rolls back and forgets everything that was derived from the database: after a failure only the file is right. */
  async #abandon(): Promise<void> {
    await this.#connection.run('ROLLBACK').catch(() => undefined);
    this.#release();
  }

  #release(): void {
    const prepared = this.#prepared;
    this.#prepared = undefined;
    if (prepared === undefined) return;
    const { appenders, selectLastSeqs, mergeProducers: merge } = prepared;
    // Rows of a failed transaction may still be buffered; closing would flush them outside any transaction.
    for (const appender of Object.values(appenders)) {
      attempt(() => appender.clear());
      attempt(() => appender.closeSync());
    }
    attempt(() => selectLastSeqs.destroySync());
    attempt(() => merge.destroySync());
  }
}

function toLastSeqs(rows: readonly (readonly DuckDBValue[])[]): ReadonlyMap<string, number> {
  return new Map(rows.map(([producer, lastSeq]) => [String(producer), Number(lastSeq)]));
}

/** An appender that has failed may refuse to be closed; what comes after it must be let go of all the same. */
function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // Nothing depends on it: the file is released with the last of its connections.
  }
}

async function mergeProducers(statement: DuckDBPreparedStatement, decision: GroupDecision): Promise<void> {
  const changes = [...decision.producers.values()];
  const refs = changes.map((change) => change.latest.producer);
  const texts: Record<string, readonly DuckDBValue[]> = {
    producers: refs.map((ref) => ref.producer),
    client_ids: refs.map((ref) => ref.clientId),
    modes: refs.map((ref) => ref.mode),
    agents: refs.map((ref) => ref.agent),
    versions: refs.map((ref) => ref.service.version),
    environments: refs.map((ref) => ref.service.environment),
    instances: refs.map((ref) => ref.service.instanceId),
  };
  const numbers: Record<string, readonly DuckDBValue[]> = {
    last_seqs: changes.map((change) => BigInt(change.lastSeq)),
    seen: changes.map((change) => BigInt(change.latest.receivedAt)),
    events: changes.map((change) => BigInt(change.events)),
    rejected: changes.map((change) => BigInt(change.rejected)),
  };
  bindLists(statement, { ...texts, ...numbers }, new Set(Object.keys(texts)));
  await statement.run();
}

function bindLists(
  statement: DuckDBPreparedStatement,
  lists: Readonly<Record<string, readonly DuckDBValue[]>>,
  texts: ReadonlySet<string>,
): void {
  const values: Record<string, DuckDBValue> = {};
  const types: Record<string, DuckDBType> = {};
  for (const [name, items] of Object.entries(lists)) {
    values[name] = listValue(items);
    types[name] = LIST(texts.has(name) ? VARCHAR : BIGINT);
  }
  statement.bind(values, types);
}
