// Each combination of what a user may configure, once as NodeSDK alone has it and once with Cerberus around it. Prints
// what the user's own parts got in both, and what Cerberus counted. Copied into a project with the packed packages.
// oxlint-disable no-console -- ConsoleSpanExporter writes to it
import { withCerberus } from '@cerberus-otel/instrumentation';
import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';

const samplers = await import(process.env.SDK_TRACE);

const CERBERUS = {
  wsUrl: process.env.WS_URL,
  token: 't',
  clientId: 'c',
  secretKey: 'k'.repeat(32),
  protocol: 'event',
};

/** One SDK from its start to its shutdown, with a sampled caller and one that is not. */
async function run({ traceExporter, spanProcessors, sampler, variable }, wrap) {
  const got = { exporter: [], processor: [], console: [] };
  const own = {
    ...(traceExporter && {
      traceExporter: {
        export(spans, done) {
          got.exporter.push(...spans.map(({ name }) => name));
          done({ code: 0 });
        },
        shutdown: async () => undefined,
      },
    }),
    ...(spanProcessors && {
      spanProcessors: [
        {
          onStart: () => undefined,
          onEnd: ({ name }) => got.processor.push(name),
          forceFlush: async () => undefined,
          shutdown: async () => undefined,
        },
      ],
    }),
    ...(sampler && { sampler: new samplers[sampler]() }),
  };
  process.env.OTEL_TRACES_EXPORTER = variable;
  const { dir } = console;
  console.dir = ({ name }) => got.console.push(name);
  const sdk = new NodeSDK(wrap({ ...own, instrumentations: [], autoDetectResources: false }));
  sdk.start();
  for (const flags of ['00', '01']) {
    const carrier = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-${flags}` };
    const attributes = { 'http.request.method': 'GET', 'url.path': `/${flags}` };
    const parent = propagation.extract(context.active(), carrier);
    trace.getTracer('t').startSpan(flags, { kind: SpanKind.SERVER, attributes }, parent).end();
  }
  await sdk.shutdown();
  for (const api of [trace, context, propagation]) api.disable();
  console.dir = dir;
  return got;
}

const results = [];
for (const traceExporter of [false, true])
  for (const spanProcessors of [false, true])
    for (const sampler of [undefined, 'AlwaysOnSampler', 'AlwaysOffSampler'])
      for (const variable of ['none', 'console']) {
        const combination = { traceExporter, spanProcessors, sampler, variable };
        const alone = await run(combination, (configuration) => configuration);
        const beside = await run(combination, (configuration) => withCerberus(configuration, CERBERUS));
        results.push({ combination, alone, beside });
      }
process.stdout.write(`${JSON.stringify(results)}\n`);
