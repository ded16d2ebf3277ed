import { expect } from 'chai';

import type { Store } from '../../../../dist/store/store.js';
import { append, HASH, START } from '../../events/events.js';
import { at, MINUTE, OTHER_HASH, RANGE } from './asked-hour.js';

/** The busiest pseudonyms, and a search for them. */
export function clientLists(store: () => Store): void {
  it('lists the clients with the most requests, without those that are not known', async () => {
    await store().append(
      append({
        events: [
          at(1, { sourceIp: OTHER_HASH }),
          at(2, { sourceIp: OTHER_HASH, outcome: 'error' }),
          at(3),
          at(4, { sourceIp: null }),
          at(61, { sourceIp: OTHER_HASH }),
        ],
      }),
    );
    const busiest = {
      sourceIp: OTHER_HASH,
      requests: 2,
      errors: 1,
      lastSeen: START + 2 * MINUTE,
    };
    const clients = await store().analytics.clients({ ...RANGE, limit: 10 });
    expect(clients).to.deep.equal([
      busiest,
      { sourceIp: HASH, requests: 1, errors: 0, lastSeen: START + 3 * MINUTE },
    ]);
    expect(await store().analytics.clients({ ...RANGE, limit: 1 })).to.deep.equal([busiest]);
  });

  it('finds clients by the first digits of their pseudonyms, by one as by all of them', async () => {
    const [low, high] = ['7'.repeat(64), '8'.repeat(64)];
    // The same key of 64 bits, but for its last digit.
    const near = `${'7'.repeat(15)}6${'f'.repeat(48)}`;
    const known = ['0'.repeat(64), low, low, low, near, high, high, 'f'.repeat(64), null];
    await store().append(append({ events: known.map((sourceIp, minute) => at(minute, { sourceIp })) }));
    const found = async (prefix: string, limit = 10): Promise<unknown> =>
      (await store().analytics.clients({ ...RANGE, prefix, limit })).map(({ sourceIp, requests }) => [
        sourceIp,
        requests,
      ]);
    for (const digits of [1, 15]) {
      expect(await found(low.slice(0, digits)), `${digits}`).to.deep.equal([
        [low, 3],
        [near, 1],
      ]);
      expect(await found(low.slice(0, digits), 1), `${digits}`).to.deep.equal([[low, 3]]);
    }
    for (const digits of [16, 17, 63, 64])
      for (const [pseudonym, requests] of [[low, 3] as const, [near, 1] as const])
        expect(await found(pseudonym.slice(0, digits)), `${digits}`).to.deep.equal([[pseudonym, requests]]);
    for (const pseudonym of ['0'.repeat(64), 'f'.repeat(64)])
      for (const digits of [1, 16, 64])
        expect(await found(pseudonym.slice(0, digits)), `${digits}`).to.deep.equal([[pseudonym, 1]]);
    expect(await found('8', 1), 'the busiest of those that are meant').to.deep.equal([[high, 2]]);
    // Where keys end, the rest of the pseudonym counts all the same.
    for (const prefix of ['9', `${low.slice(0, 16)}8`, `${low.slice(0, 63)}8`])
      expect(await found(prefix), prefix).to.deep.equal([]);
  });
}
