import { expect } from 'chai';
import fc from 'fast-check';

import { FILTER_NAMES, isAcceptable, isText } from '../../page/dist/filter/filter.js';
import { refreshMillis, spanAt, widerPreset } from '../../page/dist/time-range.js';
import { formatState, moved, parseState, type UrlState } from '../../page/dist/url-state.js';

/** Filters of which the server takes every part. */
function filters(text: fc.Arbitrary<string>): fc.Arbitrary<UrlState['filter']> {
  const words = fc.constantFrom('5xx', '404', 'none', 'true', 'error', 'bot', '1.5', '-2', 'a'.repeat(32));
  const part = fc.tuple(fc.constantFrom(...FILTER_NAMES), fc.oneof(words, text));
  return fc.array(part, { maxLength: 4 }).map((given) => {
    const taken = given.filter(([name, value]) => isAcceptable(name, value));
    const hasMetric = taken.some(([name]) => name === 'metric');
    return Object.fromEntries(taken.filter(([name]) => hasMetric || !name.startsWith('metric_')));
  });
}

describe('the address of the page', () => {
  it('is empty for the view that one begins with', () => {
    expect(formatState(parseState(''))).to.equal('?');
    expect(parseState('')).to.deep.include({ view: 'overview', range: { preset: '24h' }, refresh: true });
  });

  it('holds whatever is shown', () => {
    const text = fc.string({ unit: 'binary' });
    // A query is UTF-8, so half of a surrogate pair cannot be in it; nothing that is stored has one.
    const wellFormed = text.filter((each) => each.isWellFormed());
    const optional = fc.option(wellFormed.filter(isText), { nil: undefined });
    const range = fc.oneof(
      fc.constantFrom('15m', '1h', '24h', '7d', '30d').map((preset) => ({ preset })),
      fc.nat(1e12).map((since) => ({ since, until: since + 1 })),
    );
    const filter = filters(wellFormed);
    const base = { range, refresh: fc.boolean(), clientId: optional, filter };
    const rest: Readonly<Record<string, unknown>> = {
      sort: 'requests',
      metric: undefined,
      words: '',
      by: 'consumer',
      consumerSort: 'requests',
      order: 'newest',
      columns: [],
      open: undefined,
      openRelease: undefined,
      threshold: undefined,
      against: {
        clientId: undefined,
        method: undefined,
        endpoint: undefined,
        release: undefined,
        environment: undefined,
      },
    };
    const of = (members: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<UrlState> =>
      fc.record({ ...base, ...members }).map((given) => ({ ...rest, ...given }) as UrlState);
    const states = fc.oneof(
      of({ view: fc.constant('overview'), sort: fc.constantFrom('requests', 'errors', 'p95', 'share') }),
      of({ view: fc.constant('live'), words: wellFormed }),
      of({ view: fc.constant('metrics'), metric: optional }),
      of({
        view: fc.constant('consumers'),
        by: fc.constantFrom('consumer', 'group', 'client'),
        consumerSort: fc.constantFrom('requests', 'error_rate', 'last_seen'),
      }),
      of({
        view: fc.constant('latency'),
        threshold: fc.option(fc.integer({ min: 1, max: 3_600_000 }), { nil: undefined }),
      }),
      of({
        view: fc.constant('compare'),
        against: fc.record({
          clientId: optional,
          method: optional,
          endpoint: optional,
          release: optional,
          environment: optional,
        }),
      }),
      of({
        view: fc.constantFrom('errors', 'endpoint', 'latency'),
        filter: filter.map((each) => ({ ...each, endpoint: '/users/:id' })),
        openRelease: fc.option(
          fc.record({
            clientId: wellFormed.filter(isText),
            release: wellFormed.filter(isText),
          }),
          { nil: undefined },
        ),
      }),
      of({ view: fc.constant('sources') }),
      of({ view: fc.constant('tokens') }),
      of({
        view: fc.constant('endpoint'),
        filter: filter.map((each) => ({ ...each, endpoint: '/users/:id' })),
      }),
      of({
        view: fc.constant('requests'),
        order: fc.constantFrom('newest', 'slowest', 'largest'),
        columns: fc.uniqueArray(wellFormed.filter(isText)),
        open: fc.option(fc.nat(), { nil: undefined }),
      }),
    );
    fc.assert(
      fc.property(states, (state) => {
        expect(parseState(formatState(state))).to.deep.equal(state);
      }),
    );
  });

  it('has the range in both of the ways in which the API takes it', () => {
    const range = { since: Date.UTC(2025, 2, 1, 12), until: Date.UTC(2025, 2, 2) };
    for (const search of [
      '?since=2025-03-01T12:00:00Z&until=2025-03-02T00:00:00.000Z',
      `?since=${range.since}&until=${range.until}`,
    ])
      expect(parseState(search).range, search).to.deep.equal(range);
  });

  it('makes sense of what makes none: a link that somebody cut still shows something', () => {
    for (const search of [
      '?view=x',
      '?range=1y',
      '?since=now',
      '?view=endpoint',
      '?sort=name',
      '?%',
      '?since=2&until=1',
      '?since=1960-01-01T00:00:00Z&until=2025-01-01T00:00:00Z',
      '?since=1&until=253402300800000',
      '?status=5000',
      '?latency_ms_min=fast',
      '?metric_equals=5',
      '?outcome=odd',
      '?id=x',
      '?client_id=',
      '?view=overview&client_id=a%00b',
      `?client_id=${'x'.repeat(2049)}`,
      '?open_release=1.4.2',
    ])
      expect(parseState(search), search).to.deep.equal(parseState(''));
  });

  it('has each column once, and no more of them than the page offers', () => {
    const many = Array.from({ length: 500 }, (_, index) => `column=m${index % 200}`);
    const { columns } = parseState(`?view=requests&column=&${many.join('&')}`);
    expect(columns).to.deep.equal(Array.from({ length: 50 }, (_, index) => `m${index}`));
  });
});

describe('another view', () => {
  it('keeps the filter, and leaves the request that was open', () => {
    const state = parseState('?view=requests&id=7&status=5xx&range=1h');
    expect(formatState(moved(state, { view: 'live' }))).to.equal('?view=live&range=1h&status=5xx');
    expect(moved(state, { order: 'slowest' }).open).to.equal(7);
  });

  it('leaves the release that was open, and so does another application', () => {
    const state = parseState('?view=latency&open_release=1.4.2&open_release_of=shop');
    expect(state.openRelease).to.deep.equal({ clientId: 'shop', release: '1.4.2' });
    for (const change of [{ threshold: 50 }, { clientId: 'shop' }, { clientId: undefined }])
      expect(moved(state, change).openRelease).to.deep.equal(state.openRelease);
    expect(formatState(moved(state, { view: 'errors' }))).to.equal('?view=errors');
    expect(moved(state, { clientId: 'office' }).openRelease).to.equal(undefined);
  });
});

describe('a range of time', () => {
  it('ends now, or where it was told to end', () => {
    expect(spanAt({ preset: '1h' }, 1e12)).to.deep.equal({ since: 1e12 - 3_600_000, until: 1e12 });
    expect(spanAt({ since: 1, until: 2 }, 1e12)).to.deep.equal({ since: 1, until: 2 });
  });

  it('is asked for again only if it ends now, and less often when it is long', () => {
    expect(refreshMillis({ since: 1, until: 2 })).to.equal(undefined);
    expect(refreshMillis({ preset: '15m' })).to.be.lessThan(refreshMillis({ preset: '30d' }) ?? 0);
  });

  it('has a wider one, but for the widest', () => {
    expect(widerPreset({ preset: '15m' })).to.equal('1h');
    expect(widerPreset({ since: 0, until: 8 * 86_400_000 })).to.equal('30d');
    expect(widerPreset({ preset: '30d' })).to.equal(undefined);
  });
});
