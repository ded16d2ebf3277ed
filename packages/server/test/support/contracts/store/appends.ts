import { expect } from 'chai';

import { NO_SERVICE_INFO } from '../../../../dist/store/questions/producer.js';
import type { Store } from '../../../../dist/store/store.js';
import { append, emptyEvent, lastSeqOf, producerRef, START, storeEvent } from '../../events/events.js';
import { ALL, at } from './stored-events.js';

/** Which appends are stored, which are not, and what is read of them. */
export function appends(store: () => Store): void {
  it('returns every member of an event as it was given', async () => {
    const event = storeEvent();
    await store().append(append({ events: [event] }));
    const [stored] = await store().events(ALL);
    expect(stored).to.deep.equal({ ...event, id: stored?.id, receivedAt: START + 50 });
  });

  it('returns null for every member that was not given', async () => {
    const event = emptyEvent();
    const producer = producerRef({ service: NO_SERVICE_INFO });
    await store().append(append({ events: [event], producer }));
    const [stored] = await store().events(ALL);
    expect(stored).to.deep.equal({ ...event, id: stored?.id, receivedAt: START + 50 });
  });

  it('says of an event what served it, as its producer says, unless it says so itself', async () => {
    const service = { version: '1.4.2', environment: 'staging', instanceId: 'pod-1' };
    const events = [emptyEvent(), { ...emptyEvent(), release: '1.4.1', environment: 'production' }];
    await store().append(append({ events, producer: producerRef({ service }) }));
    const stored = await store().events({ ...ALL, order: 'oldest' });
    expect(stored.map(({ release, environment }) => [release, environment])).to.deep.equal([
      ['1.4.2', 'staging'],
      ['1.4.1', 'production'],
    ]);
    expect(await store().events({ ...ALL, release: '1.4.2', environment: 'staging' })).to.have.length(1);
    expect(await store().events({ ...ALL, release: '1.4.2', environment: 'production' })).to.have.length(0);
  });

  it('keeps texts of any script, quotes and line breaks', async () => {
    const endpoint = `/ünï/日本/🎉/'"\\;--\r\n\u2028`;
    await store().append(
      append({ events: [storeEvent({ endpoint, customData: JSON.stringify({ [endpoint]: endpoint }) })] }),
    );
    const [stored] = await store().events(ALL);
    expect(stored?.endpoint).to.equal(endpoint);
    expect(JSON.parse(stored?.customData ?? '')).to.deep.equal({ [endpoint]: endpoint });
  });

  it('is readable when the append resolves', async () => {
    for (let seq = 1; seq <= 20; seq += 1) {
      await store().append(append({ seq }));
      expect(await store().events(ALL)).to.have.length(seq);
      expect(await lastSeqOf(store(), 'producer-1')).to.equal(seq);
    }
  });

  it('stores a frame once, however often it comes', async () => {
    const frame = append({ seq: 1, events: [storeEvent(), storeEvent()] });
    const outcomes = await Promise.all([store().append(frame), store().append(frame)]);
    outcomes.push(await store().append(frame));
    expect(outcomes.map((outcome) => outcome.status)).to.deep.equal(['stored', 'duplicate', 'duplicate']);
    expect(await store().events(ALL)).to.have.length(2);
  });

  it('ignores a frame below the last stored one', async () => {
    await store().append(append({ seq: 7 }));
    expect(await store().append(append({ seq: 3 }))).to.deep.equal({ status: 'duplicate' });
    expect(await lastSeqOf(store(), 'producer-1')).to.equal(7);
  });

  it('takes any number above the last one and says how many were skipped', async () => {
    expect(await store().append(append({ seq: 5 }))).to.deep.equal({ status: 'stored', skipped: 4 });
    expect(await store().append(append({ seq: 6 }))).to.deep.equal({ status: 'stored', skipped: 0 });
    expect(await store().append(append({ seq: 9 }))).to.deep.equal({ status: 'stored', skipped: 2 });
  });

  it('does not store a frame whose predecessor is missing', async () => {
    await store().append(append({ seq: 1 }));
    expect(await store().append(append({ seq: 3, after: 2 }))).to.deep.equal({ status: 'gap' });
    expect(await lastSeqOf(store(), 'producer-1')).to.equal(1);
    expect(await store().events(ALL)).to.have.length(1);
  });

  it('decides frames of one group in their order', async () => {
    const frames = [
      append({ seq: 1 }),
      append({ seq: 2, after: 1 }),
      append({ seq: 4, after: 3 }),
      append({ seq: 2 }),
    ];
    const outcomes = await Promise.all(frames.map((frame) => store().append(frame)));
    expect(outcomes.map((outcome) => outcome.status)).to.deep.equal(['stored', 'stored', 'gap', 'duplicate']);
  });

  it('numbers producers independently', async () => {
    const other = producerRef({ producer: 'producer-2' });
    await Promise.all([
      store().append(append({ seq: 4 })),
      store().append(append({ seq: 2, producer: other })),
    ]);
    expect(await lastSeqOf(store(), 'producer-1')).to.equal(4);
    expect(await lastSeqOf(store(), 'producer-2')).to.equal(2);
    expect(await lastSeqOf(store(), 'producer-3')).to.equal(0);
  });

  it('takes every append without a sequence number as new', async () => {
    const event = append({ seq: null, producer: producerRef({ producer: 'event:my-app', mode: 'event' }) });
    await Promise.all([store().append(event), store().append(event), store().append(event)]);
    expect(await store().events(ALL)).to.have.length(3);
    expect((await store().producer('event:my-app'))?.events).to.equal(3);
  });

  it('gives each event an id of its own, which grow with the order within an append', async () => {
    const seqs = Array.from({ length: 30 }, (_, index) => index + 1);
    await Promise.all(
      seqs.map((seq) => store().append(append({ seq, events: [at(2 * seq), at(2 * seq + 1)] }))),
    );
    const stored = await store().events(ALL);
    const ids = new Map(stored.map((event) => [(event.timestamp ?? 0) - START, event.id]));
    for (const seq of seqs) expect(ids.get(2 * seq)).to.be.lessThan(ids.get(2 * seq + 1) ?? 0);
    expect(new Set(ids.values()).size).to.equal(60);
  });
}
