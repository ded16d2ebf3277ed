import { expect } from 'chai';

import { KnownReleases } from '../../dist/store/known-releases.js';
import type { StoredEvent } from '../../dist/event/event.js';
import { START, storeEvent } from '../support/events/events.js';

function event(clientId: string, release: string | null, minutes = 0): StoredEvent {
  const timestamp = START + minutes * 60_000;
  return { ...storeEvent({ clientId, release, timestamp }), id: 1, receivedAt: timestamp };
}

describe('the releases that are known', () => {
  it('are told from new ones, of each the first time, in an order that does not depend on that of the events', () => {
    const known = new KnownReleases([{ clientId: 'shop', version: '1', firstSeen: START }]);
    const events = [
      event('shop', '2', 9),
      event('shop', '2', 4),
      event('shop', '1'),
      event('blog', '1', 7),
      event('shop', '2', 5),
      event('shop', null),
    ];
    const expected = [
      { clientId: 'blog', version: '1', firstSeen: START + 7 * 60_000 },
      { clientId: 'shop', version: '2', firstSeen: START + 4 * 60_000 },
    ];
    expect(known.newIn(events)).to.deep.equal(expected);
    expect(known.newIn(events.toReversed())).to.deep.equal(expected);
    known.learn(expected);
    expect(known.newIn(events)).to.deep.equal([]);
  });

  it('take no more memory however many versions somebody makes up', () => {
    const known = new KnownReleases();
    for (let version = 0; version < 10_001; version += 1)
      known.learn([{ clientId: 'shop', version: String(version), firstSeen: START }]);
    expect(known.newIn([event('shop', '1'), event('shop', '10000')])).to.have.length(1);
  });
});
