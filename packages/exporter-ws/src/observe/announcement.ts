/** What a component is made of, as a check-up hears of it. */
export interface Announcement {
  readonly component: 'exporter' | 'processor' | 'sampler' | 'configuration' | 'httpServer' | 'withoutSdk';
  /** What the application gave to it, unchecked. */
  readonly given: unknown;
}

type Listener = (announcement: Announcement) => void;

/** One listener for both copies of this package. */
const LISTENER = Symbol.for('@cerberus-otel/announcements.v1');

/** Whether a check-up listens in this process. */
export function isHeard(): boolean {
  return listener() !== undefined;
}

/** Tells a check-up that runs in this process what a component is made of. Nobody else ever listens. */
export function announce(component: Announcement['component'], given: unknown): void {
  listener()?.({ component, given });
}

/** Hears of every component that is made from now on. */
export function hearAnnouncements(hear: Listener): void {
  (globalThis as Record<symbol, unknown>)[LISTENER] = hear;
}

function listener(): Listener | undefined {
  return (globalThis as Record<symbol, unknown>)[LISTENER] as Listener | undefined;
}
