// docs/from-django.md: its example runs here as it stands there.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-base';
import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
import { expect } from 'chai';
import type { Express } from 'express';
import { CerberusSampler, CerberusSpanProcessor, extractCerberusMetrics } from '../dist/esm/index.js';
import { startEventBackend, type EventBackend } from './support/event-backend.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { listen, send } from './support/http-server.js';
import { express, startTracing, type Tracing } from './support/tracing.js';

const DOCUMENT = new URL('../../../docs/from-django.md', import.meta.url);

/** The first piece of code under the heading, as a module of this package. */
async function documentedApp(): Promise<Express> {
  const [, section = ''] = (await readFile(DOCUMENT, 'utf8')).split(/^## Metrics$/m);
  const code = /```js\n([\s\S]*?)```/.exec(section)?.[1] ?? '';
  expect(code).to.include('extractCerberusMetrics(body)');
  const folder = await mkdtemp(fileURLToPath(new URL('snippet-', import.meta.url)));
  try {
    await writeFile(join(folder, 'app.mjs'), code);
    return ((await import(join(folder, 'app.mjs'))) as { app: Express }).app;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function hook(app: Express): Express {
  return app.use((_request, response, next) => {
    const { json } = response;
    response.json = (body) => json.call(response, extractCerberusMetrics(body));
    next();
  });
}

describe('a team that comes from the Django package', () => {
  let backend: EventBackend;
  let tracing: Tracing | undefined;

  beforeEach(async () => {
    backend = await startEventBackend();
  });

  afterEach(async () => {
    await tracing?.stop();
    tracing = undefined;
    await backend.close();
  });

  function trace(sampled = true): void {
    const exporter = new CerberusWsExporter({
      wsUrl: backend.wsUrl,
      token: 't',
      clientId: 'c',
      protocol: 'event',
      flushIntervalMillis: 1,
    });
    const processor = new CerberusSpanProcessor({ exporter, secretKey: 'k'.repeat(32) }, { env: {} });
    const sampler = new CerberusSampler(new AlwaysOffSampler());
    tracing = startTracing({ processors: [processor], ...(!sampled && { sampler }) });
  }

  /** What the client and the backend get of one request. */
  async function request(app: RequestListener, target: string): Promise<{ body: string; data: unknown }> {
    const server = await listen(app);
    const answer = await send(server.port, { target });
    await until('the event is at the backend', () => backend.events.length === 1);
    await server.close();
    expect(answer)
      .to.match(/^HTTP\/1\.1 \d/)
      .and.not.include('_cerberus_metrics');
    return { body: answer.split('\r\n\r\n')[1] ?? '', data: backend.events[0]?.['custom_data'] };
  }

  it("gets the document's promise from the document's code", async () => {
    trace();
    const { body, data } = await request(await documentedApp(), '/orders');
    expect(body).to.equal('{"orders":[]}');
    expect(data).to.deep.equal({ items_processed: 10, 'cache.hit': true });
    const text = await readFile(DOCUMENT, 'utf8');
    expect(text).to.include(body).and.include(JSON.stringify(data));
  });

  for (const sampled of [true, false]) {
    it(`has the metrics from nested routers, after an await, in ${sampled ? 'sampled' : 'unsampled'} requests`, async () => {
      trace(sampled);
      const router = express.Router();
      router.get('/deep', async (_request, response) => {
        await new Promise((resolve) => {
          setTimeout(resolve, 2);
        });
        response.status(404).send({ kept: 1, _cerberus_metrics: { n: 1, deep: { er: 'x' } } });
      });
      const app = hook(express()).use('/nested', router);
      const { body, data } = await request(app, '/nested/deep');
      expect(body).to.equal('{"kept":1}');
      expect(data).to.deep.equal({ n: 1, 'deep.er': 'x' });
    });
  }

  it('shows no metrics to the client where nothing is traced', async () => {
    const app = hook(express()).get('/', (_request, response) => {
      response.json({ kept: 1, _cerberus_metrics: { n: 1 } });
    });
    const server = await listen(app);
    const answer = await send(server.port);
    await server.close();
    expect(answer.split('\r\n\r\n')[1]).to.equal('{"kept":1}');
  });

  it('has what is over the limits counted by the exporter', async () => {
    const exporter = new CerberusWsExporter({
      wsUrl: backend.wsUrl,
      token: 't',
      clientId: 'c',
      protocol: 'event',
      flushIntervalMillis: 1,
    });
    const processor = new CerberusSpanProcessor({ exporter, secretKey: 'k'.repeat(32) }, { env: {} });
    tracing = startTracing({ processors: [processor] });
    const metrics = Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`m${index}`, index]));
    const app = hook(express()).get('/', (_request, response) => {
      response.json({ _cerberus_metrics: { ['x'.repeat(257)]: { n: 1 }, ...metrics } });
    });
    const { body, data } = await request(app, '/');
    expect(body).to.equal('{}');
    expect(Object.keys(data as object)).to.have.length(64);
    expect(exporter.stats().metricsDropped).to.equal(7);
  });
});
