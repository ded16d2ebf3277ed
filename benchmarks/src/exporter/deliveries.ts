import { setImmediate } from 'node:timers/promises';
import {
  CerberusWsExporter,
  type CerberusWsExporterOptions,
  type FinishedSpan,
} from '../../../packages/exporter-ws/dist/esm/index.js';
import { otlpExporter, zipkinExporter, type SpanExporter } from '../harness/otel.ts';
import { startOneAtATime } from './one-at-a-time.ts';
import type { Deliver, ExporterName } from './names.ts';

/** For all exporters alike: enough that the network is never idle, where a BatchSpanProcessor waits for each export. */
const MAX_EXPORTS_AT_ONCE = 8;

const OTHERS = {
  'otlp-proto': (port: number) => otlpExporter('otlp-proto', port),
  'otlp-proto-gzip': (port: number) => otlpExporter('otlp-proto', port, { compression: 'gzip' }),
  'otlp-json': (port: number) => otlpExporter('otlp-json', port),
  'otlp-grpc': (port: number) => otlpExporter('otlp-grpc', port),
  zipkin: zipkinExporter,
} as const;

const OURS = {
  'cerberus-batch': { protocol: 'batch' },
  'cerberus-batch-gzip': { protocol: 'batch', compression: 'gzip' },
  'cerberus-event': { protocol: 'event' },
  'cerberus-event-no-acks': { protocol: 'event', acks: 'none' },
} as const satisfies Record<string, CerberusWsExporterOptions>;

/** The way in which an exporter gets spans to a sink on `port`. */
export async function deliveryOf(name: ExporterName, port: number): Promise<Deliver> {
  if (name === 'one-at-a-time') return startOneAtATime(port);
  if (name in OURS) return throughOurs(port, OURS[name as keyof typeof OURS]);
  return throughCallback(OTHERS[name as keyof typeof OTHERS](port));
}

function throughOurs(port: number, options: CerberusWsExporterOptions): Deliver {
  const exporter = new CerberusWsExporter({
    wsUrl: `ws://127.0.0.1:${port}/ws/events`,
    token: 'sk-benchmark',
    clientId: 'benchmark',
    ...options,
  });
  // It calls back when it has taken responsibility; a flush tells when the other side has answered.
  return fewAtOnce((batch) => {
    exporter.export(batch, mustSucceed);
    return exporter.forceFlush();
  });
}

/** For exporters that call back when the other side has answered. */
function throughCallback(exporter: SpanExporter): Deliver {
  return fewAtOnce(
    (batch) =>
      new Promise((resolve) => {
        exporter.export(batch, (result) => {
          mustSucceed(result);
          resolve();
        });
      }),
  );
}

/** @param deliverOne resolves when the other side has answered */
function fewAtOnce(deliverOne: (batch: readonly FinishedSpan[]) => Promise<void>): Deliver {
  return async (batches) => {
    const pending = new Set<Promise<void>>();
    for (const batch of batches) {
      const answered = deliverOne(batch).finally(() => pending.delete(answered));
      pending.add(answered);
      await setImmediate();
      if (pending.size >= MAX_EXPORTS_AT_ONCE) await Promise.race(pending);
    }
    await Promise.all(pending);
  };
}

function mustSucceed({ code }: { readonly code: number }): void {
  if (code !== 0) throw new Error('an export failed: what was measured is no delivery');
}
