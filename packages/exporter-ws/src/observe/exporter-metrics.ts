import type { Reading, SelfMetric } from './self-telemetry.ts';
import type { ExporterStats } from './stats.ts';

/** `stats()` of an exporter as metrics: those of the semantic conventions for OpenTelemetry SDKs, and for a spool our own. */
export function exporterMetrics(stats: () => ExporterStats, hasSpool: boolean): readonly SelfMetric[] {
  return [...spanMetrics(stats), ...(hasSpool ? spoolMetrics(stats) : [])];
}

function spanMetrics(stats: () => ExporterStats): readonly SelfMetric[] {
  return [
    {
      name: 'otel.sdk.exporter.span.exported',
      description: 'Spans that the backend stored, and those that failed, by reason',
      kind: 'counter',
      read() {
        const { acked, rejected, refused, dropped } = stats();
        const failures: [string, number][] = [...Object.entries(refused), ...Object.entries(dropped)];
        return [[acked], ...failed([['rejected', rejected], ...failures])];
      },
    },
    {
      name: 'otel.sdk.exporter.span.inflight',
      description: 'Spans that are queued or sent, and not stored yet',
      kind: 'upDownCounter',
      read() {
        const { queued, inFlight } = stats();
        return [[queued + inFlight]];
      },
    },
  ];
}

function spoolMetrics(stats: () => ExporterStats): readonly SelfMetric[] {
  return [
    {
      name: 'cerberus.exporter.spool.size',
      description: 'Events that are on disk and not read back',
      kind: 'upDownCounter',
      read: () => [[stats().spooled.events]],
    },
    {
      name: 'cerberus.exporter.spool.bytes',
      description: 'Bytes of the spool on disk',
      kind: 'upDownCounter',
      unit: 'By',
      read: () => [[stats().spooled.bytes]],
    },
  ];
}

/** A reason is shown once it has occurred. */
function failed(reasons: readonly (readonly [reason: string, count: number])[]): Reading[] {
  return reasons.flatMap(([reason, count]): Reading[] => (count > 0 ? [[count, reason]] : []));
}
