const { CerberusWsExporter } = require('@cerberus-otel/exporter-ws');

// As by an SDK that outlives the test: what nobody holds is collected before handles are listed.
const holder = require('node:events');

test('an exporter that is used and shut down', async () => {
  const exporter = new CerberusWsExporter({ wsUrl: process.env.APP_WS_URL, token: 't', clientId: 'jest' });
  holder.exporter = exporter;
  const span = {
    kind: 1,
    attributes: { 'http.request.method': 'GET', 'url.path': '/' },
    startTime: [1_700_000_000, 0],
    duration: [0, 1],
    status: { code: 0 },
    spanContext: () => ({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }),
  };
  exporter.export([span], () => undefined);
  await exporter.forceFlush();
  await exporter.shutdown();
  expect(exporter.stats().acked).toBe(1);
});
