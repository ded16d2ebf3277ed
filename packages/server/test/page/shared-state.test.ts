import { expect } from 'chai';

import { SHARED_WORDS } from '../../dist/access/sharing/share-filter.js';
import { SHAREABLE } from '../../page/dist/filter/filter.js';
import type { SharedView } from '../../page/dist/answers/shares.js';
import { withoutScope } from '../../page/dist/query.js';
import { isChoice, sharedState } from '../../page/dist/shared/shared-state.js';
import { secretIn } from '../../page/dist/shared/share-secret.js';
import { parseState } from '../../page/dist/url-state.js';

const SHARE: SharedView = {
  id: 'a',
  view: 'overview',
  range: '7d',
  since: null,
  until: null,
  client_id: 'shop',
  method: null,
  endpoint: null,
  filter: {},
  metric: null,
  sort: 'errors',
  details: false,
  expires_at: '2025-03-08T12:00:00.000Z',
};

describe('what a share link shows', () => {
  it('is what the address of the page would show', () => {
    expect(sharedState(SHARE)).to.deep.equal(parseState('?range=7d&client_id=shop&sort=errors'));
    const endpoint = { ...SHARE, view: 'endpoint', method: 'GET', endpoint: '/a?b=c&d', sort: 'requests' };
    expect(sharedState(endpoint)).to.deep.include({
      view: 'endpoint',
      filter: { method: 'GET', endpoint: '/a?b=c&d' },
    });
    const filtered = { ...endpoint, filter: { status: '5xx', latency_ms_min: '100' } };
    expect(sharedState(filtered).filter).to.deep.equal({
      method: 'GET',
      endpoint: '/a?b=c&d',
      status: '5xx',
      latency_ms_min: '100',
    });
    expect(sharedState({ ...SHARE, view: 'metrics', metric: 'items' })).to.include({ metric: 'items' });
    const times = { since: '2025-03-01T12:00:00.000Z', until: '2025-03-01T13:00:00.000Z' };
    expect(sharedState({ ...SHARE, ...times, range: null }).range).to.deep.equal({
      since: Date.parse(times.since),
      until: Date.parse(times.until),
    });
  });

  it('has no other words of the filter than the server takes', () => {
    expect(SHAREABLE).to.have.ordered.members(SHARED_WORDS);
  });

  it('leaves its reader the order of a list and one of several metrics to choose, and nothing else', () => {
    const metrics = { ...SHARE, view: 'metrics' };
    expect(isChoice(SHARE, { sort: 'p95' })).to.equal(true);
    expect(isChoice(metrics, { metric: 'items' })).to.equal(true);
    expect(isChoice({ ...metrics, metric: 'items' }, { metric: 'other' })).to.equal(false);
    for (const change of [
      { metric: 'items' },
      { view: 'overview' },
      { view: 'endpoint', filter: { method: 'GET', endpoint: '/' } },
      { filter: {} },
      { view: 'requests' },
      { range: { preset: '30d' } },
      { clientId: undefined },
      { sort: 'p95', clientId: 'other' },
    ] as const)
      expect(isChoice(SHARE, change), JSON.stringify(change)).to.equal(false);
  });

  it('asks for nothing that the link decides', () => {
    const params = { client_id: 'a', method: 'b', endpoint: 'c', since: 1, until: 2, limit: 3, q: undefined };
    expect(withoutScope(params)).to.deep.equal({ limit: 3, q: undefined });
  });

  it('is asked for with the secret in the fragment, also where somebody cut it, and no other fragment', () => {
    expect(secretIn('#share-abc_-9')).to.equal('share-abc_-9');
    expect(secretIn('#share-')).to.equal('share-');
    for (const hash of ['', '#', '#main', '#share', '#xshare-abc', '#share-a/b', '#share-a#b'])
      expect(secretIn(hash), hash).to.equal(undefined);
  });
});
