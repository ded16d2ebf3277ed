import { expect } from 'chai';

import { sourcesReply } from '../../dist/api/sources-api.js';
import { MemoryStore } from '../../dist/store/memory/store.js';
import { append, producerRef } from '../support/events/events.js';

const MINUTE = 60_000;

describe('GET /api/sources', () => {
  it('tells since when an application is silent, whichever of its processes was the last', async () => {
    const store = new MemoryStore();
    const now = Date.now();
    const seen = (clientId: string, process: string, minutesAgo: number): Promise<unknown> =>
      store.append(
        append({
          producer: producerRef({ clientId, producer: `${clientId}-${process}` }),
          receivedAt: now - minutesAgo * MINUTE,
        }),
      );
    await seen('at-work', 'old', 600);
    await seen('at-work', 'new', 4);
    await seen('silent', 'old', 600);
    await seen('silent', 'new', 90);
    const activity = { snapshot: () => new Map() };
    const context = { analytics: store.analytics, activity, counters: { refusals: {} } };
    const reply = await sourcesReply(context, new URLSearchParams());
    const { applications } = ('body' in reply ? reply.body : {}) as {
      applications: Record<string, unknown>[];
    };
    const of = (name: string): Record<string, unknown> =>
      applications.find((each) => each['client_id'] === name) ?? {};
    expect(of('at-work')).to.include({ producers: 2, silent_since: null });
    expect(of('at-work')['silent_millis']).to.be.within(4 * MINUTE, 4.9 * MINUTE);
    expect(of('silent')).to.include({ silent_since: new Date(now - 90 * MINUTE).toISOString() });
    expect(of('silent')['silent_millis']).to.be.within(90 * MINUTE, 91 * MINUTE);
  });
});
