// The exporter's own connections appear in nobody's traces.
import { expect } from 'chai';
import { runScript, SPAN_SOURCE } from '../support/child.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';

const construct = (url: string): string =>
  `${SPAN_SOURCE}\nconst e = new CerberusWsExporter({ wsUrl: '${url}', token: 't', clientId: 'c' });`;

describe('tracing of an application with the exporter', () => {
  let server: ScriptedServer;
  before(async () => {
    server = await ScriptedServer.start(new BatchBackend().script());
  });
  after(() => server.stop());

  it('makes no span of its own, neither for the upgrade nor for a reconnect inside a request', async () => {
    const exit = await runScript(`
      import { createRequire } from 'node:module';
      import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
      import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
      import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
      const memory = new InMemorySpanExporter();
      const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(memory)] });
      provider.register();
      new HttpInstrumentation().setTracerProvider(provider);
      const http = createRequire(process.cwd() + '/x.js')('http');
      ${construct(server.url)}
      await provider.getTracer('t').startActiveSpan('request', async (span) => {
        e.export(spans(1), () => {});
        await e.forceFlush();
        span.end();
      });
      const own = memory.getFinishedSpans().map((s) => s.name);
      await new Promise((resolve) => http.get('${server.url.replace('ws:', 'http:')}', (r) => r.resume().on('end', resolve)));
      const all = memory.getFinishedSpans().map((s) => s.name);
      console.log(JSON.stringify({ own, all }));
      process.exit(0);
    `);
    expect(exit.stdout.trim(), exit.stderr).to.equal('{"own":["request"],"all":["request","GET"]}');
    expect(server.upgrades.at(-1)?.headers['traceparent']).to.equal(undefined);
  });
});
