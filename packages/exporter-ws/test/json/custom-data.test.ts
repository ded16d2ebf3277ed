import { expect } from 'chai';
import fc from 'fast-check';
import { writeCustomData } from '../../dist/esm/json/custom-data.js';
import { written } from '../support/written.js';

function customData(attributes: Record<string, unknown>): { json: string; dropped: number; cut: number } {
  const losses = { dropped: 0, cut: 0 };
  const json = written((out) => writeCustomData(out, attributes, losses));
  return { json, ...losses };
}

const metrics = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).map(([name, value]) => [`cerberus.metric.${name}`, value]));
const read = (members: Record<string, unknown>): unknown => JSON.parse(customData(metrics(members)).json);

describe('custom data', () => {
  it('is the metrics without their prefix, and nothing else of the span', () => {
    const attributes = {
      ...metrics({ items: 3, hit: true, name: 'x', list: [1, 2] }),
      'http.route': '/',
      'cerberus.metric': 1,
    };
    expect(JSON.parse(customData(attributes).json)).to.deep.equal({
      items: 3,
      hit: true,
      name: 'x',
      list: [1, 2],
    });
    expect(customData({}).json).to.equal('{}');
  });

  it('drops and counts values that are no metric', () => {
    const result = customData(
      metrics({
        a: NaN,
        b: Infinity,
        c: -Infinity,
        d: 10n,
        e: undefined,
        f: () => 1,
        g: new Date(),
        h: Symbol('x'),
        i: { x: 1 },
        j: null,
        ok: -0,
      }),
    );
    expect(result).to.deep.equal({ json: '{"ok":0}', dropped: 10, cut: 0 });
  });

  it('drops and counts dangerous, empty and over-long keys', () => {
    const result = customData({
      'cerberus.metric.__proto__': 1,
      'cerberus.metric.constructor': 1,
      'cerberus.metric.prototype': 1,
      'cerberus.metric.': 1,
      [`cerberus.metric.${'k'.repeat(257)}`]: 1,
      [`cerberus.metric.${'é'.repeat(129)}`]: 1,
      [`cerberus.metric.${'k'.repeat(256)}`]: 1,
      'cerberus.metric.toString': 1,
    });
    expect(result.dropped).to.equal(6);
    expect(Object.keys(JSON.parse(result.json) as object)).to.deep.equal(['k'.repeat(256), 'toString']);
  });

  it('cuts long strings and arrays and counts that', () => {
    const result = customData(
      metrics({ s: 'x'.repeat(2_000), a: Array.from({ length: 100 }, (_, i) => i), ok: 's' }),
    );
    const data = JSON.parse(result.json) as { s: string; a: number[] };
    expect([data.s.length, data.a.length, result.cut, result.dropped]).to.deep.equal([1024, 64, 2, 0]);
  });

  it('leaves out elements of an array that are no value', () => {
    expect(read({ a: [1, null, NaN, 'x', { y: 1 }, true], b: [], c: [null] })).to.deep.equal({
      a: [1, 'x', true],
      b: [],
    });
  });

  it('keeps at most 64 metrics', () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`m${index}`, index]));
    const result = customData(metrics(many));
    expect(Object.keys(JSON.parse(result.json) as object)).to.have.length(64);
    expect(result.dropped).to.equal(36);
  });

  it('keeps at most 8 KiB, and what still fits after a metric that does not', () => {
    const big = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`m${index}`, 'x'.repeat(1024)]));
    const result = customData(metrics({ ...big, small: 1 }));
    expect(Buffer.byteLength(result.json)).to.be.at.most(8192);
    expect(JSON.parse(result.json)).to.include({ small: 1 });
    expect(result.dropped).to.equal(2);
  });

  it('uses its 8 KiB to the last byte, counted as UTF-8', () => {
    const exact = {
      a: 'x'.repeat(1_000),
      b: 'x'.repeat(500),
      ...Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`k${index}`, 'é'.repeat(500)])),
    };
    const used = Buffer.byteLength(JSON.stringify(exact));
    const rest = 8192 - used - ',"z":""'.length;
    expect(customData(metrics({ ...exact, z: 'y'.repeat(rest) }))).to.include({ dropped: 0 });
    expect(customData(metrics({ ...exact, z: 'y'.repeat(rest + 1) }))).to.include({ dropped: 1 });
  });

  it('reads own members only, whatever the prototype is', () => {
    const attributes: Record<string, unknown> = Object.create({ 'cerberus.metric.inherited': 1 }) as Record<
      string,
      unknown
    >;
    attributes['cerberus.metric.own'] = 1;
    expect(JSON.parse(customData(attributes).json)).to.deep.equal({ own: 1 });
  });

  it('is valid JSON within the limits for anything at all', () => {
    const anything = fc.dictionary(
      fc.string({ unit: 'binary', maxLength: 300 }).map((key) => `cerberus.metric.${key}`),
      fc.anything({
        withBigInt: true,
        withDate: true,
        withSparseArray: true,
        withTypedArray: true,
        withNullPrototype: true,
      }),
    );
    fc.assert(
      fc.property(anything, (attributes) => {
        const { json } = customData(attributes);
        const parsed: unknown = JSON.parse(json);
        return typeof parsed === 'object' && json.isWellFormed() && Buffer.byteLength(json) <= 8192;
      }),
    );
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
  });
});
