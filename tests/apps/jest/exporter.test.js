const { CerberusWsExporter } = require('@cerberus-otel/exporter-ws');

test('an exporter that is used and shut down', async () => {
  const exporter = new CerberusWsExporter({ wsUrl: process.env.APP_WS_URL, token: 't', clientId: 'jest' });
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
