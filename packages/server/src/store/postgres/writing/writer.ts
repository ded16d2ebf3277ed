import type pg from 'pg';

import type { StoredEvent } from '../../../event/event.ts';
import { groupBy } from '../../../nested-maps.ts';
import { decideGroup, numberEvents, type GroupDecision } from '../../append-decision.ts';
import { KnownReleases } from '../../known-releases.ts';
import type { Append, AppendOutcome } from '../../store.ts';
import { inTransaction } from '../engine/transaction.ts';
import { EVENTS_OF_BATCH } from '../engine/batches.ts';
import { BatchIds } from './batch-ids.ts';
import { dayOf } from '../engine/days.ts';
import { copyBatch } from './copy-batch.ts';
import { lockProducers, mergeProducers } from './producers.ts';
import { addReleases } from './releases.ts';

/** A committed group. */
export interface CommittedGroup {
  readonly outcomes: readonly AppendOutcome[];
  readonly events: readonly StoredEvent[];
}

/** Writes groups of appends, each in one transaction. Calls must not overlap. */
export class PostgresWriter {
  readonly #node: string;
  readonly #ids = new BatchIds();
  readonly #releases = new KnownReleases();

  /** @param node - name of this server, of no other one that is at work */
  constructor(node: string) {
    this.#node = node;
  }

  /**
   * Stores a group: the events, what they add to their minutes, and the producers' new `last_seq` are durable together.
   * When it rejects, the caller must take nothing as stored, and must use another connection.
   */
  async commit(client: pg.Client, group: readonly Append[]): Promise<CommittedGroup> {
    const named = group.map((append) => this.#named(append));
    const { releases: stored, ...committed } = await inTransaction(client, async () => {
      const { lastSeqs, claims } = await lockProducers(client, named);
      const decision = decideGroup(named, lastSeqs, claims);
      const events = await this.#store(client, decision);
      const releases = this.#releases.newIn(events);
      await addReleases(client, releases);
      if (decision.producers.size > 0) await mergeProducers(client, decision, this.#node);
      return { outcomes: decision.outcomes, events, releases };
    });
    this.#releases.learn(stored);
    return committed;
  }

  /**
   * What has no sequence numbers is counted for each server apart: otherwise all servers would wait for each other at the one row
   * of its application.
   */
  #named(append: Append): Append {
    if (append.seq !== null) return append;
    const { producer } = append;
    return { ...append, producer: { ...producer, producer: `${producer.producer}@${this.#node}` } };
  }

  /** A batch is of one day, so that everything of it goes when the day does. */
  async #store(client: pg.Client, { stored }: GroupDecision): Promise<readonly StoredEvent[]> {
    const all: StoredEvent[] = [];
    for (const [day, appends] of groupBy(stored, ({ receivedAt }) => dayOf(receivedAt))) {
      if (appends.every(({ events }) => events.length === 0)) continue;
      const events = numberEvents(appends, (await this.#ids.take(client)) * EVENTS_OF_BATCH);
      await copyBatch(client, day, events);
      all.push(...events);
    }
    return all;
  }
}
