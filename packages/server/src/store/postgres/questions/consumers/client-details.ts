import { DAY_MILLIS, HOUR_MILLIS } from '../../../../durations.ts';
import { groupBy } from '../../../../nested-maps.ts';
import { clientSampling } from '../../../figures/client-sampling.ts';
import type { ConsumersQuery } from '../../../questions/consumer-list.ts';
import { number, text, type Row } from '../../../rows/values.ts';
import { CLIENT_KEY } from '../../aggregates/client-sketch.ts';
import { DAY_CLIENTS } from '../../aggregates/tables.ts';
import { ENDPOINT_DIGITS, endpointDigitsSql } from '../../engine/conditions.ts';
import { dayBegin } from '../../engine/days.ts';
import type { ReadRows } from '../../engine/reads.ts';
import { filtered } from '../filter.ts';
import { hourCounts } from '../requests.ts';
import { rollupRange } from '../rollup-range.ts';
import type { StoredState } from '../stored-state.ts';

/** A client that is listed. */
export interface ListedClient {
  readonly key: string;
  /** Whole pseudonym. */
  readonly value: string;
  readonly requests: number;
  /** When its first request was, or at the begin of an hour, when the first period began in whose aggregates it is; milliseconds. */
  readonly first: number;
}

/** What aggregates of clients do not know of some of them. */
export interface ClientDetails {
  /** Percentiles of some are estimates. */
  readonly estimated: boolean;
  /** Columns `value`, `p95`, `endpoints` and `first_seen`. */
  readonly details: readonly Row[];
}

/** Asks about one answer's part of a list. */
interface Asking {
  readonly rows: ReadRows;
  readonly query: ConsumersQuery;
  readonly state: StoredState;
}

/** A constant when the statement is planned: so PostgreSQL searches in a table of hashes, not one after the other. */
const IS_LISTED = 'source_ip = ANY ($listed)';

/**
 * Finds out what aggregates of clients do not know of those that are listed: from all their requests, or where these are many, endpoints
 * from days, the first request from the events of a day, and percentiles from a sample of all blocks.
 *
 * @param mostFound - most requests of those that are listed together that are read in any case
 */
export async function clientDetails(
  rows: ReadRows,
  query: ConsumersQuery,
  state: StoredState,
  listed: readonly ListedClient[],
  mostFound: number,
): Promise<ClientDetails> {
  const asking = { rows, query, state };
  const ascending = listed.toSorted((a, b) => a.requests - b.requests);
  const all = (await hourCounts(rows, query, state)).reduce((sum, { requests }) => sum + requests, 0);
  const sampling = clientSampling(
    ascending.map(({ requests }) => requests),
    all,
    mostFound,
  );
  const [few, many] = [ascending.slice(0, sampling.whole), ascending.slice(sampling.whole)];
  const found = few.length === 0 ? [] : await foundDetails(asking, few);
  if (many.length === 0) return { estimated: false, details: found };
  const firstSeen = await firstSeenOf(asking, many);
  const endpoints = await endpointsOf(asking, many);
  const p95 = await sampledP95(asking, many, sampling.share);
  const estimates = many.map(({ key, value }) => ({
    value,
    first_seen: firstSeen.get(value),
    endpoints: endpoints.get(key),
    p95: p95.get(value),
  }));
  return { estimated: true, details: [...found, ...estimates] };
}

function pseudonymsOf(listed: readonly ListedClient[]): readonly Buffer[] {
  return listed.map(({ value }) => Buffer.from(value, 'hex'));
}

/** All of it, from all their requests. */
function foundDetails(
  { rows, query, state }: Asking,
  listed: readonly ListedClient[],
): Promise<readonly Row[]> {
  const range = rollupRange(query, state, []);
  return rows(
    range.conditions().value('listed', 'bytea[]', pseudonymsOf(listed)).query(`
      SELECT encode(source_ip, 'hex') AS value, min(event_time) AS first_seen, count(DISTINCT endpoint) AS endpoints,
             percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) AS p95
      FROM ${range.events(`source_ip, event_time, latency_ms, ${ENDPOINT_DIGITS} AS endpoint`)} AS e
      WHERE ${IS_LISTED} GROUP BY source_ip`),
  );
}

/** The first request of each. Where it is not known, it lies in the day of the first period. */
async function firstSeenOf(
  { rows, query, state }: Asking,
  listed: readonly ListedClient[],
): Promise<ReadonlyMap<string, number>> {
  const firstSeen = new Map(listed.map(({ value, first }) => [value, first]));
  const inPeriods = listed.filter(({ first }) => first % HOUR_MILLIS === 0);
  for (const [day, clients] of groupBy(inPeriods, ({ first }) => dayBegin(first))) {
    const since = Math.max(query.since, day);
    const until = Math.min(query.until, day + DAY_MILLIS);
    const range = rollupRange({ ...query, since, until }, state, []);
    const found = await rows(
      range.conditions().value('listed', 'bytea[]', pseudonymsOf(clients)).query(`
        SELECT encode(source_ip, 'hex') AS value, min(event_time) AS first_seen
        FROM ${range.events('source_ip, event_time')} AS e WHERE ${IS_LISTED} GROUP BY source_ip`),
    );
    for (const row of found) firstSeen.set(text(row['value']), number(row['first_seen']));
  }
  return firstSeen;
}

/** How many endpoints each has, by its key. */
async function endpointsOf(
  { rows, query, state }: Asking,
  listed: readonly ListedClient[],
): Promise<ReadonlyMap<string, number>> {
  const range = rollupRange(query, state, [DAY_MILLIS]);
  const days = range.aggregated(DAY_CLIENTS, 'method, endpoint, unnest(clients) AS client');
  const events = range.events(`${CLIENT_KEY} AS client, source_ip, ${ENDPOINT_DIGITS} AS endpoint`);
  const found = await rows(
    range
      .conditions()
      .value('listed', 'bytea[]', pseudonymsOf(listed))
      .value(
        'keys',
        'bigint[]',
        listed.map(({ key }) => key),
      ).query(`
        SELECT client::text AS key, count(*) AS endpoints
        FROM (
          SELECT client, ${endpointDigitsSql('endpoint')} AS endpoint
          FROM (SELECT DISTINCT client, method, endpoint FROM ${days} AS d WHERE client = ANY ($keys)) AS told
          UNION
          SELECT client, endpoint FROM ${events} AS e WHERE ${IS_LISTED}) AS different
        GROUP BY client`),
  );
  return new Map(found.map((row) => [text(row['key']), number(row['endpoints'])]));
}

/** Estimates from whole blocks of the table, chosen by chance, the same for the same question. */
async function sampledP95(
  { rows, query, state }: Asking,
  listed: readonly ListedClient[],
  share: number,
): Promise<ReadonlyMap<string, unknown>> {
  const conditions = filtered(query, state.daysOf(query)).and(IS_LISTED);
  const found = await rows(
    conditions.value('listed', 'bytea[]', pseudonymsOf(listed)).value('percent', 'float8', 100 * share)
      .query(`
      SELECT encode(source_ip, 'hex') AS value, percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) AS p95
      FROM events TABLESAMPLE SYSTEM ($percent) REPEATABLE (1) ${conditions.where} GROUP BY source_ip`),
  );
  return new Map(found.map((row) => [text(row['value']), row['p95']]));
}
