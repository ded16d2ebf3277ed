import { CerberusWsExporter, type CerberusWsExporterOptions } from '../../dist/esm/index.js';
import type { ExporterStats } from '../../dist/esm/index.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';

export const TOKEN = 'canary-token-5e1f';

/** Short times, so that faults heal within a test; `options` win. */
export const QUICK: CerberusWsExporterOptions = {
  token: TOKEN,
  clientId: 'shop',
  flushIntervalMillis: 10,
  initialBackoffMillis: 20,
  maxBackoffMillis: 100,
  connectTimeoutMillis: 500,
  ackTimeoutMillis: 400,
  pingIntervalMillis: 200,
  pingTimeoutMillis: 200,
  forceFlushTimeoutMillis: 8_000,
  shutdownTimeoutMillis: 300,
};

const open = new Set<CerberusWsExporter>();

/** An exporter that is shut down after the test, or by `closeExporters`. Reads nothing from the environment. */
export function quickExporter(wsUrl: string, options: CerberusWsExporterOptions = {}): CerberusWsExporter {
  const exporter = new CerberusWsExporter(
    { ...QUICK, wsUrl, ...options },
    { env: { CERBERUS_WARNINGS: 'false' } },
  );
  open.add(exporter);
  afterTest(closeExporters);
  return exporter;
}

export async function closeExporters(): Promise<void> {
  await Promise.all([...open].map((exporter) => exporter.shutdown()));
  open.clear();
}

/** `accepted - (acked + rejected + dropped + queued + inFlight + spooled)`: zero at every instant. */
export function imbalance(stats: ExporterStats): number {
  const dropped = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0);
  const { accepted, acked, rejected, queued, inFlight, spooled } = stats;
  return accepted - (acked + rejected + dropped + queued + inFlight + spooled.events);
}
