// Sends so many spans to the server that the environment names, and prints what became of them.
import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';

const exporter = new CerberusWsExporter({ flushIntervalMillis: 10 });
const spans = Array.from({ length: Number(process.argv[2]) }, (_, index) => ({
  kind: 1,
  attributes: { 'http.request.method': 'GET', 'url.path': `/${index}`, 'cerberus.outcome': 'completed' },
  startTime: [Math.floor(Date.now() / 1000), 0],
  duration: [0, 1_000_000],
  status: { code: 0 },
  spanContext: () => ({ traceId: 'e'.repeat(32), spanId: String(index).padStart(16, '0'), traceFlags: 1 }),
}));
exporter.export(spans, () => undefined);
await exporter.forceFlush();
process.stdout.write(JSON.stringify(exporter.stats()));
await exporter.shutdown();
