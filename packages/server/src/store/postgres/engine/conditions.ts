import { NO_ROUTE, OTHER_PATHS } from '../../../event/path-group.ts';

/** A statement whose text is made of constants only; everything a user gave is in `values`, in the order of `$1`, `$2` ... */
export interface BoundQuery {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** The types of parameters that are used. They are written into the statement: PostgreSQL guesses others. */
export type ParameterType =
  | 'bigint'
  | 'float8'
  | 'float8[]'
  | 'text'
  | 'text[]'
  | 'bigint[]'
  | 'date'
  | 'date[]'
  | 'bytea[]';

/** Whether an event counts as an error. */
export const IS_ERROR = `CASE WHEN outcome IS NULL THEN coalesce(status_code >= 500, false) ELSE outcome = 'error' END`;

/** The name under which an event's endpoint is listed. */
export const ENDPOINT_NAME = 'coalesce(route, path_group, endpoint)';

/** SQL for a number of that name, by which days that are over have an index: names are long, and latencies beside them all different. */
export const ENDPOINT_HASH = `hashtext(${ENDPOINT_NAME})`;

/** SQL for digits that stand for the endpoint of an event: of a million, two have the same with a probability of 0.2 %. */
export const ENDPOINT_DIGITS: string = endpointDigitsSql(ENDPOINT_NAME);

/** The same for a column `method` and an endpoint's name. */
export function endpointDigitsSql(name: string): string {
  return `left(md5(method || ' ' || ${name}), 12)`;
}

/** SQL for the method under which requests of a column `method` and an endpoint's name are listed. */
export function listedMethodSql(name: string): string {
  return `CASE WHEN ${name} IN ('${NO_ROUTE}', '${OTHER_PATHS}') THEN '' ELSE method END`;
}

/** Collects conditions together with the values they name. */
export class Conditions {
  readonly #texts: string[] = [];
  readonly #values = new Map<string, { readonly type: ParameterType; readonly value: unknown }>();

  time(name: string, text: string, millis: number | undefined): this {
    return millis === undefined ? this : this.number(name, millis).and(text);
  }

  text(name: string, text: string, value: string | undefined): this {
    return value === undefined ? this : this.value(name, 'text', storable(value)).and(text);
  }

  number(name: string, value: number): this {
    return this.value(name, 'bigint', value);
  }

  value(name: string, type: ParameterType, value: unknown): this {
    this.#values.set(name, { type, value });
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

  /** Puts numbers in the place of the names in a statement, and binds their values. */
  query(sql: string): BoundQuery {
    const places = new Map<string, number>();
    const values: unknown[] = [];
    const numbered = sql.replaceAll(/\$([a-z]\w*)/g, (_, name: string) => {
      const known = this.#values.get(name);
      if (known === undefined) throw new TypeError(`nothing is bound to $${name}`);
      let place = places.get(name);
      if (place === undefined) {
        place = values.push(known.value);
        places.set(name, place);
      }
      return `$${place}::${known.type}`;
    });
    return { sql: numbered, values };
  }
}

/** PostgreSQL has no text with a NUL: nothing that is stored can be equal to one, nor can it be asked for. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\u{FFFD}');
}
