import type { Reporter } from './reporter.ts';
import type { EventBytes } from './sending-queue.ts';

/**
 * With `CERBERUS_DEBUG`, one line per event that says what became of it: method, endpoint and status, never an
 * address, a metric or a credential.
 */
export function traceEvents(
  reporter: Reporter,
  fate: 'queued' | 'sent' | 'acknowledged' | 'rejected',
  events: readonly EventBytes[],
): void {
  if (!reporter.debugging) return;
  for (const event of events) {
    const json = JSON.parse(event.toString()) as Readonly<Record<string, unknown>>;
    reporter.debug(
      `${String(json['method'])} ${String(json['endpoint'])} ${String(json['status_code'])} ${fate}`,
    );
  }
}
