import type { PendingLoad } from '../store/store.ts';

/** Most that may wait for its commit before clients are told to wait. */
export interface PendingLimits {
  readonly maxPendingBytes: number;
  readonly maxPendingEvents: number;
}

/** Whether the store is too far behind to take more. */
export function isOverloaded(load: PendingLoad, limits: PendingLimits): boolean {
  return load.bytes >= limits.maxPendingBytes || load.events >= limits.maxPendingEvents;
}
