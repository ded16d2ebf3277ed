import type pg from 'pg';

import type { StoredEvent } from '../../../event/event.ts';
import { groupBy } from '../../../nested-maps.ts';
import type { ProducerRow } from '../../questions/producer.ts';
import type { Release } from '../../questions/release-list.ts';
import { dayOf } from '../engine/days.ts';
import { inTransaction } from '../engine/transaction.ts';
import { createPartitions } from '../schema/partitions.ts';
import { EVENTS_OF_BATCH } from '../engine/batches.ts';
import type { BatchIds } from './batch-ids.ts';
import { copyBatch } from './copy-batch.ts';
import { addReleases } from './releases.ts';

/** Where a producer has sent to both, the higher number counts: what was acknowledged by either is not stored again. */
const ADD_PRODUCER = `
  INSERT INTO producers AS p (producer, owner, client_id, last_seq, mode, agent, first_seen, last_seen, events, rejected,
                              service_version, deployment_environment, service_instance_id, held_by, held_at)
  VALUES ($1, nextval('claims'), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', $7)
  ON CONFLICT (producer) DO UPDATE SET
    last_seq = greatest(p.last_seq, excluded.last_seq), first_seen = least(p.first_seen, excluded.first_seen),
    last_seen = greatest(p.last_seen, excluded.last_seen), events = p.events + excluded.events,
    rejected = p.rejected + excluded.rejected`;

/** What a file has beside its events. */
export interface ImportedState {
  readonly producers: readonly ProducerRow[];
  /** Also those whose events are gone: when one was first seen, no event may tell any more. */
  readonly releases: readonly Release[];
}

/**
 * Begins to move a file, or goes on with it. The producers come first, so that exporters that go on with this database do not store
 * again what they have sent to the file.
 *
 * @param source - names the file
 * @returns the id up to which its events are copied
 */
export function beginImport(
  client: pg.Client,
  source: string,
  { producers, releases }: ImportedState,
): Promise<number> {
  return inTransaction(client, async () => {
    const { rows } = await client.query<{ readonly copied_to: number }>(
      `INSERT INTO imports (source, copied_to) VALUES ($1, 0) ON CONFLICT DO NOTHING RETURNING copied_to`,
      [source],
    );
    // As whoever stores events comes to them, and in the same order: or the two wait for each other.
    if (rows.length > 0) for (const row of inOrder(producers)) await addProducer(client, row);
    await addReleases(client, releases);
    return rows.length > 0 ? 0 : copiedTo(client, source);
  });
}

/** Copies some events, in the order of their ids. @returns how many; with each call of the same ones, once */
export async function importEvents(
  client: pg.Client,
  source: string,
  ids: BatchIds,
  events: readonly StoredEvent[],
): Promise<void> {
  const days = groupBy(events, ({ receivedAt }) => dayOf(receivedAt));
  for (const day of days.keys()) await createPartitions(client, day);
  const last = events.at(-1)?.id ?? 0;
  await inTransaction(client, async () => {
    // Whoever else imports the same file waits here, and then finds that it has been done.
    const { rowCount } = await client.query(
      'UPDATE imports SET copied_to = $2 WHERE source = $1 AND copied_to < $3',
      [source, last, events[0]?.id ?? 0],
    );
    if (rowCount === 0) return;
    for (const [day, ofDay] of days) {
      const first = (await ids.take(client)) * EVENTS_OF_BATCH;
      const numbered = ofDay.map((event, index) => ({ ...event, id: first + index }));
      await copyBatch(client, day, numbered);
    }
  });
}

async function copiedTo(client: pg.Client, source: string): Promise<number> {
  const { rows } = await client.query<{ readonly copied_to: number }>(
    'SELECT copied_to FROM imports WHERE source = $1',
    [source],
  );
  return rows[0]?.copied_to ?? 0;
}

/** As those of a server are kept that has come to its end. */
function keyOf({ producer, mode }: ProducerRow): string {
  return mode === 'batch' ? producer : `${producer}@import`;
}

/** In the order in which the database has their keys. */
function inOrder(producers: readonly ProducerRow[]): readonly ProducerRow[] {
  return producers.toSorted((a, b) => Buffer.compare(Buffer.from(keyOf(a)), Buffer.from(keyOf(b))));
}

async function addProducer(client: pg.Client, row: ProducerRow): Promise<void> {
  const { clientId, lastSeq, mode, agent, firstSeen, lastSeen, events, rejected, service } = row;
  await client.query(ADD_PRODUCER, [
    keyOf(row),
    clientId,
    lastSeq,
    mode,
    agent,
    firstSeen,
    lastSeen,
    events,
    rejected,
    service.version,
    service.environment,
    service.instanceId,
  ]);
}
