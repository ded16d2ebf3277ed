import { DAY_MILLIS, HOUR_MILLIS } from '../../../../durations.ts';
import { groupBy } from '../../../../nested-maps.ts';
import { clientSampling } from '../../../figures/client-sampling.ts';
import type { ConsumersQuery } from '../../../questions/consumer-list.ts';
import { number, text, type Row } from '../../../rows/values.ts';
import { CLIENT_KEY } from '../../aggregates/client-sketch.ts';
import { DAY_CLIENTS } from '../../aggregates/tables.ts';
import { ENDPOINT_DIGITS, ENDPOINT_NAME, endpointDigitsSql } from '../../engine/conditions.ts';
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
  const sample = await sampled(asking, many, sampling.share);
  const endpoints = await endpointsOf(asking, many, sample.endpointsOfAll);
  const estimates = many.map(({ key, value }) => ({
    value,
    first_seen: firstSeen.get(value),
    endpoints: sample.endpointsOfAll.length + (endpoints.get(key) ?? 0),
    p95: sample.p95.get(value),
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

/** How many endpoints each has beside some, by its key. */
async function endpointsOf(
  { rows, query, state }: Asking,
  listed: readonly ListedClient[],
  beside: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const range = rollupRange(query, state, [DAY_MILLIS]);
  const days = range.aggregated(DAY_CLIENTS, 'method, endpoint, unnest(clients) AS client');
  const events = range.events(`${CLIENT_KEY} AS client, source_ip, ${ENDPOINT_DIGITS} AS endpoint`);
  const digits = endpointDigitsSql('endpoint');
  const found = await rows(
    range
      .conditions()
      .value('listed', 'bytea[]', pseudonymsOf(listed))
      .value('beside', 'text[]', beside)
      .value(
        'keys',
        'bigint[]',
        listed.map(({ key }) => key),
      ).query(`
        SELECT client::text AS key, count(*) AS endpoints
        FROM (
          SELECT client, ${digits} AS endpoint
          FROM (
            SELECT DISTINCT client, method, endpoint FROM ${days} AS d
            WHERE client = ANY ($keys) AND NOT ${digits} = ANY ($beside)) AS told
          UNION
          SELECT client, endpoint FROM ${events} AS e WHERE ${IS_LISTED} AND NOT endpoint = ANY ($beside)) AS different
        GROUP BY client`),
  );
  return new Map(found.map((row) => [text(row['key']), number(row['endpoints'])]));
}

/** What a part of their requests tells. */
interface Sample {
  /** Estimates, by the pseudonym. */
  readonly p95: ReadonlyMap<string, unknown>;
  /** Endpoints that each of the clients is known to have: that of these many need not be looked for is most of the time for busy ones. */
  readonly endpointsOfAll: readonly string[];
}

/** From whole blocks of the table, chosen by chance, the same for the same question. */
async function sampled(
  { rows, query, state }: Asking,
  listed: readonly ListedClient[],
  share: number,
): Promise<Sample> {
  const conditions = filtered(query, state.daysOf(query)).and(IS_LISTED);
  const found = await rows(
    conditions.value('listed', 'bytea[]', pseudonymsOf(listed)).value('percent', 'float8', 100 * share)
      .query(`
      WITH part AS MATERIALIZED (
        SELECT source_ip, latency_ms, method, ${ENDPOINT_NAME} AS endpoint
        FROM events TABLESAMPLE SYSTEM ($percent) REPEATABLE (1) ${conditions.where})
      SELECT 'p95' AS kind, encode(source_ip, 'hex') AS told, percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) AS p95
      FROM part GROUP BY source_ip
      UNION ALL
      SELECT 'endpoint', ${endpointDigitsSql('endpoint')}, NULL
      FROM (SELECT DISTINCT source_ip, method, endpoint FROM part) AS different
      GROUP BY method, endpoint HAVING count(*) = cardinality($listed)`),
  );
  const of = (kind: string): readonly Row[] => found.filter((row) => row['kind'] === kind);
  return {
    p95: new Map(of('p95').map((row) => [text(row['told']), row['p95']])),
    endpointsOfAll: of('endpoint').map((row) => text(row['told'])),
  };
}
