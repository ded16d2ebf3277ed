import type pg from 'pg';

import { eventTime, type StoredEvent } from '../../../event/event.ts';
import { BinaryCopy } from '../engine/binary-copy.ts';
import { copyIn } from '../engine/copy-in.ts';
import { EVENTS_OF_BATCH } from '../engine/batches.ts';
import { copyEvent, EVENT_COLUMNS } from './event-rows.ts';
import { minutesCopy, MINUTES_COPY } from './minute-copy.ts';

const EVENTS_COPY = `COPY events (${EVENT_COLUMNS}) FROM STDIN (FORMAT binary)`;

const ADD_PENDING = `
  INSERT INTO pending (batch, arrived, events, first_time, last_time)
  VALUES ($1, DATE '1970-01-01' + $2::integer, $3, $4, $5)`;

/**
 * Stores the events of a batch, within a transaction, with what they add to their minutes; the rest is added by a roll-up.
 *
 * @param day - of arrival, of all of them, in days since 1970-01-01
 */
export async function copyBatch(
  client: pg.Client,
  day: number,
  events: readonly StoredEvent[],
): Promise<void> {
  const rows = new BinaryCopy();
  let first = Infinity;
  let last = -Infinity;
  for (const event of events) {
    copyEvent(rows, event);
    first = Math.min(first, eventTime(event));
    last = Math.max(last, eventTime(event));
  }
  await copyIn(client, EVENTS_COPY, rows.finish());
  await copyIn(client, MINUTES_COPY, minutesCopy(day, events));
  const batch = Math.floor((events[0]?.id ?? 0) / EVENTS_OF_BATCH);
  await client.query(ADD_PENDING, [batch, day, events.length, first, last]);
}
