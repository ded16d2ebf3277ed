import type { StoredEvent } from './answers/events.ts';
import { matchesFilter } from './event-filter.ts';

/** An event with a number that no other one has. */
export interface LiveEvent {
  readonly key: number;
  readonly event: StoredEvent;
}

/** What the live view shows. */
export interface LiveList {
  /** Newest first. */
  readonly events: readonly LiveEvent[];
  /** Came while the list stood still. */
  readonly waiting: readonly LiveEvent[];
  /** Were not sent, or fell off the end of what waits: the server or the reader was too busy. */
  readonly missed: number;
}

export const EMPTY_LIST: LiveList = { events: [], waiting: [], missed: 0 };

/** Most events that are kept. */
export const MAX_KEPT = 500;

/**
 * Takes new events, in the order in which they were stored. A paused list keeps them aside.
 *
 * @param fallen - how many came before them, and are not there any more
 */
export function withEvents(
  list: LiveList,
  arrived: readonly LiveEvent[],
  isPaused: boolean,
  fallen = 0,
): LiveList {
  const newest = arrived.toReversed();
  if (!isPaused) return { ...list, events: [...newest, ...list.events].slice(0, MAX_KEPT) };
  const waiting = [...newest, ...list.waiting];
  const lost = fallen + Math.max(0, waiting.length - MAX_KEPT);
  return { ...list, waiting: waiting.slice(0, MAX_KEPT), missed: list.missed + lost };
}

/**
 * Begins anew with what is stored, the newest first, as after a connection that was lost. What was shown before is what it was: it stays open, and
 * keeps the focus. A list that stands still keeps what it shows, and what it does not have waits.
 */
export function reloaded(list: LiveList, stored: readonly LiveEvent[], isPaused: boolean): LiveList {
  if (!isPaused) {
    const known = new Map(list.events.map((each) => [JSON.stringify(each.event), each]));
    return { ...EMPTY_LIST, events: stored.map((each) => known.get(JSON.stringify(each.event)) ?? each) };
  }
  return withEvents(list, without([...list.waiting, ...list.events], stored).toReversed(), true);
}

/** Those that are not among others. */
export function without(others: readonly LiveEvent[], events: readonly LiveEvent[]): readonly LiveEvent[] {
  const known = new Set(others.map(({ event }) => JSON.stringify(event)));
  return events.filter(({ event }) => !known.has(JSON.stringify(event)));
}

/** Goes on after a pause. */
export function resumed(list: LiveList): LiveList {
  return { ...list, events: [...list.waiting, ...list.events].slice(0, MAX_KEPT), waiting: [] };
}

/** What a filter leaves of it. */
export function filtered(list: LiveList, filter: string): readonly LiveEvent[] {
  return filter.trim() === '' ? list.events : list.events.filter(({ event }) => matchesFilter(event, filter));
}
