import type { SpanExporterLike } from '../sdk/sdk-types.ts';

/** What an exporter says of its work, as in `CerberusWsExporter.stats()`. */
export interface Delivery {
  readonly accepted: number;
  readonly acked: number;
  readonly state: string;
  readonly lastFailure: string | null;
}

/** @returns undefined for an exporter that says nothing of the kind */
export function deliveryOf(exporter: SpanExporterLike | undefined): Delivery | undefined {
  if (exporter === undefined || !('stats' in exporter) || typeof exporter.stats !== 'function')
    return undefined;
  const stats: unknown = exporter.stats();
  return isDelivery(stats) ? stats : undefined;
}

function isDelivery(stats: unknown): stats is Delivery {
  if (typeof stats !== 'object' || stats === null) return false;
  const { accepted, acked, state, lastFailure } = stats as Record<string, unknown>;
  const counts = typeof accepted === 'number' && typeof acked === 'number';
  return counts && typeof state === 'string' && (lastFailure === null || typeof lastFailure === 'string');
}
