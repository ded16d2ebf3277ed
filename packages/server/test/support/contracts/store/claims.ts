import { expect } from 'chai';

import type { Store } from '../../../../dist/store/store.js';
import { START, append, claimOf, lastSeqOf, producerRef } from '../../events/events.js';

/** Who may append under the name of a producer. */
export function claims(store: () => Store): void {
  it('tells whoever claims a producer how far it has come', async () => {
    expect((await claimOf(store())).lastSeq).to.equal(0);
    await store().append(append({ seq: 7 }));
    expect((await claimOf(store())).lastSeq).to.equal(7);
    expect((await claimOf(store(), producerRef({ producer: 'producer-2' }))).lastSeq).to.equal(0);
  });

  it('stores nothing that comes with an older claim, not even as a duplicate', async () => {
    const { claim: first } = await claimOf(store());
    expect((await store().append(append({ seq: 1, claim: first }))).status).to.equal('stored');
    const { claim: second, lastSeq } = await claimOf(store());
    expect(lastSeq).to.equal(1);
    const late = await Promise.all(
      [1, 2].map((seq) => store().append(append({ seq, claim: first, rejected: 1 }))),
    );
    expect(late).to.deep.equal([{ status: 'superseded' }, { status: 'superseded' }]);
    expect(await store().producer('producer-1')).to.deep.include({ lastSeq: 1, events: 1, rejected: 0 });
    expect((await store().append(append({ seq: 2, claim: second }))).status).to.equal('stored');
  });

  it('gives a claim that counts what was appended before it, and nothing that was appended after it', async () => {
    const { claim } = await claimOf(store());
    const seqs = Array.from({ length: 20 }, (_, index) => index + 1);
    const before = seqs.map((seq) => store().append(append({ seq, claim })));
    const taken = claimOf(store());
    const statuses = (await Promise.all(before)).map(({ status }) => status);
    const { lastSeq } = await taken;
    expect(statuses.filter((status) => status === 'stored')).to.have.length(lastSeq);
    expect(await lastSeqOf(store(), 'producer-1')).to.equal(lastSeq);
  });

  it('refuses the producer of one application to another, which changes nothing', async () => {
    const { claim } = await claimOf(store());
    await store().append(append({ seq: 7, claim }));
    expect(await store().claim(producerRef({ clientId: 'other-app' }))).to.equal(undefined);
    expect((await store().append(append({ seq: 8, claim }))).status).to.equal('stored');
    expect(await store().producer('producer-1')).to.deep.include({ clientId: 'my-app', lastSeq: 8 });
  });

  it('gives the producer to its application where another asks for it at the same moment', async () => {
    await store().append(append({ seq: 7, claim: (await claimOf(store())).claim }));
    const refs = ['other-app', 'my-app', 'third-app', 'my-app'].map((clientId) => producerRef({ clientId }));
    const taken = await Promise.all(refs.map((ref) => store().claim(ref)));
    expect(taken.map((claim) => claim?.lastSeq)).to.deep.equal([undefined, 7, undefined, 7]);
    const last = Math.max(...taken.map((claim) => claim?.claim ?? 0));
    expect((await store().append(append({ seq: 8, claim: last }))).status).to.equal('stored');
  });

  it('leaves the claims of other producers alone', async () => {
    const { claim } = await claimOf(store());
    await claimOf(store(), producerRef({ producer: 'producer-2' }));
    expect((await store().append(append({ claim }))).status).to.equal('stored');
  });

  it('lists no producer of which nothing was stored', async () => {
    await claimOf(store());
    expect(await store().producer('producer-1')).to.equal(undefined);
    const { analytics } = store();
    const all = { limit: 10, first: [] };
    expect((await analytics.producers(all)).total).to.equal(0);
    expect((await analytics.applications(all)).total).to.equal(0);
  });

  it('keeps the claim of a producer that is connected when it forgets', async () => {
    const { claim: old } = await claimOf(store());
    const { claim } = await claimOf(store());
    await store().append(append({ claim, receivedAt: START }));
    await store().forgetProducers(START + 1, ['producer-1']);
    expect((await store().append(append({ seq: 2, claim: old }))).status).to.equal('superseded');
    expect((await store().append(append({ seq: 2, claim }))).status).to.equal('stored');
  });
}
