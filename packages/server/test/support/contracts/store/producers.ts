import { expect } from 'chai';

import type { Store } from '../../../../dist/store/store.js';
import { append, producerRef, START, storeEvent } from '../../events/events.js';
import { ALL } from './stored-events.js';

/** What is kept of each producer. */
export function producers(store: () => Store): void {
  it('keeps a row per producer', async () => {
    const producer = producerRef();
    await store().append(append({ seq: 1, rejected: 2, receivedAt: START }));
    await store().append(
      append({ seq: 2, rejected: 1, receivedAt: START + 9, events: [storeEvent(), storeEvent()] }),
    );
    expect(await store().producer('producer-1')).to.deep.equal({
      ...producer,
      lastSeq: 2,
      firstSeen: START,
      lastSeen: START + 9,
      events: 3,
      rejected: 3,
    });
  });

  it('advances the number for a frame of which nothing is left', async () => {
    expect(await store().append(append({ seq: 1, events: [], rejected: 3 }))).to.deep.equal({
      status: 'stored',
      skipped: 0,
    });
    expect(await store().producer('producer-1')).to.deep.include({ lastSeq: 1, events: 0, rejected: 3 });
    expect(await store().events(ALL)).to.deep.equal([]);
  });

  it('counts a frame that comes again only once', async () => {
    await store().append(append({ rejected: 2 }));
    await store().append(append({ rejected: 2 }));
    expect(await store().producer('producer-1')).to.deep.include({ events: 1, rejected: 2 });
  });

  it('knows nothing of a producer that never sent', async () => {
    expect(await store().producer('nobody')).to.equal(undefined);
  });
}
