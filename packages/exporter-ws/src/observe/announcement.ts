/** What a component is made of, as a check-up hears of it. */
export interface Announcement {
  readonly component: 'exporter' | 'processor' | 'sampler' | 'configuration' | 'httpServer';
  /** What the application gave to it, unchecked. */
  readonly given: unknown;
}

type Listener = (announcement: Announcement) => void;

/** One listener for both copies of this package. */
const LISTENER = Symbol.for('@cerberus-otel/announcements.v1');

/** Tells a check-up that runs in this process what a component is made of. Nobody else ever listens. */
export function announce(component: Announcement['component'], given: unknown): void {
  ((globalThis as Record<symbol, unknown>)[LISTENER] as Listener | undefined)?.({ component, given });
}

/** Hears of every component that is made from now on. */
export function hearAnnouncements(listener: Listener): void {
  (globalThis as Record<symbol, unknown>)[LISTENER] = listener;
}
