import { expect } from 'chai';

import type { CerberusEvent, StoredEvent } from '../../../dist/event/event.js';
import { countByMinute } from '../../../dist/store/figures/minute-counts.js';
import { latencyBucket } from '../../../dist/store/figures/log-buckets.js';
import { START, storeEvent } from '../../support/events/events.js';

function stored(members: Partial<CerberusEvent>, receivedAt = START): StoredEvent {
  return { ...storeEvent(members), id: 1, receivedAt };
}

describe('countByMinute', () => {
  it('counts requests by outcome and status, and latencies by bucket, of each endpoint and minute', () => {
    const counts = countByMinute([
      stored({ timestamp: START, statusCode: 200, latencyMs: 10 }),
      stored({ timestamp: START + 59_999, statusCode: 200, latencyMs: 20 }),
      stored({ timestamp: START + 1, statusCode: 500, outcome: 'error', latencyMs: null }),
      stored({ timestamp: START + 60_000, statusCode: null, outcome: null, latencyMs: 0 }),
      stored({ timestamp: START, method: 'POST' }),
      stored({ timestamp: START, clientId: 'other' }),
    ]);
    const [first, next] = counts;
    expect(counts.map(({ start, clientId, method }) => [start - START, clientId, method])).to.deep.equal([
      [0, 'my-app', 'GET'],
      [60_000, 'my-app', 'GET'],
      [0, 'my-app', 'POST'],
      [0, 'other', 'GET'],
    ]);
    expect(first?.requests).to.deep.equal(
      new Map([
        ['completed', new Map([[200, 2]])],
        ['error', new Map([[500, 1]])],
      ]),
    );
    expect(first?.latencies).to.deep.equal(
      new Map([
        [latencyBucket(10), 1],
        [latencyBucket(20), 1],
      ]),
    );
    expect(next?.requests).to.deep.equal(new Map([[null, new Map([[null, 1]])]]));
    expect(next?.latencies).to.deep.equal(new Map([[latencyBucket(0), 1]]));
  });

  it('tells releases, environments and bots apart, and what says none of these from both', () => {
    const counts = countByMinute([
      stored({ release: '1', environment: 'a', syntheticType: 'bot' }),
      stored({ release: '1', environment: 'a', syntheticType: 'bot' }),
      stored({ release: '1', environment: 'a', syntheticType: null }),
      stored({ release: '1', environment: null, syntheticType: null }),
      stored({ release: null, environment: '1', syntheticType: null }),
      stored({ release: null, environment: null, syntheticType: null }),
    ]);
    expect(
      counts.map(({ release, environment, synthetic, latencies }) => [
        release,
        environment,
        synthetic,
        [...latencies.values()],
      ]),
    ).to.deep.equal([
      ['1', 'a', 'bot', [2]],
      ['1', 'a', '', [1]],
      ['1', '', '', [1]],
      ['', '1', '', [1]],
      ['', '', '', [1]],
    ]);
  });

  it('takes the route where there is one, and the time of arrival where the client gave none', () => {
    const counts = countByMinute([
      stored({ route: '/a/:id', endpoint: '/a/1' }),
      stored({ route: '/a/:id', endpoint: '/a/2' }),
      stored({ route: null, endpoint: '/a/:id', timestamp: null }, START + 60_000),
    ]);
    expect(counts.map(({ start, endpoint }) => [start - START, endpoint])).to.deep.equal([
      [0, '/a/:id'],
      [60_000, '/a/:id'],
    ]);
  });
});
