import { randomUUID } from 'node:crypto';

import type pg from 'pg';

import { HOUR_MILLIS, MINUTE_MILLIS, SECOND_MILLIS } from '../../durations.ts';
import type { StoredEvent } from '../../event/event.ts';
import type { Analytics } from '../questions/analytics.ts';
import { AskedTogether } from '../asked-together.ts';
import { CommitListeners } from '../commit-listeners.ts';
import type { EventQuery, Summary, SummaryQuery } from '../questions/event-query.ts';
import type { Finding } from '../finding.ts';
import { GroupCommit } from '../group-commit.ts';
import type { ProducerRef, ProducerRow } from '../questions/producer.ts';
import type { QuestionLimits } from '../question-limits.ts';
import type { StoreAddress } from '../store-address.ts';
import type {
  Append,
  AppendOutcome,
  Arrivals,
  CommitListener,
  PendingLoad,
  ProducerClaim,
  RetentionLimits,
  Store,
  WatchListener,
} from '../store.ts';
import { rollUpStep } from './aggregates/roll-up.ts';
import { PostgresArchive } from './archive.ts';
import { PostgresDocuments } from './documents.ts';
import { dayOf } from './engine/days.ts';
import { Connector } from './engine/connect.ts';
import { LastingConnection } from './engine/lasting-connection.ts';
import { beside, haveOwnSessions } from './engine/shared-sessions.ts';
import { PostgresGuesses } from './guesses.ts';
import { asPublicError, asSetUpError } from './engine/public-error.ts';
import { Reads } from './engine/reads.ts';
import { PostgresReader } from './reader.ts';
import { PostgresRate } from './questions/rate.ts';
import { PostgresRecords } from './records.ts';
import { migrate } from './schema/migrate.ts';
import { agreeOn, type Secrets } from './schema/agreement.ts';
import { KnownDays } from './schema/known-days.ts';
import { createPartitions } from './schema/partitions.ts';
import { examine, examineSafety } from './upkeep/examine.ts';
import { Leading } from './upkeep/leading.ts';
import { BEAT_TIMEOUT_MILLIS, PostgresNodes } from './upkeep/nodes.ts';
import { Periodically } from './upkeep/periodically.ts';
import { arrivalsBefore, deleteOldDays } from './upkeep/retention.ts';
import { Watching, WATCHED_MILLIS } from './watching.ts';
import { BatchIds } from './writing/batch-ids.ts';
import { claimAll } from './writing/claims.ts';
import { forgetProducers } from './writing/forgetting.ts';
import { beginImport, importEvents, type ImportedState } from './writing/importing.ts';
import { PostgresWriter } from './writing/writer.ts';

/** Longer, and a transaction is given up: others may wait for what it has locked. */
const COMMIT_MILLIS = 10 * SECOND_MILLIS;

/** Most of one statement: its locks are held together. */
const CLAIMS_AT_ONCE = 500;

/** Dropping a day waits for whoever reads it. */
const UPKEEP_MILLIS = 10 * MINUTE_MILLIS;

/** Takes as long as there is much. */
const EXPORT_MILLIS = 6 * HOUR_MILLIS;

/** So long the end of a server waits for upkeep, which another server, or the next start, takes up where it was. */
const PATIENCE_MILLIS = 5 * SECOND_MILLIS;

const ROLL_UP_MILLIS = SECOND_MILLIS;
/** Bounds how long a step takes, and what is done again after a failure. */
const BATCHES_OF_STEP = 64;
const LEAD_MILLIS = 10 * SECOND_MILLIS;

/**
 * Keeps events in a PostgreSQL database that several servers may use at once: what {@link append} has resolved survives the end
 * of any of them, and of the database's server where a synchronous standby takes its place.
 */
