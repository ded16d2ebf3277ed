import { expect } from 'chai';
import fc from 'fast-check';

import { QUERIES } from '../../dist/api/query/descriptions.js';
import { metricProblem } from '../../dist/api/query/filter.js';
import { readQuery } from '../../dist/api/query/reading.js';
import { chipsOf } from '../../page/dist/filter/chips.js';
import { DIMENSIONS } from '../../page/dist/filter/dimensions.js';
import {
  changed,
  endpointChange,
  FILTER_NAMES,
  metricChange,
  parseFilter,
  without,
  type Filter,
} from '../../page/dist/filter/filter.js';

const chipTexts = (filter: Filter): string[] =>
  chipsOf(filter).map(({ label, value }) => `${label} ${value}`.replaceAll('\u202F', ' '));

describe('the filter of the page', () => {
  it('is never one that the server refuses, whatever is in the address', () => {
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '5xx',
        '404',
        'none',
        'any',
        'true',
        '1e9',
        '1e999',
        '0'.repeat(41),
        '7',
        '-0.5',
        'ab',
        '9'.repeat(16),
        'x'.repeat(2049),
      ),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...FILTER_NAMES), value), { maxLength: 8 }), (given) => {
        const filter = parseFilter(
          new URLSearchParams(given.map(([name, text]): [string, string] => [name, text])),
        );
        const read = readQuery(
          QUERIES['GET /api/events'],
          new URLSearchParams(filter as Record<string, string>),
        );
        expect(read).to.have.property('ok', true);
        if (read.ok) expect(metricProblem(read.query)).to.equal(undefined);
      }),
    );
  });

  it('leaves what was said of a metric when another one is chosen', () => {
    const filter = { status: '5xx', metric: 'plan', metric_equals: 'pro' };
    expect(changed(filter, { metric: 'items', metric_min: '3' })).to.deep.equal({
      status: '5xx',
      metric: 'items',
      metric_min: '3',
    });
    expect(changed(filter, { metric: undefined })).to.deep.equal({ status: '5xx' });
    expect(without(filter, ['metric'])).to.deep.equal({ status: '5xx', metric_equals: 'pro' });
  });

  it('keeps the method that is chosen where an endpoint is listed under none', () => {
    const filter = { method: 'POST', endpoint: '/a' };
    expect(changed(filter, endpointChange(null, '(no route)'))).to.deep.equal({
      method: 'POST',
      endpoint: '(no route)',
    });
    expect(changed(filter, endpointChange('GET', '/b'))).to.deep.equal({ method: 'GET', endpoint: '/b' });
  });

  it('takes a value of a metric, but none that cannot be asked for', () => {
    const range = { metric_min: undefined, metric_max: undefined };
    expect(metricChange('items', 3)).to.deep.equal({ metric: 'items', metric_equals: '3', ...range });
    expect(metricChange('gift', false)).to.deep.equal({ metric: 'gift', metric_equals: 'false', ...range });
    for (const value of ['', 'x'.repeat(257), ['a']]) expect(metricChange('a', value)).to.equal(undefined);
  });

  it('is read as people say it, a range and a metric as one', () => {
    expect(
      chipTexts({
        metric_min: '2',
        metric: 'items',
        latency_ms_min: '1000',
        failed: 'true',
        source_ip: 'a'.repeat(64),
        method: 'GET',
      }),
    ).to.deep.equal(['Method GET', 'Errors only', `Client ${'a'.repeat(10)}`, 'Latency ≥ 1 s', 'items ≥ 2']);
    expect(chipTexts({ latency_ms_min: '5', latency_ms_max: '7' })).to.deep.equal(['Latency 5 ms to 7 ms']);
    expect(chipTexts({ metric: 'items' })).to.deep.equal(['items is given']);
    expect(chipTexts({ metric: 'items', metric_min: '5e-324', metric_max: '1' })).to.deep.equal([
      'items 0 to 1',
    ]);
  });

  it('asks for suggestions only of what the server knows values of', () => {
    const asked = DIMENSIONS.flatMap(({ fields }) => fields.filter(({ known }) => known === 'values'));
    for (const { name } of asked) {
      const read = readQuery(QUERIES['GET /api/values'], new URLSearchParams({ of: name }));
      expect(read.ok, name).to.equal(true);
    }
  });

  it('has a chip for each of its parts, and a place in the menu', () => {
    const inMenu = DIMENSIONS.flatMap(({ fields }) => fields.map(({ name }) => name));
    expect(inMenu).to.have.members([...FILTER_NAMES]);
    const whole: Filter = Object.fromEntries(FILTER_NAMES.map((name) => [name, '1']));
    expect(chipsOf(whole).flatMap(({ names }) => names)).to.have.members([...FILTER_NAMES]);
  });

  it('is in words what it is, also where a value is called as what every object has', () => {
    for (const name of ['constructor', '__proto__', 'toString'])
      expect(chipTexts({ error_type: name })).to.deep.equal([`Error type ${name}`]);
    expect(chipTexts({ error_type: 'none' })).to.deep.equal(['Error type not given']);
  });
});
