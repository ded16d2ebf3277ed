// Every answer that a test gets from a server is held against the description of the server's API: nothing may be in one that is not in the other.
import { readFileSync } from 'node:fs';

import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

type Json = Readonly<Record<string, unknown>>;

/** What a description says of one answer. */
interface Described {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema?: Json }>>;
}

/** An OpenAPI description, as far as it is read here. */
export interface ApiDescription extends Json {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Described>> }>>>
  >;
  readonly components: {
    readonly responses: Readonly<Record<string, Described>>;
    readonly schemas: Readonly<Record<string, Json>>;
  };
}

/** The description as it is built. */
export function apiDescription(): ApiDescription {
  return JSON.parse(
    readFileSync(new URL('../../../dist/openapi.json', import.meta.url), 'utf8'),
  ) as ApiDescription;
}

const FAILURE: Json = { $ref: '#/components/schemas/Failure' };

/** Holds answers against a description. */
export class DescribedAnswers {
  readonly #description: ApiDescription;
  readonly #ajv = new Ajv2020({ strict: true, allowUnionTypes: true });

  constructor(description: ApiDescription) {
    this.#description = description;
    formats.default(this.#ajv);
    // The rest of a description is no schema.
    for (const name of Object.keys(description)) this.#ajv.addKeyword(name);
    this.#ajv.addSchema(closed(description) as Json, 'api');
  }

  /** @returns what is wrong with an answer; `undefined` for nothing. */
  problem(method: string, path: string, answer: Response, text: string | undefined): string | undefined {
    const operations = this.#description.paths[path];
    const operation = operations?.[method.toLowerCase()];
    const type = answer.headers.get('content-type')?.split(';')[0];
    // What is nowhere, or has no such method, fails as everything does; the page has no description.
    if (operations === undefined && type !== 'application/json') return undefined;
    if (operation === undefined)
      return answer.ok ? 'is not described' : this.#mismatch(FAILURE, text === undefined ? '' : text);
    const described = this.#resolved(operation.responses[answer.status]);
    if (described === undefined) return `has the status ${answer.status}, which is not described`;
    if (type === undefined) return undefined;
    const content = described.content?.[type];
    if (content === undefined) return `has the type ${type}, which is not described`;
    return content.schema === undefined || text === undefined
      ? undefined
      : this.#mismatch(content.schema, text);
  }

  #resolved(described: Described | undefined): Described | undefined {
    const name = described?.$ref?.split('/').at(-1);
    return name === undefined ? described : this.#description.components.responses[name];
  }

  #mismatch({ $ref }: Json, text: string): string | undefined {
    const validate = this.#ajv.getSchema(`api${String($ref)}`);
    if (validate === undefined) return `is described by ${String($ref)}, which is nowhere`;
    if (validate(JSON.parse(text))) return undefined;
    return `is not as described: ${this.#ajv.errorsText(validate.errors)} in ${text.slice(0, 500)}`;
  }
}

/** As a description, but its answers have no member that it does not name. */
export function closed(description: unknown): unknown {
  if (Array.isArray(description)) return description.map(closed);
  if (typeof description !== 'object' || description === null) return description;
  const members = Object.entries(description)
    // What is sent may have more; and it is no answer.
    .filter(([name]) => !['SentEvent', 'IngestBody', 'TracesBody'].includes(name))
    .map(([name, value]) => [name, closed(value)]);
  const copy = Object.fromEntries(members) as Record<string, unknown>;
  const isOpen = copy['type'] === 'object' && 'properties' in copy && !('additionalProperties' in copy);
  return isOpen ? { ...copy, additionalProperties: false } : copy;
}

/** Of each server, which answers were held against the description: method, path and status. */
const origins = new Map<string, Set<string>>();
let answers: DescribedAnswers | undefined;

/** From here on every answer of a server must be as described: `fetch` fails with what is not. */
export function expectDescribed(url: string): void {
  origins.set(new URL(url).origin, new Set());
  if (answers !== undefined) return;
  answers = new DescribedAnswers(apiDescription());
  const original = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const answer = await original(input, init);
    if (typeof input !== 'string') return answer;
    const { origin, pathname } = new URL(input);
    const seen = origins.get(origin);
    if (seen === undefined) return answer;
    const method = init?.method ?? 'GET';
    // By its definition the answer that GET has, without its body.
    if (method === 'HEAD') return answer;
    const isJson = answer.headers.get('content-type')?.startsWith('application/json') === true;
    const text = isJson ? await answer.clone().text() : undefined;
    const problem = answers?.problem(method, pathname, answer, text);
    if (problem !== undefined) throw new Error(`the answer to ${method} ${input} ${problem}`);
    seen.add(`${method} ${pathname} ${answer.status}`);
    return answer;
  };
}

/** Which answers of a server were held against the description: method, path and status. */
export function describedAnswers(url: string): ReadonlySet<string> {
  return origins.get(new URL(url).origin) ?? new Set();
}
