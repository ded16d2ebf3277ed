import { names, selected, type Column, type Family, type Keys } from './families.ts';

/** Most clients of one row: its arrays are read and written as a whole. */
const CLIENTS_OF_ROW = 32_768;

const FIGURES: readonly Column[] = [
  { name: 'clients', type: 'bigint[]' },
  { name: 'client_requests', type: 'bigint[]' },
  { name: 'client_errors', type: 'bigint[]' },
  { name: 'last_seen', type: 'bigint[]' },
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
 * SQL for the rows of such a table. Clients are numbered across all keys, for to number those of each they would have to be sorted; so a
 * key may have a row more than it needs.
 *
 * @param relation - SQL; one row for each client of a combination of keys: `client`, `requests`, `errors`, `seen` and `address`
 */
export function clientRowsSql(relation: string, keyNames: string, hasAddresses: boolean): string {
  return `
    SELECT ${keyNames}, array_agg(client) AS clients, array_agg(requests) AS client_requests, array_agg(errors) AS client_errors,
           array_agg(seen) AS last_seen ${hasAddresses ? ', array_agg(address) AS addresses' : ''}
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
  return clientRowsSql(merged, keyNames, hasAddresses);
}
