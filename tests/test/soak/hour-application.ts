// An application that fills its spool as fast as that accepts while its backend is away; told `drain`, it goes on with
// some traffic until nothing is left on disk. Both times it sends its parent what it measured.
import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { imbalance } from '../../../packages/exporter-ws/test-dist/support/exporters.js';
import type { DrainedHour, HourSettings, SpooledHour } from './spooled-hour.js';
import { requestSpan } from './request-span.js';

const SPANS_PER_CALL = 100;
/** By then what is allocated once is allocated. */
const WARM_EVENTS = 0.1;

const { wsUrl, token, spoolDir, events, trafficPerSecond } = JSON.parse(
  process.argv[2] ?? '',
) as HourSettings;
const exporter = new CerberusWsExporter({
  wsUrl,
  token,
  clientId: 'hour',
  protocol: 'batch',
  spoolDir,
  initialBackoffMillis: 50,
  maxBackoffMillis: 500,
  forceFlushTimeoutMillis: 60_000,
});
let balanced = true;
let exported = 0;
let accepted = 0;
let peakMiB = 0;
const rssMiB = (): number => Math.round(process.memoryUsage.rss() / 2 ** 20);

/** Exports each of `count` once; `accepted` says how many were taken. */
function exportSome(count: number): void {
  exporter.export(
    Array.from({ length: count }, (_, index) => requestSpan(String(exported + index))),
    () => undefined,
  );
  exported += count;
  ({ accepted } = exporter.stats());
  balanced &&= imbalance(exporter.stats()) === 0;
  peakMiB = Math.max(peakMiB, rssMiB());
}

async function fill(): Promise<SpooledHour> {
  const started = performance.now();
  let warmMiB: number | undefined;
  let refusedBefore = 0;
  while (accepted < events) {
    exportSome(Math.min(SPANS_PER_CALL, events - accepted));
    if (accepted >= events * WARM_EVENTS) warmMiB ??= rssMiB();
    // What the disk does not take yet is refused: an application as fast as that waits.
    const refused = exporter.stats().refused.queue_full;
    await (refused > refusedBefore ? sleep(5) : new Promise(setImmediate));
    refusedBefore = refused;
  }
  const seconds = (performance.now() - started) / 1e3;
  // Until what was accepted is written, so that its bytes are those on disk.
  await sleep(3_000);
  const { spooled, refused } = exporter.stats();
  return {
    seconds,
    accepted,
    spooled,
    refused: refused.queue_full,
    warmMiB: warmMiB ?? 0,
    rssMiB: rssMiB(),
    peakMiB,
    balanced,
  };
}

async function drain(): Promise<DrainedHour> {
  while (exporter.stats().acked === 0) await sleep(5);
  const started = performance.now();
  const first = exporter.stats();
  const before = exported;
  const cpu = process.cpuUsage();
  peakMiB = 0;
  while (exporter.stats().spooled.events > 0) {
    const due = Math.floor(((performance.now() - started) / 1e3) * trafficPerSecond);
    exportSome(Math.max(0, before + due - exported));
    await sleep(10);
  }
  const seconds = (performance.now() - started) / 1e3;
  const { user, system } = process.cpuUsage(cpu);
  const cpuSeconds = (user + system) / 1e6;
  const acked = exporter.stats().acked - first.acked;
  const during = exported - before;
  await exporter.forceFlush();
  const last = exporter.stats();
  await exporter.shutdown();
  return {
    seconds,
    acked,
    during,
    accepted: last.accepted,
    ackedAtEnd: last.acked,
    cpuSeconds,
    peakMiB,
    balanced,
  };
}

process.send?.(await fill());
await once(process, 'message');
process.send?.(await drain());
process.disconnect();
