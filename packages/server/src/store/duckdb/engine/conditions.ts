import { BIGINT, VARCHAR, type DuckDBType, type DuckDBValue } from '@duckdb/node-api';

import { NO_ROUTE, OTHER_PATHS } from '../../../event/path-group.ts';

/** A statement whose text is made of constants only; everything a user gave is in `values`. */
export interface BoundQuery {
  readonly sql: string;
  readonly values: Record<string, DuckDBValue>;
  readonly types: Record<string, DuckDBType>;
}

/** Whether an event counts as an error. */
export const IS_ERROR = `CASE WHEN outcome IS NULL THEN coalesce(status_code >= 500, false) ELSE outcome = 'error' END`;

/** The name under which an event's endpoint is listed. */
export const ENDPOINT_NAME = 'coalesce(route, path_group, endpoint)';

/** SQL for how many different endpoints there are, by hashes, for whole names take four times as long. @param name - SQL for an endpoint's name */
export function countEndpointsSql(name: string): string {
  return `count(DISTINCT hash(method, ${name}))`;
}

/** SQL for the method under which requests of the columns `method` and `path` are listed. */
export const LISTED_METHOD: string = `CASE WHEN path IN ('${NO_ROUTE}', '${OTHER_PATHS}') THEN '' ELSE method END`;

/** Above the ids of events, which are 63 bits. */
const BEYOND_IDS = '9223372036854775808::HUGEINT';

/** SQL for the time of an event, milliseconds, and its id in one number, of which the greatest is that of the last event. */
export const EVENT_ORDER = `epoch_ms(event_time) * ${BEYOND_IDS} + id`;

/** SQL for the time in such a number. */
export function timeOfOrder(order: string): string {
  return `(${order} // ${BEYOND_IDS})::BIGINT`;
}

/**
 * SQL for an instant, of the type that the columns have: compared with any other type, the column would be cast, and
 * DuckDB could not tell from its zone maps which row groups to skip.
 *
 * @param millis - SQL for milliseconds since the epoch
 */
export function instantSql(millis: string | number): string {
  return `make_timestamp_ms(${millis})::TIMESTAMP_MS`;
}

/** Collects conditions together with the values they name. */
export class Conditions {
  readonly #texts: string[] = [];
  readonly #values: Record<string, DuckDBValue> = {};
  readonly #types: Record<string, DuckDBType> = {};

  time(name: string, text: string, millis: number | undefined): this {
    return millis === undefined ? this : this.number(name, millis).and(text);
  }

  text(name: string, text: string, value: string | undefined): this {
    if (value === undefined) return this;
    return this.value(name, VARCHAR, value).and(text);
  }

  number(name: string, value: number): this {
    return this.value(name, BIGINT, BigInt(value));
  }

  value(name: string, type: DuckDBType, value: DuckDBValue): this {
    this.#values[name] = value;
    this.#types[name] = type;
    return this;
  }

  and(text: string): this {
    this.#texts.push(text);
    return this;
  }

  /** ` AND …` for each of them, behind others. */
  get ands(): string {
    return this.#texts.map((text) => ` AND ${text}`).join('');
  }

  get where(): string {
    return this.#texts.length === 0 ? '' : `WHERE ${this.#texts.join(' AND ')}`;
  }

  /** Binds the values that the statement names: DuckDB refuses others. */
  query(sql: string): BoundQuery {
    const named = new Set([...sql.matchAll(/\$(\w+)/g)].map(([, name]) => name));
    const pick = <T>(all: Readonly<Record<string, T>>): Record<string, T> =>
      Object.fromEntries(Object.entries(all).filter(([name]) => named.has(name)));
    return { sql, values: pick(this.#values), types: pick(this.#types) };
  }
}
