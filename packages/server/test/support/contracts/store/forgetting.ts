import { expect } from 'chai';

import type { Store } from '../../../../dist/store/store.js';
import { append, lastSeqOf, producerRef, START } from '../../events/events.js';
import { ALL } from './stored-events.js';

/** Which producers are forgotten, and what that leaves. */
export function forgetting(store: () => Store): void {
  const seen = (producer: string, receivedAt: number): Promise<unknown> =>
    store().append(append({ producer: producerRef({ producer }), receivedAt, seq: 5 }));

  it('forgets producers that were last seen before an instant, and none of their events', async () => {
    await seen('old', START);
    await seen('kept', START);
    await seen('edge', START + 1);
    await seen('new', START + 1000);
    expect(await store().forgetProducers(START + 1, ['kept', 'unknown'])).to.equal(1);
    for (const [producer, lastSeq] of Object.entries({ old: 0, kept: 5, edge: 5, new: 5 })) {
      expect(await lastSeqOf(store(), producer), producer).to.equal(lastSeq);
    }
    expect(await store().events(ALL)).to.have.length(4);
    expect(await store().forgetProducers(START + 1, ['kept'])).to.equal(0);
    expect(await store().forgetProducers(START + 1, [])).to.equal(1);
  });

  it('takes a forgotten producer back, as one that is new', async () => {
    await seen('back', START);
    await store().forgetProducers(START + 1, []);
    const again = append({ producer: producerRef({ producer: 'back' }), seq: 6 });
    expect(await store().append(again)).to.deep.equal({ status: 'stored', skipped: 5 });
    expect(await store().producer('back')).to.include({ lastSeq: 6, events: 1, firstSeen: START + 50 });
  });

  it('forgets between appends, not in the middle of them', async () => {
    const results = await Promise.all([
      ...Array.from({ length: 20 }, (_, n) => seen(`before-${n}`, START + 10)),
      store().forgetProducers(START + 1, []),
      ...Array.from({ length: 20 }, (_, n) => seen(`after-${n}`, START + 10)),
    ]);
    expect(results.filter((result) => typeof result === 'object')).to.have.length(40);
    expect(await store().events(ALL)).to.have.length(40);
  });
}
