import type { Reporter } from './reporter.ts';

/**
 * With `CERBERUS_DEBUG`, one line per event that says what became of it: method, endpoint and status, never an
 * address, a metric or a credential.
 */
export function traceEvents(
  reporter: Reporter,
  fate: 'queued' | 'sent' | 'acknowledged' | 'rejected',
  texts: () => readonly string[],
): void {
  if (!reporter.debugging) return;
  for (const text of texts()) {
    const json = JSON.parse(text) as Readonly<Record<string, unknown>>;
    reporter.debug(
      `${String(json['method'])} ${String(json['endpoint'])} ${String(json['status_code'])} ${fate}`,
    );
  }
}
