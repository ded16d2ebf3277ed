import { expect } from 'chai';
import fc from 'fast-check';

import { decideAppend, decideGroup, numberEvents } from '../../dist/store/append-decision.js';
import { append, producerRef, storeEvent } from '../support/events/events.js';

describe('decideAppend', () => {
  it('stores the next frame', () => {
    expect(decideAppend(append({ seq: 6, after: 5 }), 5)).to.deep.equal({ status: 'stored', skipped: 0 });
  });

  it('ignores a frame at or below the last one, whatever its condition', () => {
    for (const seq of [1, 4, 5]) {
      expect(decideAppend(append({ seq, after: seq - 1 }), 5)).to.deep.equal({ status: 'duplicate' });
    }
  });

  it('does not let a frame overtake its predecessor', () => {
    expect(decideAppend(append({ seq: 7, after: 6 }), 5)).to.deep.equal({ status: 'gap' });
  });

  it('lets a frame without a condition skip numbers', () => {
    expect(decideAppend(append({ seq: 9, after: null }), 5)).to.deep.equal({ status: 'stored', skipped: 3 });
  });

  it('always stores what has no number', () => {
    expect(decideAppend(append({ seq: null }), 5)).to.deep.equal({ status: 'stored', skipped: 0 });
  });
});

describe('decideGroup', () => {
  it('decides a group as it would decide its appends one after the other', () => {
    const frame = fc.record({
      seq: fc.option(fc.integer({ min: 1, max: 6 })),
      chained: fc.boolean(),
      producer: fc.constantFrom('a', 'b'),
      rejected: fc.nat(2),
    });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), fc.nat(3), (frames, lastSeq) => {
        const group = frames.map(({ seq, chained, producer, rejected }) =>
          append({
            seq,
            rejected,
            after: chained && seq !== null ? seq - 1 : null,
            producer: producerRef({ producer }),
          }),
        );
        const whole = decideGroup(group, new Map([['a', lastSeq]]), new Map());
        const lastSeqs = new Map([['a', lastSeq]]);
        const outcomes = group.map((each) => {
          const one = decideGroup([each], lastSeqs, new Map());
          for (const [key, change] of one.producers) lastSeqs.set(key, change.lastSeq);
          return one.outcomes[0];
        });
        expect(whole.outcomes).to.deep.equal(outcomes);
        for (const [key, change] of whole.producers) expect(change.lastSeq).to.equal(lastSeqs.get(key) ?? 0);
        const sum = [...whole.producers.values()].reduce((total, change) => total + change.events, 0);
        expect(sum).to.equal(whole.stored.reduce((total, each) => total + each.events.length, 0));
      }),
    );
  });
});

describe('numberEvents', () => {
  it('numbers the events of all appends in one row', () => {
    const stored = [
      append({ events: [storeEvent(), storeEvent()] }),
      append({ events: [] }),
      append({ receivedAt: 7 }),
    ];
    const events = numberEvents(stored, 10);
    expect(events.map((event) => event.id)).to.deep.equal([10, 11, 12]);
    expect(events[2]?.receivedAt).to.equal(7);
  });
});
