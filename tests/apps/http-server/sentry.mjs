// HttpServerInstrumentation and Sentry's own, which patches nothing either, in the set-up of OpenTelemetry that is Sentry's.
import { createServer } from 'node:http';
import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
import { CerberusSpanProcessor, HttpServerInstrumentation, shutdown } from '@cerberus-otel/instrumentation';
import * as Sentry from 'sentry-node-10';

const SERVER = 1;
const spans = [];
const recorder = {
  onStart: (span) => void (span.kind === SERVER && spans.push(span.instrumentationScope.name)),
  onEnd() {},
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
};
Sentry.init({
  dsn: 'http://public@127.0.0.1:9/1',
  tracesSampleRate: 1,
  openTelemetrySpanProcessors: [new CerberusSpanProcessor({ exporter: new CerberusWsExporter() }), recorder],
});
const instrumentation = new HttpServerInstrumentation();

const server = createServer((_request, response) => response.end('ok'));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
for (const path of ['/1', '/2'])
  await fetch(`http://127.0.0.1:${server.address().port}${path}`).then((response) => response.text());
server.closeAllConnections();
await new Promise((resolve) => server.close(resolve));
instrumentation.disable();
await shutdown();
process.stdout.write(JSON.stringify({ spans }), () => process.exit(0));
