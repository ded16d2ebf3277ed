import type { Store } from '../../../dist/store/store.js';
import { appends } from './store/appends.js';
import { claims } from './store/claims.js';
import { producers } from './store/producers.js';
import { forgetting } from './store/forgetting.js';
import { notifications } from './store/notifications.js';
import { pages } from './store/pages.js';
import { summaries } from './store/summaries.js';
import { documents } from './store/documents.js';
import { closing } from './store/closing.js';

/** What every store keeps, whatever it is made of. */
export function describeStore(name: string, open: () => Promise<Store>): void {
  describe(`${name}: the contract of stores`, () => {
    let store: Store;

    beforeEach(async () => {
      store = await open();
    });

    afterEach(async () => {
      await store.close();
    });

    appends(() => store);
    claims(() => store);
    producers(() => store);
    forgetting(() => store);
    notifications(() => store);
    pages(() => store);
    summaries(() => store);
    documents(() => store.documents);
    closing(() => store);
  });
}
