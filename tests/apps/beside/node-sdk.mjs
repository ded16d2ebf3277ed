// An SDK of the application's own, with a processor that says at the end what it was given.
import { register } from 'node:module';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

const spans = [];
/** As OpenTelemetry's own processors, it leaves out what is not sampled; attributes are read at the very end. */
const processor = {
  onStart() {},
  onEnd(span) {
    if ((span.spanContext().traceFlags & 1) === 1) spans.push(span);
  },
  forceFlush: async () => {},
  shutdown: async () => {},
};

const sdk = new NodeSDK({
  spanProcessors: [processor],
  instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()],
});
sdk.start();

globalThis.finishOther = async () => {
  await sdk.shutdown();
  const shown = spans.map(({ kind, name, attributes, status, parentSpanContext }) => ({
    kind,
    name,
    attributes: Object.keys(attributes).toSorted(),
    status: status.code,
    isRoot: parentSpanContext === undefined,
  }));
  process.stdout.write(`${JSON.stringify({ spans: shown })}\n`);
};
