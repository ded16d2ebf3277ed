// Ways in which an application is set up, each in a process of its own.
import { expect } from 'chai';
import {
  BatchBackend,
  ScriptedServer,
} from '../../../packages/exporter-ws/test-dist/support/scripted-server.js';
import { cerberusEnvironment } from '../support/cerberus-environment.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { runApplication, type Kind } from './comparison.js';

interface Report {
  readonly spans: readonly string[];
  readonly answers?: readonly string[];
  readonly ended?: boolean;
  readonly main?: readonly string[];
}

async function setUp(
  name: string,
  kind: Kind = 'ours',
): Promise<{ readonly report: Report; readonly said: string }> {
  const { report, said } = await runApplication(kind, 'sdk-2', ['setups.cjs', name]);
  return { report: report as Report, said };
}

/** Both kinds give the same but for the name of the instrumentation. */
async function compared(name: string): Promise<Report> {
  const [ours, standard] = await Promise.all([setUp(name), setUp(name, 'standard')]);
  const renamed = standard.report.spans.map((span) =>
    span.replace('instrumentation-http', 'instrumentation'),
  );
  expect(ours.report).to.deep.equal({ ...standard.report, spans: renamed });
  return ours.report;
}

describe('an application with HttpServerInstrumentation', function () {
  this.timeout(60_000);

  it('is traced although its server was made and used before', async () => {
    const { report } = await setUp('made before');
    expect(report.spans).to.deep.equal(['instrumentation /after']);
  });

  it('is traced where it is of ES modules, without a loader hook', async () => {
    const { report } = await runApplication('ours', 'sdk-2', ['esm.mjs']);
    expect(report).to.deep.equal({ spans: ['GET'], answer: 'span 0' });
    const standard = await runApplication('standard', 'sdk-2', ['esm.mjs']);
    expect(standard.report, 'of HttpInstrumentation').to.deep.equal({ spans: [], answer: 'none' });
  });

  it('is traced from NodeSDK on where `enabled` is false', async () => {
    expect(await compared('enabled by the SDK')).to.deep.include({
      before: false,
      spans: ['instrumentation /1'],
    });
  });

  it('is traced by registerInstrumentations until that is undone', async () => {
    expect((await compared('registered without NodeSDK')).spans).to.deep.equal(['instrumentation /1']);
  });

  it('is not traced while the instrumentation is disabled, and traced once when it was enabled twice', async () => {
    const { spans } = await compared('disabled and enabled again');
    expect(spans).to.deep.equal(['instrumentation /1', 'instrumentation /3']);
  });

  it('gets the span of a request that is under way when the instrumentation is disabled', async () => {
    expect(await compared('disabled while a request is served')).to.deep.include({ ended: true });
  });

  it('is traced in each process of a cluster', async () => {
    expect((await compared('cluster')).spans).to.have.length(3);
  });

  it('is traced in a worker thread', async () => {
    expect(await compared('worker thread')).to.deep.equal({
      main: [],
      spans: ['instrumentation /1', 'instrumentation /2'],
    });
  });
});

const [MAJOR = 0, MINOR = 0] = process.versions.node.split('.').map(Number);
const announcesStreams = MAJOR > 24 || (MAJOR === 24 && MINOR >= 2) || (MAJOR === 22 && MINOR >= 17);

if (announcesStreams)
  describe('Fastify on HTTP/2', function () {
    this.timeout(60_000);

    it('has spans with its routes, and Cerberus the event of each', async () => {
      const backend = new BatchBackend();
      const server = await ScriptedServer.start(backend.script());
      const env = cerberusEnvironment(server.url);
      const { report, said } = await runApplication('ours', 'sdk-2', ['http2-fastify.cjs'], { env });
      expect(report).to.deep.equal({
        statuses: [200, 404],
        spans: [
          ['GET /users/:id', '2'],
          ['GET', '2'],
        ],
      });
      await until('the events are stored', () => backend.stored.length >= 2);
      const events = backend.stored.map((event) => [event['endpoint'], event['route'], event['outcome']]);
      expect(events).to.deep.equal([
        ['/users/7', '/users/:id', 'completed'],
        ['/nowhere', undefined, 'completed'],
      ]);
      for (const event of backend.stored) expect(event['source_ip']).to.match(/^[0-9a-f]{64}$/);
      expect(said).to.equal('');
    });
  });

