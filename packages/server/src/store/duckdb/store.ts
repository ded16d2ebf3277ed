import type { DuckDBConnection } from '@duckdb/node-api';

import type { StoredEvent } from '../../event/event.ts';
import type { Analytics } from '../questions/analytics.ts';
import { AskedTogether } from '../asked-together.ts';
import { Claims } from '../claims.ts';
import { CommitListeners } from '../commit-listeners.ts';
import type { EventQuery, Summary, SummaryQuery } from '../questions/event-query.ts';
import { GroupCommit } from '../group-commit.ts';
import type { ProducerRef, ProducerRow } from '../questions/producer.ts';
import type { QuestionLimits } from '../question-limits.ts';
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
import { Acknowledged } from './acknowledged.ts';
import { DuckDbArchive } from './archive.ts';
import { DuckDbDocuments } from './documents.ts';
import { checkpoint, DuckDbCheckpoints } from './engine/checkpoints.ts';
import { QuestionThreads, THREADS_OF_STORING } from './engine/question-threads.ts';
import { ReadConnection } from './engine/read-connection.ts';
import { openDatabase, type OpenDatabase, type OpenLimits } from './instance.ts';
import { DuckDbMaintenance } from './maintenance.ts';
import { DuckDbReader } from './reader.ts';
import { arrivalsBefore, deleteOldEvents, usedBytes } from './retention.ts';
import { lastEventId } from './writing/last-event-id.ts';
import { DuckDbWriter } from './writing/writer.ts';

/** Where nothing is said of them. */
const DEFAULT_QUESTIONS: QuestionLimits = { maxQuestions: 64, questionTimeoutMillis: 30_000 };

/** Of exports and backups, which take as long as there is much; few can be wanted at once. */
const COPIES: QuestionLimits = { maxQuestions: 4, questionTimeoutMillis: Infinity };

/** What it may use, and how much may be asked of it. */
export type StoreLimits = OpenLimits & Partial<QuestionLimits>;

/** Connections, each for what must not wait for the others. */
interface Connections {
  readonly writer: DuckDBConnection;
  readonly reader: DuckDBConnection;
  readonly maintenance: DuckDBConnection;
  readonly archive: DuckDBConnection;
  readonly documents: DuckDBConnection;
}

/** Keeps events in one DuckDB file: what {@link append} has resolved survives a `kill -9` of the process. */
export class DuckDbStore implements Store {
  readonly analytics: Analytics;
  readonly archive: DuckDbArchive;
  readonly documents: DuckDbDocuments;
  readonly records = undefined;
  readonly nodes = undefined;
  readonly rate = undefined;
  /** Events that had been acknowledged and were not in the file, nor in its log, when it was opened; as far as is known. */
  readonly missingEvents: number;
  readonly #writer: DuckDbWriter;
  readonly #reads: ReadConnection;
  readonly #reader: DuckDbReader;
  readonly #maintenance: DuckDbMaintenance;
  readonly #checkpoints: DuckDbCheckpoints;
  readonly #threads: QuestionThreads;
  readonly #claiming: AskedTogether<undefined, ProducerRef, ProducerClaim | undefined>;
  readonly #acknowledged: Acknowledged;
  readonly #release: () => void;
  readonly #claims = new Claims();
  readonly #listeners = new CommitListeners();
  readonly #groups: GroupCommit;
  #closing: Promise<void> | undefined;

