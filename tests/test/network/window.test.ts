// Over a line with a long way the window decides how much goes at once: a larger one of the exporter is as much faster.
import { CerberusWsExporter, type FinishedSpan } from '@cerberus-otel/exporter-ws';
import { MemoryStore, startServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { startDelayProxy } from '../leaving/delay-proxy.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';

const TOKEN = 'sk-1';
const ONE_WAY_MILLIS = 100;
/** Small, so that the way takes the time and not the processor. */
const FRAME_EVENTS = 16;
const EVENTS = FRAME_EVENTS * 8 * 12;

function spans(count: number): FinishedSpan[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: 1,
    attributes: { 'http.request.method': 'GET', 'url.path': `/${index}`, 'url.scheme': 'http' },
    startTime: [1_700_000_000, 0],
    duration: [0, 1_000_000],
    status: { code: 0 },
    spanContext: () => ({
      traceId: index.toString(16).padStart(32, '1'),
      spanId: index.toString(16).padStart(16, '1'),
      traceFlags: 1,
    }),
  }));
}

/** @returns milliseconds from the first event of a connection that is there to the last acknowledgement */
async function millisWith(maxInFlightFrames: number): Promise<number> {
  const server = await startServer({ port: 0, store: new MemoryStore(), token: TOKEN });
  afterTest(() => server.close());
  const proxy = await startDelayProxy(ONE_WAY_MILLIS, server.port);
  afterTest(() => proxy.stop());
  const exporter = new CerberusWsExporter(
    {
      wsUrl: `ws://127.0.0.1:${proxy.port}/ws/events`,
      token: TOKEN,
      clientId: 'shop',
      protocol: 'batch',
      maxBatchEvents: FRAME_EVENTS,
      maxInFlightFrames,
      forceFlushTimeoutMillis: 30_000,
    },
    { env: { CERBERUS_WARNINGS: 'false' } },
  );
  afterTest(() => exporter.shutdown());
  exporter.export(spans(1), () => undefined);
  await exporter.forceFlush();
  const began = performance.now();
  exporter.export(spans(EVENTS), () => undefined);
  await exporter.forceFlush();
  expect(exporter.stats()).to.include({ acked: EVENTS + 1, reconnects: 0 });
  return performance.now() - began;
}

describe('window of the exporter over 200 ms there and back', function () {
  this.timeout(90_000);

  it('a window four times as large takes less than half the time', async () => {
    const usual = await millisWith(8);
    const large = await millisWith(32);
    if (process.env['CERBERUS_WINDOW'])
      process.stderr.write(`${Math.round(usual)} and ${Math.round(large)} ms\n`);
    expect(usual / large).to.be.above(2);
  });
});
