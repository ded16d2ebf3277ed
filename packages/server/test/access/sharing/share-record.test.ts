import { expect } from 'chai';
import fc from 'fast-check';

import {
  formatShares,
  parseShares,
  parseWish,
  type Share,
} from '../../../dist/access/sharing/share-record.js';
import {
  instantsOf,
  parseScope,
  scopeToJson,
  type ShareScope,
} from '../../../dist/access/sharing/share-scope.js';

const DAY = 86_400_000;

describe('what a link is asked for with', () => {
  it('is the overview of the last day for a week, without details, unless it says otherwise', () => {
    const scope = {
      view: 'overview',
      range: { last: '24h' },
      clientId: undefined,
      endpoint: undefined,
      filter: {},
      metric: undefined,
      sort: 'requests',
    };
    expect(parseWish({ view: 'overview' })).to.deep.equal({ scope, details: false, validMillis: 7 * DAY });
  });

  it('holds for 1 minute to 30 days', () => {
    for (const [text, millis] of [
      ['1m', 60_000],
      ['1h', 3_600_000],
      ['1d', DAY],
      ['30d', 30 * DAY],
    ] as const)
      expect(parseWish({ view: 'overview', valid_for: text })).to.have.property('validMillis', millis);
    for (const valid_for of ['59s', '31d', '721h', '0d', '-1d', '', 'forever', 7, {}, true])
      expect(parseWish({ view: 'overview', valid_for }), String(valid_for)).to.match(/^`valid_for` must be/);
  });

  it('names the rule that it breaks', () => {
    const endpoint = { view: 'endpoint', method: 'GET', endpoint: '/' };
    const broken: [Record<string, unknown>, RegExp][] = [
      [{}, /^`view` must be one of overview, endpoint, metrics$/],
      [{ view: 'live' }, /^`view`/],
      [{ view: 'sources' }, /^`view`/],
      [{ view: 'tokens' }, /^`view`/],
      [{ view: 'overview', range: '1y' }, /^`range` must be one of 15m, 1h, 24h, 7d, 30d$/],
      [{ view: 'overview', range: '__proto__' }, /^`range`/],
      [{ view: 'overview', since: '2025-01-01T00:00:00Z' }, /^`since` and `until`/],
      [{ view: 'overview', since: '2025-01-02T00:00:00Z', until: '2025-01-01T00:00:00Z' }, /^`since` and/],
      [{ view: 'overview', range: '1h', since: '1', until: '2' }, /^`since` and/],
      [{ view: 'overview', details: 'yes' }, /^`details`/],
      [{ view: 'overview', sort: 'name' }, /^`sort`/],
      [{ view: 'overview', client_id: '' }, /texts of 1 to 4096 bytes$/],
      [{ view: 'overview', client_id: 7 }, /texts of/],
      [{ view: 'overview', client_id: 'x'.repeat(4097) }, /texts of/],
      [{ view: 'overview', client_id: '\ud800' }, /texts of/],
      [{ view: 'overview', method: 'GET', endpoint: '/' }, /^`method` and `endpoint` go with/],
      [{ ...endpoint, method: undefined }, /^`method` and `endpoint` go with/],
      [{ ...endpoint, endpoint: undefined }, /^`method` and `endpoint` go with/],
      [{ ...endpoint, metric: 'items' }, /^`metric` goes with/],
      ...['source_ip', 'user_id', 'session_id', 'trace_id', 'consumer', 'consumer_group', 'path'].map(
        (word): [Record<string, unknown>, RegExp] => [
          { view: 'overview', filter: { [word]: 'x' } },
          /^`filter` may have these words: method,/,
        ],
      ),
      [{ view: 'overview', filter: { since: '0' } }, /^`filter` may have/],
      [{ view: 'overview', filter: JSON.parse('{"__proto__":"x"}') }, /^`filter` may have/],
      [{ view: 'overview', filter: 'status=5xx' }, /^`filter` must be an object/],
      [{ view: 'overview', filter: ['status'] }, /^`filter` must be an object/],
      [{ view: 'overview', filter: { status: 500 } }, /^each word of `filter`/],
      [{ view: 'overview', filter: { status: '' } }, /^each word of `filter`/],
      [{ view: 'overview', filter: { release: 'x'.repeat(2049) } }, /^each word of `filter`/],
      [{ ...endpoint, filter: { method: 'POST' } }, /^`filter` has no `method`/],
    ];
    for (const [wish, rule] of broken) expect(parseWish(wish), JSON.stringify(wish)).to.match(rule);
  });

  it('is read back from the file as it was written, whatever senders made up for names', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((each) => {
      return each.isWellFormed() && !each.includes('\0');
    });
    const optional = fc.option(text, { nil: undefined });
    const range = fc.oneof(
      fc.constantFrom('15m', '1h', '24h', '7d', '30d').map((last) => ({ last })),
      fc.nat(1e12).map((since) => ({ since, until: since + 1 })),
    );
    const filter = fc.record({ status: text, release: text }, { requiredKeys: [] });
    const base = {
      range,
      clientId: optional,
      filter,
      sort: fc.constantFrom('requests', 'errors', 'p95', 'share'),
    };
    const none = { endpoint: undefined, metric: undefined };
    const scopes = fc.oneof(
      fc.record({ ...base, view: fc.constant('overview' as const) }).map((each) => ({ ...none, ...each })),
      fc
        .record({ ...base, view: fc.constant('metrics' as const), metric: optional })
        .map((each) => ({ ...none, ...each })),
      fc
        .record({
          ...base,
          view: fc.constant('endpoint' as const),
          endpoint: fc.record({ method: text, endpoint: text }),
        })
        .map((each) => ({ ...none, ...each })),
    );
    fc.assert(
      fc.property(scopes, fc.boolean(), (scope, details) => {
        expect(parseScope({ ...scopeToJson(scope) })).to.deep.equal(scope);
        const share: Share = { id: 'a', scope, details, createdBy: 'own', createdAt: 1, expiresAt: 2 };
        const shares = new Map([['0'.repeat(64), share]]);
        expect(parseShares(JSON.parse(JSON.stringify(formatShares(shares))))).to.deep.equal(shares);
      }),
    );
  });

  it('is in a file that a server without filters does not read, if it has one', () => {
    const versionOf = (filter: Record<string, string>): unknown => {
      const scope = parseScope({ view: 'overview', filter });
      if (typeof scope === 'string') throw new Error(scope);
      const share: Share = { id: 'a', scope, details: false, createdBy: 'own', createdAt: 1, expiresAt: 2 };
      return (formatShares(new Map([['0'.repeat(64), share]])) as { version: unknown }).version;
    };
    expect([versionOf({}), versionOf({ status: '5xx' })]).to.deep.equal([1, 2]);
  });

  it('has no filter where the file is of a server that knew none', () => {
    const { filter: _, ...old } = scopeToJson(parseScope({ view: 'overview' }) as ShareScope);
    expect(parseScope({ ...old })).to.deep.include({ filter: {} });
  });
});

describe('the range of a link', () => {
  it('goes along with the time, or stands', () => {
    expect(instantsOf({ last: '1h' }, 1e12)).to.deep.equal({ since: 1e12 - 3_600_000, until: 1e12 });
    expect(instantsOf({ since: 1, until: 2 }, 1e12)).to.deep.equal({ since: 1, until: 2 });
  });
});
