// The description of the HTTP API: that it is one, that it is of these routes, and that what it says of parameters and bodies is what they are read by.
import { readFileSync } from 'node:fs';

import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import fc from 'fast-check';
import * as v from 'valibot';

import { parseTokenRequest } from '../../../dist/access/token-record.js';
import { parseWish } from '../../../dist/access/sharing/share-record.js';
import { QUERIES } from '../../../dist/api/query/descriptions.js';
import { ROUTE_NEEDS } from '../../../dist/api/route-needs.js';
import { apiDescription } from '../../support/servers/described-answers.js';
import { server, TOKEN } from '../../support/servers/server-fixture.js';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: { readonly type: string };
}

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> };
}

const DESCRIPTION = apiDescription() as unknown as {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly parameters: Record<string, Parameter> };
};
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });

function operationOf(name: string): Operation {
  const [method = '', path = ''] = name.split(' ');
  const operation = DESCRIPTION.paths[path]?.[method.toLowerCase()];
  if (operation === undefined) throw new Error(`${name} is not described`);
  return operation;
}

function parametersOf(name: string): readonly Parameter[] {
  return operationOf(name)
    .parameters.map((each) =>
      '$ref' in each ? DESCRIPTION.components.parameters[each.$ref.split('/').at(-1) ?? ''] : each,
    )
    .filter((each) => each !== undefined)
    .filter((each) => each.in === 'query');
}

/** A text of a query as the value that a schema is about; `undefined` where it is none. */
function valueOf(text: string, { type }: Parameter['schema']): unknown {
  if (type === 'string') return text;
  const form = type === 'integer' ? /^\d{1,15}$/ : /^(?=.{1,40}$)-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
  return form.test(text) ? Number(text) : undefined;
}

describe('the description of the API', () => {
  it('is a document of OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(apiDescription());
    expect(valid, JSON.stringify(errors)).to.equal(true);
    expect(validator.version).to.equal('3.1');
  });

  it('has every route, each under a name of its own, and no other', () => {
    const described = Object.entries(DESCRIPTION.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.toSorted()).to.deep.equal(Object.keys(ROUTE_NEEDS).toSorted());
    const ids = described.map((name) => operationOf(name).operationId);
    expect(new Set(ids).size).to.equal(ids.length);
  });

  for (const [copy, built] of [
    ['docs/openapi.json', 'openapi.json'],
    ['event.schema.json', 'schemas/event.json'],
  ] as const) {
    it(`is the one in the repository: ${copy} (renewed by npm run describe)`, () => {
      const text = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
      expect(text(`../../../../../${copy}`)).to.equal(text(`../../../dist/${built}`));
    });
  }

  it('is given to everybody, with the schema of events, and to nobody with a parameter', async () => {
    const running = await server();
    for (const [path, file] of [
      ['/openapi.json', 'openapi.json'],
      ['/schemas/event.json', 'schemas/event.json'],
    ] as const) {
      const answer = await fetch(`${running.url}${path}`);
      expect([answer.status, answer.headers.get('content-type')]).to.deep.equal([
        200,
        'application/json; charset=utf-8',
      ]);
      const text = readFileSync(new URL(`../../../dist/${file}`, import.meta.url), 'utf8');
      expect(await answer.text())
        .to.equal(text)
        .and.not.to.include(TOKEN);
      const refused = await fetch(`${running.url}${path}?version=2`);
      expect(await refused.json()).to.deep.equal({ error: 'there are no parameters here, and no "version"' });
    }
  });
});

const hexText = fc
  .array(fc.constantFrom('0', '1', '9', 'a', 'f', 'A', 'F', 'g', 'x'), { maxLength: 66 })
  .map((all) => all.join(''));
