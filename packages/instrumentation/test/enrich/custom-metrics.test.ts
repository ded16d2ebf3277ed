import type { Attributes } from '@opentelemetry/api';
import { expect } from 'chai';
import {
  MAX_METRICS,
  metricValue,
  rollUp,
  settle,
  type MetricSource,
  type SettledMetrics,
} from '../../dist/esm/enrich/custom-metrics.js';

const child = (attributes: Attributes, seconds = 1): MetricSource => ({
  attributes,
  startTime: [seconds, 0],
});
const M = 'cerberus.metric.';

describe('rollUp', () => {
  it('prefers the SERVER span, then the helper, then the child that started last', () => {
    const attributes: Attributes = { [`${M}a`]: 'server' };
    const helper = new Map([
      ['a', 'helper'],
      ['b', 'helper'],
    ]);
    const first = child({ [`${M}a`]: 'first', [`${M}b`]: 'first', [`${M}c`]: 'first', [`${M}d`]: 'first' });
    const second = child({ [`${M}c`]: 'second' });
    rollUp(attributes, helper, [first, second], undefined);
    expect(attributes).to.deep.equal({
      [`${M}a`]: 'server',
      [`${M}b`]: 'helper',
      [`${M}c`]: 'second',
      [`${M}d`]: 'first',
    });
  });

  it('takes metrics only, not the other attributes of a child', () => {
    const attributes: Attributes = {};
    rollUp(
      attributes,
      undefined,
      [child({ 'client.address': '203.0.113.77', 'cerberus.source_ip': 'x', [`${M}n`]: 0 })],
      undefined,
    );
    expect(attributes).to.deep.equal({ [`${M}n`]: 0 });
  });

  it('keeps falsy values', () => {
    const attributes: Attributes = { [`${M}a`]: false };
    rollUp(attributes, undefined, [child({ [`${M}a`]: true, [`${M}b`]: 0, [`${M}c`]: '' })], undefined);
    expect(attributes).to.deep.equal({ [`${M}a`]: false, [`${M}b`]: 0, [`${M}c`]: '' });
  });

  it('does not look into a replaced prototype, nor pollute one', () => {
    const metrics: Attributes = {};
    Object.setPrototypeOf(metrics, { [`${M}inherited`]: 1 });
    const attributes: Attributes = {};
    const helper = new Map([['__proto__', 'x']]);
    rollUp(attributes, helper, [child(metrics), child({ [`${M}constructor`]: 2 })], undefined);
    expect(Object.keys(attributes)).to.have.members([`${M}__proto__`, `${M}constructor`]);
    expect(Object.getPrototypeOf(attributes)).to.equal(Object.prototype);
  });

  it('lets settled metrics lose to children that started later, and win over earlier ones', () => {
    const settled: SettledMetrics = new Map();
    settle(settled, child({ [`${M}a`]: 'settled', [`${M}b`]: 'settled', [`${M}c`]: 'settled' }, 5));
    const attributes: Attributes = { [`${M}c`]: 'server' };
    rollUp(
      attributes,
      undefined,
      [child({ [`${M}a`]: 'early' }, 4), child({ [`${M}b`]: 'late' }, 6)],
      settled,
    );
    expect(attributes).to.deep.equal({ [`${M}a`]: 'settled', [`${M}b`]: 'late', [`${M}c`]: 'server' });
  });
});

describe('settle', () => {
  it('keeps the value of the child that started last, in whatever order they come', () => {
    const settled: SettledMetrics = new Map();
    settle(settled, child({ [`${M}a`]: 2 }, 2));
    settle(settled, child({ [`${M}a`]: 1 }, 1));
    settle(settled, child({ [`${M}a`]: 3 }, 3));
    expect(settled.get(`${M}a`)?.value).to.equal(3);
  });

  it('tells children apart that started within one second, and by the second first', () => {
    const settled: SettledMetrics = new Map();
    const started = (value: string, startTime: [number, number]): MetricSource => ({
      attributes: { [`${M}a`]: value },
      startTime,
    });
    settle(settled, started('second 2', [2, 500]));
    settle(settled, started('a little earlier', [2, 499]));
    expect(settled.get(`${M}a`)?.value).to.equal('second 2');
    settle(settled, started('a second earlier', [1, 900]));
    expect(settled.get(`${M}a`)?.value).to.equal('second 2');
    settle(settled, started('a little later', [2, 501]));
    expect(settled.get(`${M}a`)?.value).to.equal('a little later');
    settle(settled, started('second 3', [3, 0]));
    expect(settled.get(`${M}a`)?.value).to.equal('second 3');
  });

  it('is bounded by name', () => {
    const settled: SettledMetrics = new Map();
    const many = Array.from({ length: MAX_METRICS + 10 }, (_, index) => [`${M}${index}`, index] as const);
    settle(settled, child(Object.fromEntries(many)));
    expect(settled.size).to.equal(MAX_METRICS);
  });
});

describe('metricValue', () => {
  it('accepts text, booleans, finite numbers and lists of one of them', () => {
    for (const value of ['', 'x', true, false, 0, -1.5, [], ['a', 'b'], [1, 2], [true]]) {
      expect(metricValue(value), JSON.stringify(value)).to.deep.equal(value);
    }
  });

  it('refuses everything that has no place in an event', () => {
    const wrong: unknown[] = [
      null,
      undefined,
      {},
      Number.NaN,
      Infinity,
      1n,
      Symbol('s'),
      () => 1,
      new Date(),
      [1, 'a'],
      [null],
      [[1]],
      [Number.NaN],
      // oxlint-disable-next-line no-sparse-arrays -- holes are what it is about
      [1, , 3],
    ];
    for (const value of wrong) expect(metricValue(value), typeof value).to.equal(undefined);
  });

  it('takes a copy of a list, by index, and not of all of a long one', () => {
    const list = [1, 2];
    const taken = metricValue(list);
    list[0] = 3;
    expect(taken).to.deep.equal([1, 2]);
    const pretender = Object.assign([1, 2], { [Symbol.iterator]: () => ['x'].values() });
    expect(metricValue(pretender)).to.deep.equal([1, 2]);
    expect(metricValue(Array(5_000).fill('x'))).to.deep.equal(Array(1024).fill('x'));
  });

  it('does not look for the end of a list, which may be far away', () => {
    const endless = [1];
    endless.length = 4_000_000_000;
    expect(metricValue(endless)).to.equal(undefined);
  });
});
