import { expect } from 'chai';
import { DemoError } from '../dist/demo-error.js';
import { compareWithStore, type EventSource } from '../dist/results/demo-result.js';
import type { StoredEvent } from '../dist/results/read-api.js';

const SHOP = {
  requests: 3,
  byTarget: { 'GET /p/1': 1, 'GET /p/2': 1, 'POST /buy': 1 },
  addresses: 2,
  unsampled: 1,
  durationsRecorded: 3,
};

function event(method: string, endpoint: string, more: Partial<StoredEvent>): StoredEvent {
  return {
    method,
    endpoint,
    outcome: 'completed',
    custom_data: {},
    span_id: `${method}${endpoint}`,
    ...more,
  };
}

const EVENTS = [
  event('GET', '/p/1', { route: '/p/:id', latency_ms: 4, custom_data: { in_stock: true, price: 3 } }),
  event('GET', '/p/2', { route: '/p/:id', latency_ms: 8, custom_data: { in_stock: false, price: 4.5 } }),
  event('POST', '/buy', {
    latency_ms: 1,
    outcome: 'error',
    custom_data: { tags: ['a', 'b'], currency: 'EUR' },
  }),
];

function source(events: readonly StoredEvent[], requests = events.length): EventSource {
  return {
    summary: () =>
      Promise.resolve({ requests, errors: 1, clients: 2, latency_ms: { p50: 4, p95: 8, p99: 8 } }),
    async *events() {
      yield* events;
    },
  };
}

describe('the result of the demo', () => {
  it('has the counts, outcomes and clients of both sides', async () => {
    const result = await compareWithStore(SHOP, source(EVENTS));
    expect(result).to.include({ requests: 3, stored: 3, lost: 0, duplicates: 0, unexpected: 0 });
    expect(result).to.include({ clients: 2, addresses: 2, unsampled: 1, durations_recorded: 3 });
    expect(result.outcomes).to.deep.equal({ completed: 2, aborted: 0, error: 1 });
  });

  it('has figures of each endpoint, those without a route last', async () => {
    const { endpoints } = await compareWithStore(SHOP, source(EVENTS));
    const counts = { errors: 0, aborted: 0 };
    expect(endpoints).to.deep.equal([
      { method: 'GET', route: '/p/:id', requests: 2, ...counts, p50: 4, p95: 8 },
      { method: 'POST', route: null, requests: 1, ...counts, errors: 1, p50: 1, p95: 1 },
    ]);
  });

  it('has figures of each metric by its type', async () => {
    const { metrics } = await compareWithStore(SHOP, source(EVENTS));
    expect(metrics).to.deep.equal([
      { name: 'currency', type: 'text', events: 1, top: [['EUR', 1]] },
      { name: 'in_stock', type: 'boolean', events: 2, true: 1 },
      { name: 'price', type: 'number', events: 2, min: 3, mean: 3.75, max: 4.5 },
      { name: 'tags', type: 'list', events: 1, top: [['a b', 1]] },
    ]);
  });

  it('is refused when the server counts otherwise than it lists', async () => {
    const error: unknown = await compareWithStore(SHOP, source(EVENTS, 4)).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(DemoError);
    expect(String(error)).to.include('lists 3 events but counts 4');
  });
});
