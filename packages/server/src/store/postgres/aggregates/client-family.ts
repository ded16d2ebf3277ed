import { names, selected, type Column, type Family, type Keys } from './families.ts';

/** Most clients of one row: its arrays are read and written as a whole, and their hashes take 40 bytes each. */
const CLIENTS_OF_ROW = 262_144;

/** Clients at the head of a row: who asks for those with the most requests need read no more of it, if the others have few. */
export const HEAD_CLIENTS = 1000;

const FIGURES: readonly Column[] = [
  { name: 'clients', type: 'bigint[]' },
  { name: 'client_requests', type: 'bigint[]' },
  { name: 'client_errors', type: 'bigint[]' },
  { name: 'last_seen', type: 'bigint[]' },
  // No client behind the head has more requests.
  { name: 'most_behind', type: 'bigint', isLater: true },
];

/** Columns of a row that are arrays, and what is in them. */
type Arrays = Readonly<Record<string, string>>;

const ARRAYS: Arrays = {
  clients: 'client',
  client_requests: 'requests',
  client_errors: 'errors',
  last_seen: 'seen',
};

/** Keys of clients with what is counted of each: arrays of the same length. */
export const CLIENTS: Family = {
  measures: FIGURES,
  mergedSql: (relation, keys) => mergedSql(relation, keys, false),
};

/** The same with their whole hashes. */
export const CLIENTS_AND_ADDRESSES: Family = {
  measures: [...FIGURES, { name: 'addresses', type: 'bytea[]' }],
  mergedSql: (relation, keys) => mergedSql(relation, keys, true),
};

/**
 * SQL for the rows of such a table. Those with more clients than fit into the head have the busiest first; others are not sorted. Clients are
 * numbered across all keys, for to number those of each they would have to be sorted; so a key may have a row more than it needs.
 *
 * @param relation - SQL; one row for each client of a combination of keys: `client`, `requests`, `errors`, `seen` and `address`
 */
export function clientRowsSql(relation: string, keyNames: string, hasAddresses: boolean): string {
  const arrays = arraysOf(hasAddresses);
  const columns = Object.keys(arrays);
  const chosen = columns.map((column) => `coalesce(ordered.${column}, counted.${column}) AS ${column}`);
  return `
    SELECT ${keyNames}, ${chosen.join(', ')}, coalesce(ordered.client_requests[${HEAD_CLIENTS + 1}], 0) AS most_behind
    FROM (${countedSql(relation, keyNames, arrays)}) AS counted,
    LATERAL (
      SELECT ${listed(arrays)}
      FROM (
        SELECT * FROM unnest(${columns.map((column) => `counted.${column}`).join(', ')}) AS u(${Object.values(arrays).join(', ')})
        WHERE cardinality(counted.clients) > ${HEAD_CLIENTS} ORDER BY requests DESC) AS sorted) AS ordered`;
}

/** The same, and none of them is sorted: the busiest may be anywhere. Here, too, a client of a combination of keys is there once, or its parts would be missed behind a head. */
export function unsortedClientRowsSql(relation: string, keyNames: string): string {
  return countedSql(relation, keyNames, arraysOf(false), ', max(requests) AS most_behind');
}

function countedSql(relation: string, keyNames: string, arrays: Arrays, also = ''): string {
  return `
    SELECT ${keyNames}, ${listed(arrays)} ${also}
    FROM (
      SELECT *, row_number() OVER () / ${CLIENTS_OF_ROW} AS part FROM ${relation} AS clients) AS parts
    GROUP BY ${keyNames}, part`;
}

function arraysOf(hasAddresses: boolean): Arrays {
  return hasAddresses ? { ...ARRAYS, addresses: 'address' } : ARRAYS;
}

function listed(arrays: Arrays): string {
  return Object.entries(arrays)
    .map(([column, element]) => `array_agg(${element}) AS ${column}`)
    .join(', ');
}

function mergedSql(relation: string, keys: Keys, hasAddresses: boolean): string {
  const keyNames = names(keys);
  const merged = `(
    SELECT ${keyNames}, client, sum(requests)::bigint AS requests, sum(errors)::bigint AS errors, max(seen) AS seen
           ${hasAddresses ? ', address' : ''}
    FROM (
      SELECT ${selected(keys)}, unnest(clients) AS client, unnest(client_requests) AS requests, unnest(client_errors) AS errors,
             unnest(last_seen) AS seen ${hasAddresses ? ', unnest(addresses) AS address' : ''}
      FROM ${relation} AS given) AS each
    GROUP BY ${keyNames}, client ${hasAddresses ? ', address' : ''})`;
  return clientRowsSql(merged, keyNames, hasAddresses);
}
