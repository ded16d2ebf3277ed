import type { CerberusEvent } from '../event/cerberus-event.ts';
import type { Reporter } from './reporter.ts';

/**
 * With `CERBERUS_DEBUG`, one line per event that says what became of it: method, endpoint and status, never an
 * address, a metric or a credential.
 */
export function traceEvents(
  reporter: Reporter,
  fate: 'sent' | 'acknowledged' | 'rejected' | 'given up',
  texts: () => readonly string[],
): void {
  if (!reporter.debugging) return;
  for (const text of texts()) {
    const json = JSON.parse(text) as Readonly<Record<string, unknown>>;
    trace(reporter, [json['method'], json['endpoint'], json['status_code'], fate]);
  }
}

/** As `traceEvents`, for an event that was queued. */
export function traceQueued(reporter: Reporter, event: CerberusEvent): void {
  if (reporter.debugging) trace(reporter, [event.method, event.endpoint, event.statusCode, 'queued']);
}

function trace(reporter: Reporter, words: readonly unknown[]): void {
  reporter.debug(words.map(String).join(' '));
}
