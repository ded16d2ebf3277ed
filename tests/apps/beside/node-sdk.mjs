// An SDK of the application's own, with an exporter that says at the end what it was given.
import { register } from 'node:module';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

const spans = [];
const exporter = {
  export(batch, done) {
    for (const { kind, name, attributes, parentSpanContext } of batch)
      spans.push({
        kind,
        name,
        names: Object.keys(attributes).toSorted(),
        isRoot: parentSpanContext === undefined,
      });
    done({ code: 0 });
  },
  forceFlush: async () => {},
  shutdown: async () => {},
};

const sdk = new NodeSDK({
  spanProcessors: [new BatchSpanProcessor(exporter)],
  instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()],
});
sdk.start();

globalThis.finishOther = async () => {
  await sdk.shutdown();
  process.stdout.write(`${JSON.stringify({ spans })}\n`);
};
