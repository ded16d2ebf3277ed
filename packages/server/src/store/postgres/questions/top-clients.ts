import { HEAD_CLIENTS } from '../aggregates/client-family.ts';
import type { Conditions } from '../engine/conditions.ts';
import type { ReadRows } from '../engine/reads.ts';
import { number, type Row } from '../../rows/values.ts';

/**
 * Clients that may be among the first, places behind the heads where each of them is searched for, and clients in the rows of these places
 * together: more take longer than to add up all. Rows of a release or an environment that few ask are many and small.
 */
const MOST_CANDIDATES = 2000;
const MOST_PLACES = 5000;
const MOST_SEARCHED = 8_000_000;

/** More requests than anybody has. */
const UNKNOWN = '1e15::float8';

/** The busiest first, then in the order of the hashes that the keys begin. */
const ORDER = 'requests DESC, client < 0, client';

const LISTED = `client, sum(requests::float8)::bigint AS requests, sum(errors::float8)::bigint AS errors, max(seen) AS last_seen`;

/** What clients did in a range, as SQL in parentheses. */
export interface ClientParts {
  /** Rows of aggregates, with the columns of the family of clients. */
  readonly rows: string;
  /** One row for each event that no such row counts: `client`, `requests`, `errors` and `seen`. */
  readonly events: string;
  /** With `$limit`, and what the two name. */
  readonly conditions: Conditions;
}

/**
 * The clients with the most requests: rows with `key`, `requests`, `errors` and `last_seen`. Nearly always the heads of the rows tell
 * (the threshold algorithm of Fagin, Lotem and Naor, 2001): who is behind all of them can have no more requests than the least known
 * client behind each has together, and of those who may be among the first it is looked up what they have behind the heads where they
 * are not. Where that does not tell, because clients hardly differ, everything is added up.
 */
export async function topClients(rows: ReadRows, parts: ClientParts): Promise<readonly Row[]> {
  const found = await rows(parts.conditions.query(headsSql(parts)));
  return number(found[0]?.['is_certain']) === 1
    ? found.filter((row) => row['key'] !== null)
    : rows(parts.conditions.query(allSql(parts, '')));
}

/**
 * Adds up what all clients have.
 *
 * @param condition - which are meant: SQL with WHERE, or nothing
 */
export function allSql({ rows, events }: ClientParts, condition: string): string {
  const all = `
    SELECT unnest(clients) AS client, unnest(client_requests) AS requests, unnest(client_errors) AS errors, unnest(last_seen) AS seen
    FROM ${rows} AS r UNION ALL SELECT client, requests, errors, seen FROM ${events} AS e`;
  return `
    SELECT client::text AS key, requests, errors, last_seen
    FROM (SELECT ${LISTED} FROM (${all}) AS p ${condition} GROUP BY client) AS sums ORDER BY ${ORDER} LIMIT $limit`;
}

function head(array: string): string {
  return `unnest(${array}[1:${HEAD_CLIENTS}])`;
}

function headsSql({ rows, events }: ClientParts): string {
  return `
    WITH parts AS MATERIALIZED (
      SELECT row_number() OVER () AS part, * FROM ${rows} AS r),
    heads AS MATERIALIZED (
      SELECT part, ${head('clients')} AS client, ${head('client_requests')} AS requests, ${head('client_errors')} AS errors,
             ${head('last_seen')} AS seen
      FROM parts
      UNION ALL SELECT NULL, client, requests, errors, seen FROM ${events} AS e),
    tails AS MATERIALIZED (
      SELECT part, coalesce(most_behind, ${UNKNOWN}) AS most_behind, cardinality(clients) AS size FROM parts WHERE cardinality(clients) > ${HEAD_CLIENTS}),
    behind AS (
      SELECT coalesce(sum(most_behind), 0) AS most FROM tails),
    sums AS MATERIALIZED (
      SELECT client, sum(requests::float8) AS requests, coalesce(sum(most_behind), 0) AS not_behind
      FROM heads LEFT JOIN tails USING (part) GROUP BY client),
    least AS (
      SELECT coalesce((SELECT requests FROM sums ORDER BY requests DESC OFFSET $limit - 1 LIMIT 1), 0) AS requests),
    candidates AS MATERIALIZED (
      SELECT client FROM sums, behind, least
      WHERE sums.requests + most - not_behind >= least.requests AND (most < least.requests OR most = 0)
      LIMIT ${MOST_CANDIDATES + 1}),
    places AS MATERIALIZED (
      SELECT client, part, size FROM candidates, tails
      WHERE NOT EXISTS (SELECT FROM heads WHERE heads.part = tails.part AND heads.client = candidates.client)
      LIMIT ${MOST_PLACES + 1}),
    found AS (
      SELECT client, client_requests[place] AS requests, client_errors[place] AS errors, last_seen[place] AS seen
      FROM places JOIN parts USING (part), LATERAL (SELECT array_position(clients, client) AS place) AS p WHERE place IS NOT NULL),
    certain AS (
      SELECT ((SELECT most < least.requests OR most = 0 FROM behind, least)
              AND (SELECT count(*) FROM candidates) <= ${MOST_CANDIDATES} AND (SELECT count(*) <= ${MOST_PLACES} AND coalesce(sum(size), 0) <= ${MOST_SEARCHED} FROM places))::int AS is_certain),
    listed AS (
      SELECT ${LISTED}
      FROM (
        SELECT client, requests, errors, seen FROM heads WHERE client IN (SELECT client FROM candidates)
        UNION ALL SELECT * FROM found) AS p
      WHERE (SELECT is_certain FROM certain) = 1 GROUP BY client ORDER BY ${ORDER} LIMIT $limit)
    SELECT is_certain, client::text AS key, requests, errors, last_seen FROM certain LEFT JOIN listed ON true ORDER BY ${ORDER}`;
}