const texts = fc.oneof(
  fc.string(),
  hexText,
  fc.integer().map(String),
  fc.nat({ max: 1001 }).map(String),
  fc.double({ noNaN: true }).map(String),
  fc.constantFrom(
    'none',
    '4xx',
    '0xx',
    '404',
    '30s',
    '1d',
    '0d',
    '367d',
    'true',
    'newest',
    'completed',
    'bot',
    '',
  ),
  fc.constantFrom('requests', 'p95', 'endpoint', 'csv', 'a'.repeat(256), 'a'.repeat(257), 'a'.repeat(2048)),
  fc.constantFrom(
    'a'.repeat(2049),
    '1'.repeat(15),
    '1'.repeat(16),
    '-1',
    '1e3',
    '1e999',
    '0'.repeat(41),
    '0.5',
    '.5',
    '2025-03-01',
  ),
);
/** What else these must be is not in a schema: a day, an order's cursor, at most 366 days, a zone that there is. */
const MORE_THAN_A_SCHEMA = new Set(['since', 'until', 'cursor', 'bucket', 'time_zone']);

describe('a parameter', () => {
  const all = Object.entries(QUERIES).flatMap(([name, query]) =>
    query === 'any' ? [] : Object.entries(query).map(([parameter, schema]) => ({ name, parameter, schema })),
  );

  it('is described where it is read, with whether it must be given, and nowhere else', () => {
    for (const [name, query] of Object.entries(QUERIES)) {
      const described = parametersOf(name).map((each) => [each.name, each.required === true]);
      const read =
        query === 'any' ? [] : Object.entries(query).map(([each, { type }]) => [each, type !== 'optional']);
      expect(described, name).to.deep.equal(read);
    }
  });

  it('is as it is described: what its schema takes is taken, and what it refuses is refused', () => {
    const checked = new Set<string>();
    for (const { name, parameter, schema } of all) {
      const described = parametersOf(name).find((each) => each.name === parameter);
      if (described === undefined) throw new Error(`${parameter} is not described`);
      const key = JSON.stringify([parameter, described.schema]);
      if (checked.has(key)) continue;
      checked.add(key);
      const isDescribed = ajv.compile(described.schema);
      fc.assert(
        fc.property(texts, (text) => {
          const isRead = v.safeParse(schema as v.GenericSchema, text).success;
          const isAllowed = isDescribed(valueOf(text, described.schema));
          if (isRead) expect(isAllowed, `${parameter}=${text} is read`).to.equal(true);
          else if (!MORE_THAN_A_SCHEMA.has(parameter))
            expect(isAllowed, `${parameter}=${text} is refused`).to.equal(false);
        }),
        { numRuns: 200 },
      );
    }
    expect(checked.size).to.be.above(30);
  });
});

describe('a body', () => {
  const words = [
    'overview',
    'endpoint',
    'metrics',
    '24h',
    '1y',
    '7d',
    '0d',
    'requests',
    'ingest',
    'read',
    'all',
    '/a',
  ];
  const value = fc.oneof(fc.constantFrom<unknown>(...words, null, true, 1, ''), fc.string(), fc.constant({}));
  const readers = {
    'POST /api/tokens': { read: parseTokenRequest, example: { name: 'x', purpose: 'ingest' } },
    'POST /api/shares': { read: parseWish, example: { view: 'metrics' } },
  } as const;

  for (const [name, { read, example }] of Object.entries(readers)) {
    it(`is as it is described: what the schema refuses is refused by ${name}`, () => {
      const schema = operationOf(name).requestBody?.content['application/json']?.schema as {
        readonly properties: object;
      };
      const isDescribed = ajv.compile(schema);
      let taken = 0;
      fc.assert(
        fc.property(
          fc.dictionary(fc.constantFrom(...Object.keys(schema.properties)), value, { maxKeys: 3 }),
          (members) => {
            const body = { ...example, ...members };
            if (typeof read(body) === 'string') return;
            taken += 1;
            expect(isDescribed(body), JSON.stringify(body)).to.equal(true);
          },
        ),
        { numRuns: 3000 },
      );
      expect(taken, 'bodies that were taken').to.be.above(20);
    });

    it(`has no member that ${name} does not know`, async () => {
      const running = await server();
      const answer = await fetch(`${running.url}${name.split(' ')[1]}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'x', purpose: 'read', view: 'overview', detials: true }),
      });
      const { error } = (await answer.json()) as { error: string };
      expect([answer.status, error]).to.satisfy(
        ([status, text]: [number, string]) =>
          status === 400 && /^there is no member "\w+" here, but these: /.test(text),
      );
    });
  }
});
