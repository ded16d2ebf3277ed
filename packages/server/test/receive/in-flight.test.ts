import { expect } from 'chai';

import { InFlight } from '../../dist/receive/in-flight.js';
import type { Peer } from '../../dist/receive/peer.js';
import { ReadAhead } from '../../dist/receive/read-ahead.js';
import type { PendingLoad } from '../../dist/store/store.js';

const IDLE = { appends: 0, events: 0, bytes: 0 };

function recorder(): { readonly calls: string[]; readonly peer: Peer } {
  const calls: string[] = [];
  const note = (name: string) => (): void => void calls.push(name);
  return {
    calls,
    peer: {
      send: note('send'),
      close: note('close'),
      pause: note('pause'),
      resume: note('resume'),
      authenticated: note('authenticated'),
      guessed: note('guessed'),
    },
  };
}

describe('InFlight', () => {
  it('pauses once at the limit and resumes once below it', () => {
    const { calls, peer } = recorder();
    const inFlight = new InFlight(peer, 3, new ReadAhead(() => IDLE));
    for (let n = 0; n < 5; n += 1) inFlight.add();
    expect(calls).to.deep.equal(['pause']);
    inFlight.remove();
    inFlight.remove();
    expect(calls).to.deep.equal(['pause']);
    inFlight.remove();
    inFlight.remove();
    expect(calls).to.deep.equal(['pause', 'resume']);
  });

  it('is settled when nothing is left, for all who wait', async () => {
    const inFlight = new InFlight(recorder().peer, 3, new ReadAhead(() => IDLE));
    await inFlight.settled();
    inFlight.add();
    let settled = 0;
    const waits = [1, 2].map(() => inFlight.settled().then(() => (settled += 1)));
    await Promise.resolve();
    expect(settled).to.equal(0);
    inFlight.remove();
    await Promise.all(waits);
    expect(settled).to.equal(2);
  });

  for (const [what, load] of [
    ['events', { ...IDLE, events: 8192 }],
    ['bytes', { ...IDLE, bytes: 8_388_608 }],
  ] as const) {
    it(`pauses while the store has enough ${what} to do, within its window too`, () => {
      let pending: PendingLoad = IDLE;
      const readAhead = new ReadAhead(() => pending);
      const { calls, peer } = recorder();
      const inFlight = new InFlight(peer, 3, readAhead);
      inFlight.add();
      expect(calls).to.deep.equal([]);
      pending = load;
      inFlight.add();
      expect(calls).to.deep.equal(['pause']);
      inFlight.remove();
      readAhead.settled();
      expect(calls).to.deep.equal(['pause']);
      pending = IDLE;
      readAhead.settled();
      expect(calls).to.deep.equal(['pause', 'resume']);
    });
  }

  it('resumes when the others are done, though nothing of its own is left', () => {
    let pending: PendingLoad = { ...IDLE, events: 8192 };
    const readAhead = new ReadAhead(() => pending);
    const { calls, peer } = recorder();
    const inFlight = new InFlight(peer, 3, readAhead);
    inFlight.add();
    inFlight.remove();
    expect(calls).to.deep.equal(['pause']);
    pending = IDLE;
    readAhead.settled();
    expect(calls).to.deep.equal(['pause', 'resume']);
  });

  it('stays paused at its limit when the store has room again', () => {
    let pending: PendingLoad = { ...IDLE, events: 8192 };
    const readAhead = new ReadAhead(() => pending);
    const { calls, peer } = recorder();
    const inFlight = new InFlight(peer, 2, readAhead);
    inFlight.add();
    inFlight.add();
    pending = IDLE;
    readAhead.settled();
    expect(calls).to.deep.equal(['pause']);
    inFlight.remove();
    expect(calls).to.deep.equal(['pause', 'resume']);
  });
});
