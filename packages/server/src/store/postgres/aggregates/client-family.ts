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
 * SQL for the rows of such a table, with clients in any order. They are numbered across all keys, for to number those of each they
 * would have to be sorted; so a key may have a row more than it needs.
 *
 * @param relation - SQL; one row for each client of a combination of keys: `client`, `requests`, `errors`, `seen` and `address`
 */
export function clientRowsSql(relation: string, keyNames: string, hasAddresses: boolean): string {
  return rowsSql(relation, keyNames, hasAddresses, '', 'max(requests)');
}

/** The same with the clients that have the most requests first. */
function orderedRowsSql(relation: string, keyNames: string, hasAddresses: boolean): string {
  const ordered = rowsSql(relation, keyNames, hasAddresses, 'ORDER BY requests DESC', 'NULL');
  const columns = `${keyNames}, clients, client_requests, client_errors, last_seen ${hasAddresses ? ', addresses' : ''}`;
  return `
    SELECT ${columns}, coalesce(client_requests[${HEAD_CLIENTS + 1}], 0) AS most_behind FROM (${ordered}) AS ordered`;
}

function rowsSql(
  relation: string,
  keyNames: string,
  hasAddresses: boolean,
  order: string,
  most: string,
): string {
  const listed = (column: string, name: string): string => `array_agg(${column} ${order}) AS ${name}`;
  return `
    SELECT ${keyNames}, ${listed('client', 'clients')}, ${listed('requests', 'client_requests')},
           ${listed('errors', 'client_errors')}, ${listed('seen', 'last_seen')}
           ${hasAddresses ? `, ${listed('address', 'addresses')}` : ''}, ${most} AS most_behind
    FROM (
      SELECT *, row_number() OVER () / ${CLIENTS_OF_ROW} AS part FROM ${relation} AS clients) AS parts
    GROUP BY ${keyNames}, part`;
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
  return orderedRowsSql(merged, keyNames, hasAddresses);
}