export class PostgresStore implements Store {
  readonly archive: PostgresArchive;
  readonly records: PostgresRecords;
  readonly documents: PostgresDocuments;
  readonly nodes: PostgresNodes;
  readonly rate: PostgresRate;
  readonly analytics: Analytics;
  readonly #node: string = randomUUID().slice(0, 8);
  readonly #writing: LastingConnection;
  readonly #claims: LastingConnection;
  readonly #upkeep: LastingConnection;
  readonly #rollUps: LastingConnection;
  readonly #lead: LastingConnection;
  readonly #exports: LastingConnection;
  readonly #reads: Reads;
  readonly #reader: PostgresReader;
  readonly #writer: PostgresWriter;
  readonly #groups: GroupCommit;
  readonly #claiming: AskedTogether<pg.Client, ProducerRef, ProducerClaim | undefined>;
  readonly #watching: Watching;
  readonly #listeners = new CommitListeners();
  readonly #periodically: readonly Periodically[];
  readonly #days = new KnownDays();
  /** For failures: another server may have dropped the partitions of a day. */
  readonly #forgetDays = (error: unknown): never => {
    this.#days.forget();
    throw error;
  };
  #closing: Promise<void> | undefined;

  private constructor(connector: Connector, limits: QuestionLimits) {
    this.#writing = new LastingConnection(connector, COMMIT_MILLIS);
    this.#claims = new LastingConnection(connector, COMMIT_MILLIS);
    this.#upkeep = new LastingConnection(connector, UPKEEP_MILLIS);
    this.#rollUps = new LastingConnection(connector, UPKEEP_MILLIS);
    this.#lead = new LastingConnection(connector, UPKEEP_MILLIS);
    this.#reads = new Reads({ connect: () => connector.connect(), limits });
    this.#reader = new PostgresReader(this.#reads, limits.exactEvents);
    this.analytics = this.#reader.analytics;
    this.#exports = new LastingConnection(connector, EXPORT_MILLIS);
    this.archive = new PostgresArchive(this.#exports);
    // For what may be lost, so that nothing that may not waits for it.
    const aside = new LastingConnection(connector, BEAT_TIMEOUT_MILLIS);
    // Beside claims, which wait for the standby as well, and as shortly.
    this.records = new PostgresRecords(this.#claims, new PostgresGuesses(aside));
    this.documents = new PostgresDocuments(this.#claims);
    this.nodes = new PostgresNodes({ node: this.#node, connection: aside, reads: this.#reads });
    this.rate = new PostgresRate(this.#reads);
    this.#writer = new PostgresWriter(this.#node);
    this.#groups = new GroupCommit((group) => this.#commit(group));
    this.#claiming = new AskedTogether(
      (client, producers) => claimAll(client, producers, { node: this.#node, now: Date.now() }),
      (task) => this.#claims.use(task),
      CLAIMS_AT_ONCE,
    );
    this.#watching = new Watching(this.#reader);
    const leading = new Leading(this.#lead);
    this.#periodically = [
      new Periodically(
        ROLL_UP_MILLIS,
        async () => (await this.#rollUpStep(WATCHED_MILLIS)) >= BATCHES_OF_STEP,
      ),
      new Periodically(LEAD_MILLIS, () => leading.step()),
    ];
  }

  /**
   * Connects to a database, and makes or changes its tables where that is needed.
   *
   * @param secrets - the same for all servers on a database: what one hashes or lets in, another one must, too
   * @throws CerberusServerError `INVALID_OPTION` (other secrets), `DB_UNAVAILABLE` or `DB_SCHEMA` (changed by a newer version)
   */
  static async open(address: StoreAddress, limits: QuestionLimits, secrets: Secrets): Promise<PostgresStore> {
    const connector = new Connector(address);
    const setUp = new LastingConnection(connector, UPKEEP_MILLIS);
    try {
      await setUp.use((client) => haveOwnSessions(client, connector));
      await setUp.use(migrate);
      await setUp.use((client) => agreeOn(client, secrets));
      await setUp.use((client) => createPartitions(client, dayOf(Date.now())));
    } catch (error) {
      throw asSetUpError(error);
    } finally {
      await setUp.close();
    }
    return new PostgresStore(connector, limits);
  }

  /** Looks at a database that servers use. @throws CerberusServerError `DB_UNAVAILABLE` */
  static async examine(address: StoreAddress): Promise<readonly Finding[]> {
    const connector = new Connector(address);
    const connection = new LastingConnection(connector, UPKEEP_MILLIS);
    try {
      return await connection.use((client) => beside(connector, (other) => examine(client, other)));
    } finally {
      await connection.close();
    }
  }

  /** What should be known of the database at the start of a server. @throws CerberusServerError (as a rejection) `STORE_UNAVAILABLE` */
  findings(): Promise<readonly Finding[]> {
    return this.#upkeep.use(examineSafety).catch((error: unknown) => {
      throw asPublicError(error);
    });
  }

  append(append: Append): Promise<AppendOutcome> {
    return this.#groups.append(append);
  }

  claim(producer: ProducerRef): Promise<ProducerClaim | undefined> {
    return this.#claiming.ask(producer);
  }

  events(query: EventQuery): Promise<readonly StoredEvent[]> {
    return this.#reader.events(query);
  }

  summary(query: SummaryQuery): Promise<Summary> {
    return this.#reader.summary(query);
  }

  producer(producer: string): Promise<ProducerRow | undefined> {
    return this.#reader.producer(producer);
  }

  onCommit(listener: CommitListener): () => void {
    return this.#listeners.add(listener);
  }

  watch(listener: WatchListener): () => void {
    return this.#watching.add(listener);
  }

  pending(): PendingLoad {
    return this.#groups.pending();
  }

  forgetProducers(lastSeenBefore: number, keep: readonly string[]): Promise<number> {
    return this.#groups.between(() =>
      this.#writing.use((client) => forgetProducers(client, lastSeenBefore, keep, this.#node)),
    );
  }

  arrivals(before: number): Promise<Arrivals> {
    return this.#upkeep.use((client) => arrivalsBefore(client, before));
  }

  /** Days of arrival, UTC, go whole. */
  async deleteOld(limits: RetentionLimits): Promise<number> {
    const deleted = await this.#upkeep.use((client) => deleteOldDays(client, limits));
    this.#days.forget();
    return deleted;
  }

  /** Aggregates everything that is stored, which otherwise happens within seconds. Answers do not depend on it. */
  async rollUp(): Promise<void> {
    while ((await this.#rollUpStep(0)) > 0);
  }

  /**
   * Moves what another store holds into this one, and goes on where an earlier call ended.
   *
   * @param source - names the other store, always the same
   * @param state - what it has beside its events
   * @param page - its events behind an id, in the order of ids
   * @param onProgress - told the number of events after each page
   */
  async import(
    source: string,
    state: ImportedState,
    page: (afterId: number) => Promise<readonly StoredEvent[]>,
    onProgress: (events: number) => void,
  ): Promise<void> {
    const ids = new BatchIds();
    let after = await this.#upkeep.use((client) => beginImport(client, source, state));
    for (;;) {
      const events = await page(after);
      const last = events.at(-1);
      if (last === undefined) return;
      await this.#upkeep.use((client) => importEvents(client, source, ids, events));
      after = last.id;
      onProgress(events.length);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #rollUpStep(minAgeMillis: number): Promise<number> {
    const prepareDay = (day: string): Promise<void> =>
      this.#days.ensure(dayOf(Date.parse(day)), this.#upkeep);
    return this.#rollUps
      .use((client) => rollUpStep(client, BATCHES_OF_STEP, minAgeMillis, prepareDay))
      .catch(this.#forgetDays);
  }

  async #commit(group: readonly Append[]): Promise<readonly AppendOutcome[]> {
    const start = performance.now();
    for (const { receivedAt } of group) await this.#days.ensure(dayOf(receivedAt), this.#writing);
    const { outcomes, events } = await this.#writing
      .use((client) => this.#writer.commit(client, group))
      .catch(this.#forgetDays);
    this.#listeners.notify(events, { durationMillis: performance.now() - start });
    return outcomes;
  }

  async #close(): Promise<void> {
    await this.#groups.close();
    await Promise.all([
      ...this.#periodically.map((each) => each.close()),
      ...[this.#upkeep, this.#rollUps, this.#lead, this.#exports].map((each) => each.close(PATIENCE_MILLIS)),
    ]);
    await this.#watching.close();
    await this.nodes.close();
    await this.#reads.close();
    await Promise.all([this.#writing, this.#claims].map((each) => each.close()));
  }
}
