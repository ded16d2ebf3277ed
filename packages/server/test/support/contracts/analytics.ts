import type { Store } from '../../../dist/store/store.js';
import { overviews } from './analytics/overview.js';
import { endpointLists } from './analytics/endpoints.js';
import { errorLists } from './analytics/errors.js';
import { latencies } from './analytics/latencies.js';
import { clientLists } from './analytics/clients.js';
import { consumerLists } from './analytics/consumers.js';
import { valueLists } from './analytics/values.js';
import { releaseLists } from './analytics/releases.js';
import { customMetrics } from './analytics/metrics.js';
import { producerLists } from './analytics/producers.js';
import { searches } from './analytics/searches.js';

/** What every store answers to the questions of the page, for ranges of up to a day. */
export function describeAnalytics(name: string, open: () => Promise<Store>): void {
  describe(`${name}: the contract of analytics`, () => {
    let store: Store;

    beforeEach(async () => {
      store = await open();
    });

    afterEach(async () => {
      await store.close();
    });

    describe('an overview', () => overviews(() => store));
    describe('a list of endpoints', () => endpointLists(() => store));
    describe('a list of errors', () => errorLists(() => store));
    describe('latencies over time', () => latencies(() => store));
    describe('a list of clients', () => clientLists(() => store));
    describe('a list of consumers', () => consumerLists(() => store));
    describe('a list of values', () => valueLists(() => store));
    describe('a list of releases', () => releaseLists(() => store));
    describe('custom metrics', () => customMetrics(() => store));
    describe('producers', () => producerLists(() => store));
    describe('a search', () => searches(() => store));
  });
}
