// The tracing of an application, which prints the kind and the name of each of its spans.
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { AlwaysOnSampler, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

const exporter = {
  export(spans, callback) {
    for (const { kind, name } of spans)
      process.stdout.write(`${JSON.stringify({ span: `${kind} ${name}` })}\n`);
    callback({ code: 0 });
  },
  shutdown: async () => undefined,
};

export const configuration = () => ({
  sampler: new AlwaysOnSampler(),
  spanProcessors: [new SimpleSpanProcessor(exporter)],
});

export function start(provided) {
  new NodeTracerProvider(provided).register();
  registerInstrumentations({ instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()] });
}
