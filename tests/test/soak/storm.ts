import type { CerberusWsExporter, FinishedSpan } from '@cerberus-otel/exporter-ws';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultProxy } from '../../../packages/exporter-ws/test-dist/support/fault-proxy.js';
import { imbalance } from '../../../packages/exporter-ws/test-dist/support/exporters.js';
import type { ServerProcess } from '../support/server-process.js';

/** What a storm left behind. */
export interface StormReport {
  readonly seconds: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly accepted: number;
  readonly acked: number;
  readonly refused: number;
  /** Milliseconds from the end of a fault until all that had been accepted by then was acknowledged. */
  readonly healMillis: readonly number[];
  /** Resident memory of the exporting process, MiB, once a second. */
  readonly rssMiB: readonly number[];
  /** Open sockets of the exporting process, most seen between faults. */
  readonly sockets: number;
  /** True when the books were balanced at every sample. */
  readonly balanced: boolean;
}

export interface StormSettings {
  readonly seconds: number;
  readonly spansPerSecond: number;
  /** Milliseconds from one fault to the next. */
  readonly faultEveryMillis: number;
  /** The server is killed with SIGKILL at most so often. */
  readonly kills: number;
}

const LINK_FAULTS = ['reset', 'end', 'blackhole', 'drop-down', 'stall', 'refuse'] as const;

function span(index: number): FinishedSpan {
  return {
    kind: 1,
    attributes: {
      'http.request.method': 'GET',
      'url.path': `/${index}`,
      'http.route': '/:id',
      'http.response.status_code': 200,
      'cerberus.outcome': 'completed',
      'cerberus.source_ip': index.toString(16).padStart(64, '0'),
      'cerberus.metric.items': index % 10,
    },
    startTime: [Math.floor(Date.now() / 1e3), 0],
    duration: [0, 1_000_000],
    status: { code: 0 },
    spanContext: () => ({
      traceId: 'c'.repeat(32),
      spanId: index.toString(16).padStart(16, '0'),
      traceFlags: 1,
    }),
  };
}

/** Exports at a steady rate through a link that breaks again and again, and watches. Ends with every fault healed. */
export async function storm(
  exporter: CerberusWsExporter,
  server: ServerProcess,
  proxy: FaultProxy,
  settings: StormSettings,
): Promise<StormReport> {
  const faults: Record<string, number> = {};
  const healMillis: number[] = [];
  const rssMiB: number[] = [];
  let balanced = true;
  let sockets = 0;
  let exported = 0;
  const ending = new AbortController();

  const load = async (): Promise<void> => {
    const started = performance.now();
    while (!ending.signal.aborted) {
      const due = Math.floor(((performance.now() - started) / 1e3) * settings.spansPerSecond) - exported;
      exporter.export(
        Array.from({ length: due }, (_, index) => span(exported + index)),
        () => undefined,
      );
      exported += due;
      balanced &&= imbalance(exporter.stats()) === 0;
      await sleep(10);
    }
  };
  const watch = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      rssMiB.push(Math.round(process.memoryUsage().rss / 1024 / 102.4) / 10);
      await sleep(1_000);
    }
  };

  async function break_(kind: (typeof LINK_FAULTS)[number] | 'kill'): Promise<void> {
    faults[kind] = (faults[kind] ?? 0) + 1;
    if (kind === 'kill') await server.killAndRestart();
    else if (kind === 'reset') proxy.reset();
    else if (kind === 'end') proxy.end();
    else if (kind === 'refuse') proxy.refuse(true);
    else proxy.set(kind);
    await sleep(Math.min(700, settings.faultEveryMillis / 3));
    proxy.refuse(false);
    proxy.set('pass');
  }
  async function healed(): Promise<void> {
    const started = performance.now();
    const { accepted } = exporter.stats();
    while (exporter.stats().acked < accepted && performance.now() - started < 60_000) await sleep(5);
    healMillis.push(Math.round(performance.now() - started));
    sockets = Math.max(
      sockets,
      process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length,
    );
  }

  const background = Promise.all([load(), watch()]);
  const started = performance.now();
  for (let index = 0; performance.now() - started < settings.seconds * 1e3; index += 1) {
    const round = performance.now();
    const kill = index % 3 === 2 && (faults['kill'] ?? 0) < settings.kills;
    await break_(kill ? 'kill' : (LINK_FAULTS[Math.floor(Math.random() * LINK_FAULTS.length)] ?? 'reset'));
    await healed();
    await sleep(Math.max(0, settings.faultEveryMillis - (performance.now() - round)));
  }
  ending.abort();
  await background;
  await exporter.forceFlush();
  const { accepted, acked, refused } = exporter.stats();
  return {
    seconds: Math.round((performance.now() - started) / 1e3),
    faults,
    accepted,
    acked,
    refused: refused.queue_full,
    healMillis,
    rssMiB,
    sockets,
    balanced,
  };
}
