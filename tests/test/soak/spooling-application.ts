// An application with a spool, in a process of its own, so that it can be killed. Counts its events by the path, and writes into a
// journal what it had exported and what its books said, at each turn, so that it is known after its death. A SIGTERM ends
// its traffic; it leaves when everything is acknowledged.
import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
import { openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { imbalance } from '../../../packages/exporter-ws/test-dist/support/exporters.js';
import { requestSpan } from './request-span.js';
import type { LifeSettings } from './lives.js';

const settings = JSON.parse(process.argv[2] ?? '') as LifeSettings;
const journal = openSync(settings.journal, 'a');
const exporter = new CerberusWsExporter({
  wsUrl: settings.wsUrl,
  token: settings.token,
  clientId: settings.clientId,
  protocol: settings.protocol,
  spoolDir: settings.spoolDir,
  maxQueueEvents: settings.maxQueueEvents,
  ackTimeoutMillis: 30_000,
  connectTimeoutMillis: 2_000,
  initialBackoffMillis: 50,
  maxBackoffMillis: 500,
});
const ending = new AbortController();
process.on('SIGTERM', () => ending.abort());

const started = performance.now();
let exported = 0;
let failed = 0;
function note(): void {
  const stats = exporter.stats();
  const line = {
    at: Date.now(),
    exported,
    failed,
    imbalance: imbalance(stats),
    spooled: stats.spooled.events,
    lost: stats.dropped.spool_lost,
    rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
  };
  writeSync(journal, `${JSON.stringify(line)}\n`);
}
while (!ending.signal.aborted) {
  const due = Math.floor(((performance.now() - started) / 1e3) * settings.spansPerSecond);
  for (; exported < due; exported += 1)
    exporter.export([requestSpan(`${settings.name}-${exported}`)], ({ code }) => void (failed += code));
  note();
  await sleep(10);
}
for (;;) {
  await exporter.forceFlush().catch(() => undefined);
  note();
  const { accepted, acked, dropped } = exporter.stats();
  if (acked + dropped.spool_lost >= accepted) break;
}
await exporter.shutdown();