describe('HttpServerInstrumentation beside another one', function () {
  this.timeout(60_000);

  for (const order of ['first', 'last']) {
    it(`leaves requests to HttpInstrumentation and says so once, set up ${order}`, async () => {
      const { report, said } = await setUp(`two, ours ${order}`);
      expect(report.spans).to.deep.equal(['instrumentation-http /1', 'instrumentation-http /2']);
      expect(report.answers).to.deep.equal(['span 0', 'span 1']);
      expect(said.split('CERBERUS_TWO_HTTP_INSTRUMENTATIONS')).to.have.length(2);
    });
  }

  it('leaves requests to HttpInstrumentation where a class of servers has an `emit` of its own', async () => {
    const { report } = await setUp('two, servers of a class with an emit of its own');
    expect(report.spans).to.deep.equal(['instrumentation-http /1', 'instrumentation-http /2']);
    expect(report.answers).to.deep.equal(['span 0', 'span 1']);
  });

  it('gives one event a request beside HttpInstrumentation', async () => {
    const backend = new BatchBackend();
    const server = await ScriptedServer.start(backend.script());
    const env = cerberusEnvironment(server.url);
    const { said } = await runApplication('ours', 'sdk-2', ['setups.cjs', 'two, ours first'], { env });
    await until('the events are stored', () => backend.stored.length >= 2);
    expect(backend.stored.map(({ endpoint }) => endpoint)).to.deep.equal(['/1', '/2']);
    expect(said.match(/\[CERBERUS_\w+\]/g)).to.deep.equal(['[CERBERUS_TWO_HTTP_INSTRUMENTATIONS]']);
  });

  it('gives one event a request beside the spans of Sentry, which patches nothing either, and says so once', async () => {
    const backend = new BatchBackend();
    const server = await ScriptedServer.start(backend.script());
    const env = cerberusEnvironment(server.url);
    const { report, said } = await runApplication('ours', 'sdk-2', ['sentry.mjs'], { env });
    const twice = ['@cerberus-otel/instrumentation', '@sentry/node'];
    expect((report as Report).spans).to.have.members([...twice, ...twice]);
    await until('the events are stored', () => backend.stored.length >= 2);
    expect(backend.stored.map(({ endpoint }) => endpoint)).to.have.members(['/1', '/2']);
    expect(said.match(/\[CERBERUS_\w+\]/g)).to.deep.equal(['[CERBERUS_TWO_HTTP_INSTRUMENTATIONS]']);
  });

  it('gives one event a request beside the spans of Splunk, which listens to the same channel, and says so once', async () => {
    const backend = new BatchBackend();
    const server = await ScriptedServer.start(backend.script());
    const env = {
      ...cerberusEnvironment(server.url),
      OTEL_INSTRUMENTATION_HTTP_ENABLED: 'false',
      OTEL_INSTRUMENTATION_HTTPDC_ENABLED: 'true',
      OTEL_NODE_RESOURCE_DETECTORS: 'none',
    };
    const { report, said } = await runApplication('ours', 'sdk-2', ['splunk.mjs'], { env });
    expect((report as Report).spans).to.include.members([
      '@opentelemetry/instrumentation-httpdc',
      '@cerberus-otel/instrumentation',
    ]);
    await until('the events are stored', () => backend.stored.length >= 2);
    expect(backend.stored.map(({ endpoint }) => endpoint)).to.have.members(['/1', '/2']);
    expect(said.match(/\[CERBERUS_\w+\]/g)).to.deep.equal(['[CERBERUS_TWO_HTTP_INSTRUMENTATIONS]']);
  });

  it('traces requests where HttpInstrumentation leaves incoming ones alone, and says nothing', async () => {
    const { report, said } = await setUp('two, HttpInstrumentation without incoming requests');
    expect(report.spans).to.deep.equal(['instrumentation /1', 'instrumentation /2']);
    expect(said).to.equal('');
  });

  it('traces requests while HttpInstrumentation is disabled', async () => {
    const { report } = await setUp('two, HttpInstrumentation disabled later');
    expect(report.spans).to.deep.equal([
      'instrumentation-http /1',
      'instrumentation /2',
      'instrumentation-http /3',
    ]);
  });

  for (const name of ['two of ours', 'both copies of the package']) {
    it(`makes one span a request: ${name}`, async () => {
      expect((await setUp(name)).report.spans).to.deep.equal(['instrumentation /1']);
    });
  }
});
