import { expect } from 'chai';

import type { Store } from '../../../../dist/store/store.js';
import { append, storeEvent } from '../../events/events.js';

/** What becomes of what was appended when a store is closed. */
export function closing(store: () => Store): void {
  it('stores what was appended before it was closed, and refuses what comes later', async () => {
    const appended = store().append(append());
    const closed = store().close();
    expect((await appended).status).to.equal('stored');
    await closed;
    const refused = await store()
      .append(append({ seq: 2 }))
      .catch((error: unknown) => error);
    expect(refused).to.have.property('code', 'STORE_CLOSED');
  });

  it('closes twice like once', async () => {
    await Promise.all([store().close(), store().close()]);
    await store().close();
  });

  it('knows what waits for its commit', async () => {
    const appended = Promise.all([
      store().append(append({ bytes: 30, events: [storeEvent(), storeEvent()] })),
      store().append(append({ seq: 2, bytes: 12 })),
    ]);
    expect(store().pending()).to.deep.equal({ appends: 2, events: 3, bytes: 42 });
    await appended;
    expect(store().pending()).to.deep.equal({ appends: 0, events: 0, bytes: 0 });
  });
}
