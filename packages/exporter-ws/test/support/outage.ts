import type { ExporterStats } from '../../dist/esm/index.js';
import { runScript, SPAN_SOURCE } from './child.js';

/** What an application saw during an outage of its backend. */
export interface Outage {
  /** Resident memory in MiB after garbage collection, twice a second, once the queue was full. */
  readonly rssMiB: readonly number[];
  /** The same in use by JavaScript and its buffers: heap and external memory. */
  readonly usedMiB: readonly number[];
  readonly stats: ExporterStats;
  /** Lines about the queue: entering and leaving the full state. */
  readonly messages: readonly string[];
}

/** Exports `spansPerSecond` for `seconds` to `url` in a process of its own and watches its memory. */
export async function runOutage(url: string, seconds: number, spansPerSecond = 5_000): Promise<Outage> {
  const exit = await runScript(
    `${SPAN_SOURCE}
    import { diag, DiagLogLevel } from '@opentelemetry/api';
    const messages = [];
    const note = (...parts) => { if (parts.join(' ').includes('queue')) messages.push(parts.slice(1).join(' ')); };
    diag.setLogger({ error: note, warn: note, info() {}, debug() {}, verbose() {} }, { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true });
    const e = new CerberusWsExporter({ wsUrl: '${url}', token: 't', clientId: 'c', protocol: 'event', ackTimeoutMillis: 1_000, initialBackoffMillis: 50, maxBackoffMillis: 500, shutdownTimeoutMillis: 100 });
    const rssMiB = [], usedMiB = [];
    const mebibytes = (bytes) => Math.round(bytes / 104857.6) / 10;
    const end = performance.now() + ${seconds} * 1000;
    let id = 0, lastSample = 0;
    while (performance.now() < end) {
      e.export(Array.from({ length: ${Math.round(spansPerSecond / 100)} }, () => span(id += 1)), () => {});
      if (performance.now() - lastSample > 500 && e.stats().refused.queue_full > 0) {
        lastSample = performance.now();
        gc();
        const { rss, heapUsed, external } = process.memoryUsage();
        rssMiB.push(mebibytes(rss));
        usedMiB.push(mebibytes(heapUsed + external));
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const stats = e.stats();
    await e.shutdown();
    console.log(JSON.stringify({ rssMiB, usedMiB, stats, messages }));`,
    { CERBERUS_WARNINGS: 'false' },
    seconds * 1000 + 20_000,
    ['--expose-gc'],
  );
  if (exit.code !== 0) throw new Error(`the application failed: ${exit.stderr}`);
  return JSON.parse(exit.stdout) as Outage;
}

/** Growth of a series from its first to its last quarter, as medians. */
export function growth(series: readonly number[]): number {
  const quarter = Math.max(1, series.length >> 2);
  const median = (part: readonly number[]): number => part.toSorted((a, b) => a - b)[part.length >> 1] ?? 0;
  return median(series.slice(-quarter)) - median(series.slice(0, quarter));
}
