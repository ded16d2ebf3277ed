import { expect } from 'chai';

import type { StoredEvent } from '../../../../dist/event/event.js';
import type { Store } from '../../../../dist/store/store.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { append, START } from '../../events/events.js';
import { ALL, at } from './stored-events.js';

/** Who is told of what was stored. */
export function notifications(store: () => Store): void {
  it('calls back after each commit with the events that can be read by then', async () => {
    const seen: StoredEvent[] = [];
    store().onCommit((events) => seen.push(...events));
    await Promise.all([1, 2, 3].map((seq) => store().append(append({ seq, events: [at(seq)] }))));
    await store().append(append({ seq: 3 }));
    expect(seen.map((event) => event.timestamp)).to.deep.equal([START + 1, START + 2, START + 3]);
    expect((await store().events(ALL)).toReversed()).to.deep.equal(seen);
  });

  it('tells those who watch of what was stored', async () => {
    let count = 0;
    const stop = store().watch((events, leftOut) => {
      count += events.length + leftOut;
    });
    await store().append(append({ seq: 1, events: [at(1), at(2)] }));
    await until('both were told', () => count === 2);
    stop();
    await store().append(append({ seq: 2 }));
    expect(count).to.equal(2);
  });

  it('stops calling back when asked to', async () => {
    let calls = 0;
    const stop = store().onCommit(() => {
      calls += 1;
    });
    await store().append(append({ seq: 1 }));
    stop();
    await store().append(append({ seq: 2 }));
    expect(calls).to.equal(1);
  });

  it('acknowledges although a listener throws', async () => {
    store().onCommit(() => {
      throw new Error('a broken listener');
    });
    expect((await store().append(append())).status).to.equal('stored');
  });
}
