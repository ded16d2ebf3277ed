import { isToldByKeys, ofPutAside, type EventFilter } from '../../filter/event-filter.ts';
import type { TimeRange } from '../../questions/analytics-filter.ts';
import { Conditions } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';
import { filtered } from './filter.ts';
import type { StoredState } from './stored-state.ts';

const ALL_EVENTS = 'events';
const PUT_ASIDE = 'put_aside';

/** Most events that are put aside: 100 bytes each, while the question is answered. Of more, each part of the answer reads all there are. */
const MOST_EVENTS = 2_500_000;

/**
 * What it costs that a process hands rows to another one. By default ten times that, for which one process reads all events alone; two took
 * 4.3 to 6.3 s on two busy cores where it took 6.9 to 7.7.
 */
const READ_TOGETHER = 'SET LOCAL parallel_tuple_cost = 0.01';
const READ_AS_BEFORE = 'SET LOCAL parallel_tuple_cost TO DEFAULT';

/** A sample of 300 rows. Where nothing is known of a new table, PostgreSQL sorts what it could count, and joins by comparing each with each. */
const SAMPLE = 'SET LOCAL default_statistics_target = 1';

/** Columns that an answer reads, by what it is about; the time and the day of arrival belong to each. */
const COLUMNS = {
  overview: 'method, status_code, latency_ms, outcome, source_ip',
  endpoints: 'client_id, endpoint, route, path_group, method, status_code, latency_ms, outcome',
  clients: 'source_ip, status_code, outcome',
  metrics: 'endpoint, route, path_group, method, status_code, outcome, custom_data',
} as const;

/** What an answer is about. */
export type Subject = keyof typeof COLUMNS;

/** The table in which what a filter means is found. */
export function tableOf({ isPutAside }: EventFilter): string {
  return isPutAside === true ? PUT_ASIDE : ALL_EVENTS;
}

/**
 * Reads the events once that only events can tell, and puts what it finds into a temporary table, for answers have several parts. Where
 * it finds very much, or the database lets nobody have a temporary table, everything stays as it was.
 *
 * @param range - all that is read with its filter
 * @param mostEvents - more are not put aside; by default two and a half million
 * @returns the question to ask
 */
export async function putAside<Q extends EventFilter & TimeRange>(
  rows: ReadRows,
  query: Q,
  state: StoredState,
  { subject, range }: { readonly subject: Subject; readonly range: TimeRange },
  mostEvents: number = MOST_EVENTS,
): Promise<Q> {
  if (isMostlyTold(query, state) || !(await mayBePutAside(rows))) return query;
  const { since, until } = range;
  const conditions = filtered({ ...query, since, until }, state.daysOf(range)).number('most', mostEvents);
  await rows(new Conditions().query(READ_TOGETHER));
  await rows(
    conditions.query(
      `CREATE TEMPORARY TABLE ${PUT_ASIDE} ON COMMIT DROP AS
       SELECT arrived, event_time, ${COLUMNS[subject]} FROM ${ALL_EVENTS} ${conditions.where} LIMIT $most + 1`,
    ),
  );
  await rows(new Conditions().query(READ_AS_BEFORE));
  await rows(new Conditions().query(SAMPLE));
  await rows(new Conditions().query(`ANALYZE ${PUT_ASIDE}`));
  const [row] = await rows(
    conditions.query(`SELECT EXISTS (SELECT FROM ${PUT_ASIDE} OFFSET $most) AS are_more`),
  );
  return row?.['are_more'] === true ? query : ofPutAside(query);
}

/** By aggregates: of half of the range at least. */
function isMostlyTold(query: EventFilter & TimeRange, { toldFrom }: StoredState): boolean {
  return isToldByKeys(query) && toldFrom <= (query.since + query.until) / 2;
}

async function mayBePutAside(rows: ReadRows): Promise<boolean> {
  const [row] = await rows(
    new Conditions().query(`SELECT has_database_privilege(current_database(), 'TEMPORARY') AS may`),
  );
  return row?.['may'] === true;
}
