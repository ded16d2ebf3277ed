// HttpServerInstrumentation and the one of Splunk that listens to Node's channels, in the set-up of OpenTelemetry that is Splunk's.
import { createServer } from 'node:http';
import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
import { CerberusSpanProcessor, HttpServerInstrumentation, shutdown } from '@cerberus-otel/instrumentation';
import { start } from '@splunk/otel';

const SERVER = 1;
const spans = [];
const recorder = {
  onStart: (span) => void (span.kind === SERVER && spans.push(span.instrumentationScope.name)),
  onEnd() {},
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
};
const cerberus = new CerberusSpanProcessor({ exporter: new CerberusWsExporter() });
start({ tracing: { spanProcessorFactory: () => [cerberus, recorder] } });
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
