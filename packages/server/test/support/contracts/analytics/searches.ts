import { expect } from 'chai';

import type { Store } from '../../../../dist/store/store.js';
import { append, producerRef } from '../../events/events.js';
import { at, RANGE } from './asked-hour.js';

/** What is searched for, in any case; `'É'` of `'é'` too, and alike in every database, whatever it knows of letters. */
const FOUND: Readonly<Record<string, boolean>> = {
  CAFÉ: true,
  café: true,
  'é_Σ%ÅΣ': true,
  'É_σ%åς': true,
  // Not one letter for one.
  STRASSE: false,
  straße: true,
  istanbul: false,
  'İstanbul \\': true,
  cafe: false,
  'é%': false,
  "é'": false,
};
const NAME = `/café_Σ%åς/Straße/İstanbul \\`;

/** All lists that can be searched. */
export function searches(store: () => Store): void {
  beforeEach(async () => {
    const named = { endpoint: NAME, route: NAME, consumerLabel: NAME };
    const events = [at(1, { ...named, customData: JSON.stringify({ [NAME]: 1 }) }), at(2)];
    await store().append(append({ events, producer: producerRef({ agent: NAME }) }));
  });

  for (const [search, isFound] of Object.entries(FOUND)) {
    it(`${isFound ? 'finds' : 'does not find'} ${search} in ${NAME}, wherever one can search`, async () => {
      const { analytics } = store();
      const found = {
        endpoints: (await analytics.endpoints({ ...RANGE, search, limit: 5, order: 'requests' })).total,
        metrics: (await analytics.metrics({ ...RANGE, search, limit: 5 })).total,
        values: (await analytics.values({ ...RANGE, search, limit: 5, of: 'endpoint' })).values.length,
        consumers: (
          await analytics.consumers({ ...RANGE, search, limit: 5, by: 'consumer', order: 'requests' })
        ).total,
        producers: (await analytics.producers({ search, limit: 5, first: [] })).total,
        applications: (await analytics.applications({ search, limit: 5, first: [] })).total,
        events: (await store().events({ ...RANGE, endpointPart: search, limit: 5 })).length,
      };
      expect(found).to.deep.equal(
        Object.fromEntries(Object.keys(found).map((list) => [list, isFound ? 1 : 0])),
      );
    });
  }
}
