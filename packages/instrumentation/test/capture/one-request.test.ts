// Promise: one request is one event, however many SERVER spans stand for it, and the event has what any of them knows.
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { context, propagation, ROOT_CONTEXT, SpanKind, trace, type Span } from '@opentelemetry/api';
import { expect } from 'chai';
import { pseudonym, secretKeyOf } from '../../dist/esm/enrich/ip-hasher.js';
import { CerberusSpanProcessor, setMetric, setUserId } from '../../dist/esm/index.js';
import { listen, send } from '../support/http-server.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { RecordingReporter } from '../support/recording-reporter.js';
import { express, startTracing, type Tracing } from '../support/tracing.js';

const KEY = 'k'.repeat(32);
const CLIENT = '203.0.113.9';
const headers = { 'x-forwarded-for': CLIENT };
const hashOf = (text: string): string => pseudonym(secretKeyOf(KEY), text);

/** The span that an HTTP instrumentation makes: from the headers, whatever the context is. */
function serverSpan(tracing: Tracing, request: IncomingMessage): Span {
  const caller = propagation.extract(ROOT_CONTEXT, request.headers);
  const attributes = { 'http.request.method': request.method ?? '', 'url.path': request.url ?? '' };
  return tracing.tracer.startSpan('GET', { kind: SpanKind.SERVER, attributes }, caller);
}

describe('one request', () => {
  let exporter: RecordingExporter;
  let processor: CerberusSpanProcessor;
  let reporter: RecordingReporter;
  let tracing: Tracing;

  beforeEach(() => {
    exporter = new RecordingExporter();
    reporter = new RecordingReporter();
    const options = { exporter, secretKey: KEY, trustProxy: 1 };
    processor = new CerberusSpanProcessor(options, { env: {}, reporter });
    tracing = startTracing({ processors: [processor] });
  });
  afterEach(() => tracing.stop());

  async function request(handler: RequestListener, target = '/users/7'): Promise<void> {
    const { port } = await listen(handler);
    await send(port, { target, headers });
  }

  async function theOnlyEvent(): Promise<Record<string, unknown>> {
    const attributes = await exporter.request();
    await sleep(20);
    expect(exporter.spans).to.have.length(1);
    expect(processor.stats()).to.include({ seen: 1, handedOver: 1, waitingForKey: 0, hookFailures: 0 });
    return { ...attributes };
  }

  it('with a second SERVER span within the first is one event, with the route and metrics of both', async () => {
    await request((incoming, response) => {
      const second = serverSpan(tracing, incoming);
      trace.getActiveSpan()?.setAttribute('cerberus.metric.first', 1);
      context.with(trace.setSpan(context.active(), second), () => {
        trace.getActiveSpan()?.setAttribute('cerberus.metric.second', 2);
        setMetric('helper', 3);
        setUserId('jane');
      });
      // As HTTP instrumentations do: the route is known, and the span ends, when the response closes.
      response.on('close', () => {
        second.setAttribute('http.route', '/users/:id');
        second.end();
      });
      response.end();
    });
    expect(await theOnlyEvent()).to.include({
      'http.route': '/users/:id',
      'cerberus.metric.first': 1,
      'cerberus.metric.second': 2,
      'cerberus.metric.helper': 3,
      'cerberus.source_ip': hashOf(CLIENT),
      'cerberus.user_id': hashOf('jane'),
    });
  });

  it('with a second SERVER span beside the first, in the same tick, is one event', async () => {
    await request((incoming, response) => {
      // Outside of every context, as by an instrumentation that only hears of requests.
      const second = context.with(ROOT_CONTEXT, () => serverSpan(tracing, incoming));
      second.setAttribute('http.route', '/users/:id').end();
      response.end();
    });
    expect(await theOnlyEvent()).to.include({ 'http.route': '/users/:id' });
  });

  it('with SERVER spans of two instrumentations is one event, and that is said once', async () => {
    const { port } = await listen((incoming, response) => {
      const second = serverSpan(tracing, incoming);
      response.once('close', () => second.end());
      response.end();
    });
    for (const target of ['/1', '/2', '/3']) await send(port, { target, headers });
    await exporter.request(2);
    expect(exporter.spans).to.have.length(3);
    expect(reporter.codes).to.deep.equal(['CERBERUS_TWO_HTTP_INSTRUMENTATIONS']);
    expect(reporter.conditions[0]?.message).to.include('@opentelemetry/instrumentation-http and test both');
  });

  it('that is handed on to another server of the process is one event, with its route and address', async () => {
    const app = express();
    app.get('/users/:id', (_request, response) => void response.send('fine'));
    const inner = createServer(app);
    await request((incoming, response) => {
      setTimeout(() => inner.emit('request', incoming, response), 5);
    });
    expect(await theOnlyEvent()).to.include({
      'http.route': '/users/:id',
      'cerberus.endpoint': '/users/7',
      'cerberus.source_ip': hashOf(CLIENT),
      'http.response.status_code': 200,
    });
    expect(reporter.codes).to.deep.equal([]);
  });

  it('that a server sends to itself while it serves another is an event of its own', async () => {
    let port = 0;
    const own = await listen((incoming, response) => {
      if (incoming.url === '/inner') response.end();
      else void send(port, { target: '/inner' }).then(() => response.end());
    });
    ({ port } = own);
    await send(port, { target: '/outer' });
    await exporter.request(1);
    expect(exporter.spans.map(({ attributes }) => attributes['cerberus.endpoint'])).to.have.members([
      '/inner',
      '/outer',
    ]);
  });

  it('of the same path on the same connection is an event again', async () => {
    const { port } = await listen((_incoming: IncomingMessage, response: ServerResponse) => response.end());
    for (let count = 0; count < 3; count += 1) await fetch(`http://127.0.0.1:${port}/same`);
    await exporter.request(2);
    await sleep(20);
    expect(exporter.spans).to.have.length(3);
  });

  describe('whose route a nested span names after the response', () => {
    async function requestWithLateSpan(end: (nested: Span) => void): Promise<void> {
      await request((incoming, response) => {
        const nested = serverSpan(tracing, incoming);
        response.on('close', () => end(nested));
        response.end();
      });
    }

    it('waits for it', async () => {
      await requestWithLateSpan((nested) => {
        setTimeout(() => nested.setAttribute('http.route', '/late/[id]').end(), 30);
      });
      expect(await theOnlyEvent()).to.include({ 'http.route': '/late/[id]' });
    });

    it('does not wait for ever', async () => {
      await requestWithLateSpan(() => undefined);
      expect(await theOnlyEvent()).to.not.have.property('http.route');
    });

    it('has the route that Next.js said within that span, where it is not done in time', async () => {
      await request((incoming, response) => {
        const nested = serverSpan(tracing, incoming);
        const around = trace.setSpan(context.active(), nested);
        for (const route of ['/_not-found', '/items/[id]'])
          tracing.tracer
            .startSpan('resolve page components', { attributes: { 'next.route': route } }, around)
            .end();
        response.end();
      });
      expect(await theOnlyEvent()).to.include({ 'http.route': '/items/[id]' });
    });

    it('goes out with a flush, and as it is', async () => {
      await requestWithLateSpan(() => undefined);
      await sleep(20);
      expect(processor.stats()).to.include({ seen: 1, waitingForKey: 1, handedOver: 0 });
      await processor.forceFlush();
      expect(await theOnlyEvent()).to.not.have.property('http.route');
    });
  });
});
