import { expect } from 'chai';

import { InFlight } from '../dist/in-flight.js';
import type { Peer } from '../dist/peer.js';

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
    },
  };
}

describe('InFlight', () => {
  it('pauses once at the limit and resumes once below it', () => {
    const { calls, peer } = recorder();
    const inFlight = new InFlight(peer, 3);
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
    const inFlight = new InFlight(recorder().peer, 3);
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
});
