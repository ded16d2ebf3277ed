import { expect } from 'chai';

import type { CerberusEvent } from '../../../../dist/event/event.js';
import type { NewRelease, ReleasesQuery } from '../../../../dist/store/questions/release-list.js';
import type { Store } from '../../../../dist/store/store.js';
import { append, START } from '../../events/events.js';
import { at, HOUR, MINUTE, RANGE } from './asked-hour.js';

/** More than are remembered beside the table. */
const MANY = 10_001;

/** Releases that appeared, and those before them. */
export function releaseLists(store: () => Store): void {
  const put = (seq: number, ...events: readonly CerberusEvent[]): Promise<unknown> =>
    store().append(append({ seq, events }));
  const of = (release: string, minutes: number, clientId = 'shop'): CerberusEvent =>
    at(minutes, { release, clientId });
  const list = (query: Partial<ReleasesQuery> = {}): Promise<readonly NewRelease[]> =>
    store().analytics.releases({ ...RANGE, limit: 10, ...query });

  it('has those that appeared in the range, the newest first, each with the one of its application before it', async () => {
    await put(1, of('1.4.1', -90), of('1.4.2', 20), of('1.4.2', 10), of('7', 30, 'blog'));
    await put(2, of('1.4.1', 30), of('1.4.2', 5), of('1.4.3', 60));
    const before = { version: '1.4.1', firstSeen: START - 90 * MINUTE };
    const appeared = { clientId: 'shop', version: '1.4.2', firstSeen: START + 10 * MINUTE };
    expect(await list()).to.deep.equal([
      { clientId: 'blog', version: '7', firstSeen: START + 30 * MINUTE, previous: null },
      { ...appeared, previous: before },
    ]);
    expect((await list({ clientId: 'shop' })).map(({ version }) => version)).to.deep.equal(['1.4.2']);
    expect((await list({ limit: 1 })).map(({ version }) => version)).to.deep.equal(['7']);
    const [one] = await list({ clientId: 'shop', version: '1.4.2', since: 0 });
    expect(one, 'one that is asked for by its name').to.deep.equal({ ...appeared, previous: before });
    expect(await list({ version: '1.4.1' }), 'which appeared before the range').to.deep.equal([]);
    const later = await list({ since: START + HOUR, until: START + 2 * HOUR });
    expect(later.map(({ version, previous }) => [version, previous?.version])).to.deep.equal([
      ['1.4.3', '1.4.2'],
    ]);
  });

  it('has one once, as it appeared first, however many others have come since', async () => {
    await put(1, of('1.4.1', 10));
    await put(2, ...Array.from({ length: MANY }, (_, n) => of(`build-${n}`, 20, 'blog')));
    await put(3, of('1.4.1', 30));
    const appeared = { clientId: 'shop', version: '1.4.1', previous: null };
    expect(await list({ clientId: 'shop' })).to.deep.equal([{ ...appeared, firstSeen: START + 10 * MINUTE }]);
    await put(4, ...Array.from({ length: MANY }, (_, n) => of(`build-${n}`, 20, 'blog')));
    await put(5, of('1.4.1', 5));
    expect(await list({ clientId: 'shop' })).to.deep.equal([{ ...appeared, firstSeen: START + 5 * MINUTE }]);
  });
}