  private constructor(
    database: OpenDatabase,
    connections: Connections,
    acknowledged: Acknowledged,
    missingEvents: number,
    limits: StoreLimits,
  ) {
    this.#acknowledged = acknowledged;
    this.missingEvents = missingEvents;
    this.#release = database.release;
    this.#threads = new QuestionThreads(limits.threads, (task) => this.#maintenance.run(task));
    this.#writer = new DuckDbWriter(connections.writer);
    this.#reads = new ReadConnection(connections.reader, this.#threads, {
      ...DEFAULT_QUESTIONS,
      ...limits,
    });
    this.#reader = new DuckDbReader(this.#reads, limits.exactEvents);
    this.analytics = this.#reader.analytics;
    this.#maintenance = new DuckDbMaintenance(connections.maintenance);
    this.#checkpoints = new DuckDbCheckpoints(
      database.path,
      (task) => this.#betweenCommits(task),
      limits.isAgain,
    );
    this.archive = new DuckDbArchive(
      new ReadConnection(connections.archive, this.#threads, COPIES),
      database.path,
    );
    this.#groups = new GroupCommit((group) => this.#commit(group));
    this.documents = new DuckDbDocuments(connections.documents, (task) => this.#groups.between(task));
    this.#claiming = new AskedTogether(
      (_, producers) => this.#claimAll(producers),
      (task) => this.#groups.between(() => task(undefined)),
    );
  }

  /**
   * Opens or creates a database file. The threads of its limits are those of questions; storing takes one.
   *
   * @throws CerberusServerError `DB_LOCKED` (open here or in another process), `DB_CORRUPT`, `DB_SCHEMA` (written by
   *   a newer version) or `DB_UNAVAILABLE`
   */
  static async open(path: string, limits: StoreLimits): Promise<DuckDbStore> {
    const database = await openDatabase(path, { ...limits, threads: THREADS_OF_STORING });
    const opened: DuckDBConnection[] = [];
    const connect = async (): Promise<DuckDBConnection> => {
      const connection = await database.connect();
      opened.push(connection);
      return connection;
    };
    let acknowledged: Acknowledged | undefined;
    try {
      const connections = {
        writer: await connect(),
        reader: await connect(),
        maintenance: await connect(),
        archive: await connect(),
        documents: await connect(),
      };
      acknowledged = new Acknowledged(database.path, limits.create);
      const missing = Math.max(0, (acknowledged.before ?? 0) - (await lastEventId(connections.maintenance)));
      return new DuckDbStore(database, connections, acknowledged, missing, limits);
    } catch (error) {
      acknowledged?.close();
      for (const connection of opened) connection.closeSync();
      database.release();
      throw error;
    }
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

  /** Events behind an id, in the order of ids. */
  eventsAfter(id: number, limit: number): Promise<readonly StoredEvent[]> {
    return this.#reader.eventsAfter(id, limit);
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
    return this.onCommit((events) => listener(events, 0));
  }

  pending(): PendingLoad {
    return this.#groups.pending();
  }

  forgetProducers(lastSeenBefore: number, keep: readonly string[]): Promise<number> {
    return this.#groups.between(() => {
      this.#claims.keepOnly(keep);
      return this.#writer.forgetProducers(lastSeenBefore, keep);
    });
  }

  /** Brings the aggregates up to date, which otherwise happens within a minute. Answers do not depend on it. */
  rollUp(): Promise<void> {
    return this.#maintenance.rollUp();
  }

  arrivals(before: number): Promise<Arrivals> {
    return this.#maintenance.run((connection) => arrivalsBefore(connection, before));
  }

  deleteOld(limits: RetentionLimits): Promise<number> {
    return deleteOldEvents(limits, {
      step: (task) => this.#maintenance.run(task),
      checkpoint: () => this.#betweenCommits(checkpoint),
    });
  }

  /** Bytes of the blocks that hold something. The file may be larger: DuckDB keeps free blocks for what comes. */
  usedBytes(): Promise<number> {
    return this.#maintenance.run(usedBytes);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Its turn comes first, so that commits do not wait for what is done before it. */
  #betweenCommits(task: (connection: DuckDBConnection) => Promise<void>): Promise<void> {
    return this.#maintenance.run((connection) => this.#groups.between(() => task(connection)));
  }

  async #close(): Promise<void> {
    try {
      await this.#groups.close();
      await this.documents.close();
      await this.archive.close();
      await this.#reads.close();
      this.#threads.close();
      await this.#maintenance.close();
      this.#writer.close();
    } finally {
      this.#acknowledged.close();
      this.#release();
    }
  }

  /** Between two commits: whoever connects must not wait for what is asked. */
  async #claimAll(producers: readonly ProducerRef[]): Promise<readonly (ProducerClaim | undefined)[]> {
    const stored = await this.#writer.storedProducers(producers.map(({ producer }) => producer));
    return producers.map((producer) => this.#claims.take(producer, stored.get(producer.producer)));
  }

  async #commit(group: readonly Append[]): Promise<readonly AppendOutcome[]> {
    const start = performance.now();
    const { outcomes, events } = await this.#writer.commit(group, this.#claims.current);
    this.#maintenance.stored(events.length);
    this.#checkpoints.committed();
    const last = events.at(-1);
    if (last !== undefined) this.#acknowledged.write(last.id);
    this.#listeners.notify(events, { durationMillis: performance.now() - start });
    return outcomes;
  }
}
