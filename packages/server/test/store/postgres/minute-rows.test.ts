import { expect } from 'chai';

import type { CerberusEvent, StoredEvent } from '../../../dist/event/event.js';
import { MINUTE_COLUMNS, minuteRows } from '../../../dist/store/postgres/aggregates/minute-rows.js';
import {
  isErrorKind,
  kindOf,
  outcomeOf,
  statusCodeOf,
} from '../../../dist/store/postgres/aggregates/request-kind.js';
import { START, storeEvent } from '../../support/events/events.js';

function stored(members: Partial<CerberusEvent>): StoredEvent {
  return { ...storeEvent(members), id: 1, receivedAt: START };
}

describe('rows of minutes', () => {
  it('have a row for each minute of an endpoint, with pairs of arrays', () => {
    const rows = minuteRows([
      stored({ statusCode: 200, latencyMs: 1 }),
      stored({ statusCode: 200, latencyMs: 1 }),
      stored({ statusCode: 500, outcome: null, latencyMs: null }),
      stored({ timestamp: START + 60_000, outcome: 'error', latencyMs: 0 }),
    ]);
    const [first, second] = rows.map((row) =>
      Object.fromEntries(row.map((value, index) => [MINUTE_COLUMNS[index]?.name, value])),
    );
    expect(first).to.deep.equal({
      start: START,
      client_id: 'my-app',
      method: 'GET',
      endpoint: '/api/users/:id',
      release: '1.2.3',
      environment: 'production',
      synthetic: 'bot',
      requests: 3,
      errors: 1,
      kinds: [kindOf(200, 'completed'), kindOf(500, null)],
      counts: [2, 1],
      buckets: [0],
      bucket_counts: [2],
    });
    expect(second).to.include({ start: START + 60_000, requests: 1, errors: 1 });
  });

  it('tell status codes and outcomes by one number that two bytes hold', () => {
    for (const statusCode of [null, 0, 101, 200, 499, 500, 999]) {
      for (const outcome of [null, 'completed', 'aborted', 'error'] as const) {
        const kind = kindOf(statusCode, outcome);
        expect(kind).to.be.within(0, 32_767);
        expect([statusCodeOf(kind), outcomeOf(kind)]).to.deep.equal([statusCode, outcome]);
        const isError = outcome === null ? (statusCode ?? 0) >= 500 : outcome === 'error';
        expect(isErrorKind(kind), `${statusCode} ${outcome}`).to.equal(isError);
      }
    }
  });
});
