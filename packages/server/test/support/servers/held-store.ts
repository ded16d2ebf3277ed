import { ControlledStore } from './controlled-store.js';

/** A store that answers the question of an overview when it is told to. */
export function heldStore(): { store: ControlledStore; asked: Promise<void>; release: () => void } {
  const store = new ControlledStore();
  const { analytics } = store;
  let release = (): void => undefined;
  let tell = (): void => undefined;
  const asked = new Promise<void>((resolve) => (tell = resolve));
  const released = new Promise<void>((resolve) => (release = resolve));
  const held: typeof analytics = Object.assign(Object.create(analytics) as typeof analytics, {
    overview: async (query: Parameters<typeof analytics.overview>[0]) => {
      tell();
      await released;
      return analytics.overview(query);
    },
  });
  Object.defineProperty(store, 'analytics', { value: held });
  return { store, asked, release: () => release() };
}
