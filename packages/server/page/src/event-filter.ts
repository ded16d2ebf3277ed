import type { StoredEvent } from './answers/events.ts';

/**
 * Whether an event has every word of a filter somewhere in what it says: method, path, route, status, outcome, client,
 * trace, metrics. `4xx` means a class of statuses. Case does not matter.
 */
export function matchesFilter(event: StoredEvent, filter: string): boolean {
  const text = textOf(event);
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => isStatusClass(word, event.status_code) || text.includes(word));
}

function isStatusClass(word: string, status: number | undefined): boolean {
  return /^[1-5]xx$/.test(word) && String(status).startsWith(word.charAt(0));
}

function textOf(event: StoredEvent): string {
  const parts = [
    event.method,
    event.endpoint,
    event.route,
    event.status_code,
    event.outcome,
    event.client_id,
    event.source_ip,
    event.user_id,
    event.trace_id,
    JSON.stringify(event.custom_data),
  ];
  return parts.join(' ').toLowerCase();
}
