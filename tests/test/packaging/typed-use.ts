/** An application that uses everything that is public; `SDK_TRACE` stands for the package of the tracing SDK. */
export const TYPED_USE = `
import { CerberusWsExporter, type ExporterStats } from '@cerberus-otel/exporter-ws';
import { CerberusSampler, CerberusSpanProcessor, HttpServerInstrumentation, setConsumer, setMetric, setMetrics, setUserId, withCerberus } from '@cerberus-otel/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK, type NodeSDKConfiguration } from '@opentelemetry/sdk-node';
import { AlwaysOnSampler, type Sampler, type SpanExporter, type SpanProcessor } from 'SDK_TRACE';

const exporter = new CerberusWsExporter({ wsUrl: 'ws://localhost/ws', token: 't', clientId: 'c' });
const asExporter: SpanExporter = exporter;
const asProcessor: SpanProcessor = new CerberusSpanProcessor({ exporter, secretKey: 'k' });
const asSampler: Sampler = new CerberusSampler(new AlwaysOnSampler(), { record: 'request' });
const own: Partial<NodeSDKConfiguration> = { instrumentations: [new HttpInstrumentation()] };
const incoming = new HttpServerInstrumentation({
  requestHook: (span, request) => void span.setAttribute('target', request.url ?? ''),
  ignoreIncomingRequestHook: ({ headers }) => headers['x-probe'] !== undefined,
  headersToSpanAttributes: { server: { requestHeaders: ['x-tenant'] } },
});
export const sdks = [
  new NodeSDK({ traceExporter: asExporter }),
  new NodeSDK({ spanProcessors: [asProcessor], sampler: asSampler }),
  new NodeSDK(withCerberus(own, { wsUrl: 'ws://localhost/ws', token: 't', clientId: 'c', secretKey: 'k' })),
  new NodeSDK(withCerberus({ instrumentations: [incoming, [incoming]] }, {})),
  new NodeSDK(withCerberus({ serviceName: 'x' }, {})),
];
export const stats: ExporterStats = exporter.stats();
setMetric('a', 1);
setMetrics({ b: true, c: ['x'] });
setUserId('u');
setConsumer('c', { group: 'g', label: 'l' });
`;

/** How strictly it is checked. */
export const TSCONFIG = {
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    moduleResolution: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    types: [],
  },
  files: ['esm.mts', 'cjs.cts'],
};
