import { expect } from 'chai';

import type { ShareScope } from '../../../dist/access/sharing/share-scope.js';
import { ROUTE_NEEDS, type RouteName } from '../../../dist/api/route-needs.js';
import { LINK_RULES, linkVerdict } from '../../../dist/api/sharing/link-rules.js';
import { withoutRareTexts } from '../../../dist/api/sharing/rare-values.js';
import type { MetricDetail } from '../../../dist/store/questions/metrics.js';

const NOW = 1_740_830_400_000;

const OVERVIEW: ShareScope = {
  view: 'overview',
  range: { last: '1h' },
  clientId: undefined,
  endpoint: undefined,
  filter: {},
  metric: undefined,
  sort: 'requests',
};
const ENDPOINT: ShareScope = {
  ...OVERVIEW,
  view: 'endpoint',
  clientId: 'shop',
  endpoint: { method: 'GET', endpoint: '/users/:id' },
};
const METRICS: ShareScope = { ...OVERVIEW, view: 'metrics', range: { since: 1000, until: 2000 } };
const METRIC: ShareScope = { ...METRICS, metric: 'items' };

/** What each link may ask, written out once more, so that a change of the table is a change of a test. */
const MAY: readonly (readonly [string, ShareScope, boolean, readonly string[]])[] = [
  ['the overview', OVERVIEW, false, ['overview', 'endpoints']],
  ['the overview with details', OVERVIEW, true, ['overview', 'endpoints', 'clients']],
  ['an endpoint', ENDPOINT, false, ['overview', 'custom-metrics', 'custom-metrics/detail']],
  [
    'an endpoint with details',
    ENDPOINT,
    true,
    ['overview', 'custom-metrics', 'custom-metrics/detail', 'clients', 'events'],
  ],
  ['all metrics', METRICS, false, ['custom-metrics', 'custom-metrics/detail']],
  ['all metrics with details', METRICS, true, ['custom-metrics', 'custom-metrics/detail']],
  ['one metric', METRIC, false, ['custom-metrics/detail']],
  ['one metric with details', METRIC, true, ['custom-metrics/detail']],
];

function asked(scope: ShareScope, name: RouteName, query = ''): string | undefined {
  const verdict = linkVerdict(name, { scope, details: true }, new URLSearchParams(query), NOW);
  return verdict.ok ? decodeURIComponent(verdict.params.toString()) : undefined;
}

describe('a share link', () => {
  it('has a rule for every route', () => {
    expect(Object.keys(LINK_RULES).toSorted()).to.deep.equal(Object.keys(ROUTE_NEEDS).toSorted());
  });

  for (const [name, scope, details, paths] of MAY) {
    it(`to ${name} may ask ${paths.join(', ')}, and nothing else of all routes`, () => {
      const allowed = Object.keys(ROUTE_NEEDS).filter((route) => {
        const params = new URLSearchParams(route.endsWith('/detail') ? 'name=items' : '');
        return linkVerdict(route as RouteName, { scope, details }, params, NOW).ok;
      });
      const expected = [...paths, 'session'].map((path) => `GET /api/${path}`);
      expect(allowed.toSorted()).to.deep.equal(expected.toSorted());
    });
  }

  it('says itself what it is about: range, application, endpoint', () => {
    const hour = `since=${NOW - 3_600_000}&until=${NOW}`;
    expect(asked(OVERVIEW, 'GET /api/overview')).to.equal(hour);
    const shop = 'client_id=shop&method=GET&endpoint=/users/:id';
    for (const path of ['overview', 'clients', 'events', 'custom-metrics'])
      expect(asked(ENDPOINT, `GET /api/${path}` as RouteName), path).to.equal(`${hour}&${shop}`);
    expect(asked(METRICS, 'GET /api/custom-metrics', 'limit=5')).to.equal('limit=5&since=1000&until=2000');
  });

  it('says its filter itself, in each of its questions', () => {
    const filter = { status: '5xx', release: '1.4.2' };
    for (const path of ['overview', 'clients', 'events', 'custom-metrics'])
      expect(asked({ ...ENDPOINT, filter }, `GET /api/${path}` as RouteName), path).to.match(
        /&status=5xx&release=1\.4\.2&method=GET&endpoint=\/users\/:id$/,
      );
    for (const query of ['status=5xx', 'status=4xx', 'status=', 'release=1', 'outcome=error', 'path=/'])
      expect(asked({ ...OVERVIEW, filter }, 'GET /api/overview', query), query).to.equal(undefined);
  });

  it('may search in each of its lists', () => {
    for (const path of ['endpoints', 'clients'])
      expect(asked(OVERVIEW, `GET /api/${path}` as RouteName, 'q=a'), path).to.match(/^q=a&/);
    expect(asked(METRICS, 'GET /api/custom-metrics', 'q=a')).to.match(/^q=a&/);
  });

  it('is asked nothing with a parameter that it decides, or that it does not know', () => {
    const decided = ['since', 'until', 'client_id', 'method', 'bucket', 'cursor', 'status', 'x', '__proto__'];
    for (const [route, rule] of Object.entries(LINK_RULES)) {
      if (typeof rule === 'string') continue;
      const scope = rule.views[0] === 'overview' ? OVERVIEW : ENDPOINT;
      const base = route.endsWith('/detail') ? 'name=items&' : '';
      expect(asked(scope, route as RouteName, base), route).to.be.a('string');
      for (const param of [...decided, 'endpoint'])
        expect(asked(scope, route as RouteName, `${base}${param}=1`), `${route} ${param}`).to.equal(
          undefined,
        );
    }
  });

  it('to one metric is to no other', () => {
    expect(asked(METRIC, 'GET /api/custom-metrics/detail', 'name=items&group=endpoint')).to.match(
      /^name=items&/,
    );
    for (const query of ['name=secret', 'name=', '', 'name=secret&name=items'])
      expect(asked(METRIC, 'GET /api/custom-metrics/detail', query), query).to.equal(undefined);
    expect(asked(METRICS, 'GET /api/custom-metrics/detail', 'name=secret')).to.be.a('string');
  });
});

describe('a metric without details', () => {
  const detail: MetricDetail = {
    estimated: false,
    bucketMillis: 1,
    events: 20,
    allEvents: 30,
    numbers: null,
    shares: [
      { value: 'gold', count: 9 },
      { value: 'silver', count: 5 },
      { value: 'order-7', count: 4 },
      { value: true, count: 1 },
      { value: 'order-8', count: 1 },
    ],
    others: 2,
    groups: [
      { method: 'GET', endpoint: '/', events: 9, mean: null, p95: null, top: { value: 'gold', count: 9 } },
      {
        method: 'GET',
        endpoint: '/o',
        events: 4,
        mean: null,
        p95: null,
        top: { value: 'order-7', count: 4 },
      },
      { method: 'GET', endpoint: '/b', events: 1, mean: null, p95: null, top: { value: true, count: 1 } },
    ],
  };

  it('shows no text that fewer than five requests have, and counts it among the others', async () => {
    const query = { name: 'x', since: 0, until: 1, bucketMillis: 1, byEndpoint: true };
    const shown = await withoutRareTexts({ metric: async () => detail }).metric(query);
    expect(shown.shares.map(({ value }) => value)).to.deep.equal(['gold', 'silver', true]);
    expect(shown.others).to.equal(7);
    expect(shown.groups?.map(({ top }) => top?.value)).to.deep.equal(['gold', undefined, true]);
    expect(shown).to.include({ events: 20, allEvents: 30, numbers: null });
  });
});
