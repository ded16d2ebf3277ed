import { IncomingMessage, ServerResponse } from 'node:http';
import { connect, Socket } from 'node:net';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler } from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';
import type { ErrorRequestHandler } from 'express';
import { pseudonym, secretKeyOf } from '../dist/esm/enrich/ip-hasher.js';
import {
  CerberusSampler,
  CerberusSpanProcessor,
  setMetric,
  setMetrics,
  setConsumer,
  setUserId,
  type CerberusSpanProcessorOptions,
} from '../dist/esm/index.js';
import { eventually } from './support/eventually.js';
import { listen, send, type TestServer } from './support/http-server.js';
import { RecordingExporter } from './support/recording-exporter.js';
import { RecordingReporter } from './support/recording-reporter.js';
import { express, startTracing, type Tracing, type TracingOptions } from './support/tracing.js';

const KEY = 'k'.repeat(32);
const hashOf = (address: string): string => pseudonym(secretKeyOf(KEY), address);
const HASH = hashOf('127.0.0.1');

describe('CerberusSpanProcessor', () => {
  let exporter: RecordingExporter;
  let reporter: RecordingReporter;
  let processor: CerberusSpanProcessor;
  let tracing: Tracing | undefined;
  let server: TestServer | undefined;

  function start(options: CerberusSpanProcessorOptions = {}, rest: Partial<TracingOptions> = {}): void {
    exporter = new RecordingExporter();
    reporter = new RecordingReporter();
    processor = new CerberusSpanProcessor({ exporter, secretKey: KEY, ...options }, { env: {}, reporter });
    tracing = startTracing({ ...rest, processors: [processor, ...(rest.processors ?? [])] });
  }

  async function serve(handler: Parameters<typeof listen>[0]): Promise<number> {
    server = await listen(handler);
    return server.port;
  }

  afterEach(async () => {
    await server?.close();
    await tracing?.stop();
    server = undefined;
    tracing = undefined;
  });

  describe('on a plain HTTP server', () => {
    it('hands over each request once, with a pseudonymous address, its path and its outcome', async () => {
      start();
      const port = await serve((_request, response) => response.end('ok'));
      await send(port, { target: '/a/b?secret=1#x' });
      expect(await exporter.request()).to.include({
        'cerberus.source_ip': HASH,
        'cerberus.endpoint': '/a/b',
        'cerberus.scheme': 'http',
        'cerberus.outcome': 'completed',
        'http.request.method': 'GET',
        'http.response.status_code': 200,
      });
      expect(processor.stats()).to.deep.equal({
        seen: 1,
        ignored: 0,
        handedOver: 1,
        refused: 0,
        waitingForKey: 0,
        unfollowedChildren: 0,
        hookFailures: 0,
      });
    });

    const targets: readonly [string, string][] = [
      ['//evil.example/x', '//evil.example/x'],
      ['/a/../b?c', '/a/../b'],
      ['http://other.example:81/abs/x?q=1', '/abs/x'],
      ['http://other.example', '/'],
      ['/x#f', '/x'],
    ];
    for (const [target, path] of targets) {
      it(`keeps the path of ${target} as the client wrote it`, async () => {
        start();
        await send(await serve((_request, response) => response.end()), { target });
        expect((await exporter.request())['cerberus.endpoint']).to.equal(path);
      });
    }

    it('keeps the path of a request whose Host header spoils the URL', async () => {
      start();
      await send(await serve((_request, response) => response.end()), {
        target: '/here',
        headers: { host: 'a b' },
      });
      expect(await exporter.request())
        .to.include({ 'cerberus.endpoint': '/here' })
        .and.not.have.property('url.path');
    });

    it('counts the requests of one connection one by one, however they overlap', async () => {
      start();
      const port = await serve((request, response) => {
        setTimeout(() => response.end(), request.url === '/slow' ? 20 : 1);
      });
      const socket = connect(port, '127.0.0.1');
      socket.resume();
      const paths = ['/slow', '/1', '/2', '/3', '/slow', '/4'];
      for (const path of paths) socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
      await eventually(() => exporter.requests.length === paths.length, 'all requests are there');
      socket.destroy();
      expect(exporter.requests.map((request) => request['cerberus.endpoint'])).to.have.members(paths);
      expect(new Set(exporter.requests.map((request) => request['cerberus.source_ip']))).to.deep.equal(
        new Set([HASH]),
      );
    });

    it('tells the pseudonym of a unix socket from nothing: there is no address', async () => {
      start({ trustProxy: 1 });
      const path = join(mkdtempSync(join(tmpdir(), 'cerberus-')), 's');
      server = await listen((_request, response) => response.end(), path);
      await send(path);
      await send(path, { headers: { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' } });
      expect(await exporter.request(0)).to.not.have.property('cerberus.source_ip');
      expect(await exporter.request(1)).to.include({
        'cerberus.source_ip': hashOf('203.0.113.9'),
        'cerberus.scheme': 'https',
      });
    });

    it('knows the sizes that headers announce, and a bot without its user agent', async () => {
      start();
      const port = await serve((request, response) => {
        if (request.url !== '/chunked') response.setHeader('content-length', '2');
        if (request.url === '/unchanged') response.statusCode = 304;
        if (request.url === '/chunked') response.write('o');
        response.end(
          request.method === 'HEAD' || request.url === '/unchanged' ? undefined : 'ok'.slice(0, 2),
        );
      });
      const sizes = async (index: number): Promise<unknown[]> => {
        const attributes = await exporter.request(index);
        return ['request_body_size', 'response_body_size', 'synthetic_type'].map(
          (name) => attributes[`cerberus.${name}`],
        );
      };
      await send(port, { headers: { 'user-agent': 'kube-probe/1.31' } });
      await send(port, { method: 'POST', headers: { 'content-length': '0', 'user-agent': 'Googlebot/2.1' } });
      for (const target of ['/chunked', '/unchanged']) await send(port, { target });
      await send(port, { method: 'HEAD' });
      expect(await Promise.all([0, 1, 2, 3, 4].map(sizes))).to.deep.equal([
        [undefined, 2, 'test'],
        [0, 2, 'bot'],
        [undefined, undefined, undefined],
        [undefined, undefined, undefined],
        [undefined, undefined, undefined],
      ]);
    });

    it('knows the class of the exception behind a failed request, never its message', async () => {
      start();
      const app = express();
      app.get('/:status', (request) => {
        const error = new RangeError('canary@example.com');
        throw Object.assign(error, { status: Number(request.params['status']) });
      });
      app.use(((_error, request, response, _next) => {
        response.status(Number(request.path.slice(1))).end();
      }) as ErrorRequestHandler);
      const port = await serve(app);
      await send(port, { target: '/500' });
      await send(port, { target: '/404' });
      expect(await exporter.request(0)).to.include({ 'cerberus.error_type': 'RangeError' });
      expect(JSON.stringify(exporter.requests)).to.not.include('canary');
      expect(await exporter.request(1)).to.not.have.property('cerberus.error_type');
    });

    it('takes the address from the socket, whatever a client claims', async () => {
      start();
      const port = await serve((_request, response) => response.end());
      const claims = {
        'x-forwarded-for': '203.0.113.9',
        forwarded: 'for=203.0.113.9;proto=https',
        'x-real-ip': '203.0.113.9',
        'x-forwarded-proto': 'https',
      };
      await send(port, { headers: claims });
      const request = await exporter.request();
      expect(request).to.include({
        'client.address': '203.0.113.9',
        'cerberus.source_ip': HASH,
        'cerberus.scheme': 'http',
      });
    });

    it('takes the address from a trusted proxy, as it was when the request came', async () => {
      start({ trustProxy: ['loopback'] });
      const port = await serve((request, response) => {
        request.headers['x-forwarded-for'] = '6.6.6.6';
        response.end();
      });
      await send(port, { headers: { 'x-forwarded-for': '6.6.6.6, 203.0.113.9' } });
      expect((await exporter.request())['cerberus.source_ip']).to.equal(hashOf('203.0.113.9'));
    });

    it('uses what the span knows when a request is made and emitted by hand', async () => {
      start({ trustProxy: 1 });
      const port = await serve((request, response) => {
        if (request.url === '/inner') return response.end();
        const made = new IncomingMessage(new Socket());
        Object.assign(made, { method: 'GET', url: '/inner', httpVersion: '1.1' });
        made.headers = { 'x-forwarded-for': '203.0.113.9' };
        server?.server.emit('request', made, new ServerResponse(made));
        response.end();
        return undefined;
      });
      await send(port, { target: '/outer' });
      expect(await exporter.request()).to.include({
        'cerberus.endpoint': '/outer',
        'cerberus.source_ip': HASH,
      });
      expect(processor.stats()).to.include({ seen: 1, hookFailures: 0 });
    });

    it('ignores probes, and counts them', async () => {
      start();
      const port = await serve((_request, response) => {
        setMetric('n', 1);
        response.end();
      });
      await send(port, { target: '/health?x' });
      await send(port, { target: '/healthy' });
      await exporter.request();
      expect(exporter.requests).to.have.length(1);
      expect(processor.stats()).to.include({ seen: 2, ignored: 1, handedOver: 1 });
    });

    it('counts what the exporter refuses', async () => {
      start();
      exporter.code = 1;
      await send(await serve((_request, response) => response.end()));
      await exporter.request();
      expect(processor.stats()).to.include({ seen: 1, handedOver: 0, refused: 1 });
    });

    it('hints at `trustProxy` after 100 forwarded requests, and not when it is set to false', async () => {
      for (const [options, codes] of [
        [{}, ['CERBERUS_FORWARDED_HEADERS']],
        [{ trustProxy: false as const }, []],
      ] as const) {
        start(options);
        const port = await serve((_request, response) => response.end());
        for (let index = 0; index < 101; index += 1)
          await send(port, { headers: { 'x-forwarded-for': '1.1.1.1' } });
        await exporter.request(100);
        expect(reporter.codes).to.deep.equal(codes);
        await server?.close();
        await tracing?.stop();
      }
    });
  });

  describe('on the way a request ends', () => {
    const failing: readonly [string, (response: ServerResponse) => void, string][] = [
      ['a 500 is an error', (response) => response.writeHead(500).end(), 'error'],
      ['a 404 is completed', (response) => response.writeHead(404).end(), 'completed'],
      ['a response that the server destroys is aborted', (response) => response.destroy(), 'aborted'],
      [
        'a response destroyed in the middle is aborted',
        (response) => void response.write('x', () => response.destroy()),
        'aborted',
      ],
    ];
    for (const [fact, answer, outcome] of failing) {
      it(fact, async () => {
        start();
        const port = await serve((_request, response) => answer(response));
        await send(port).catch(() => undefined);
        expect((await exporter.request())['cerberus.outcome']).to.equal(outcome);
      });
    }

    it('a client that hangs up before the response is aborted', async () => {
      start();
      const port = await serve(() => undefined);
      const socket = connect(port, '127.0.0.1', () => socket.write('GET /gone HTTP/1.1\r\nhost: x\r\n\r\n'));
      await sleep(50);
      socket.destroy();
      expect(await exporter.request()).to.include({
        'cerberus.outcome': 'aborted',
        'cerberus.source_ip': HASH,
      });
    });

    for (const how of ['destroy', 'resetAndDestroy'] as const) {
      it(`a client that hangs up in the middle of a large response is aborted (${how})`, async () => {
        start();
        const port = await serve((_request, response) => response.end(Buffer.alloc(50_000_000)));
        const socket = connect(port, '127.0.0.1', () =>
          socket.write('GET /large HTTP/1.1\r\nhost: x\r\n\r\n'),
        );
        socket.once('data', () => {
          socket.pause();
          setTimeout(() => socket[how](), 20);
        });
        expect((await exporter.request())['cerberus.outcome']).to.equal('aborted');
      });
    }

    it('a client that hangs up is aborted also when the handler then ends the response, as Hapi does', async () => {
      start();
      const port = await serve((request, response) => {
        response.write('x');
        request.once('aborted', () => response.end());
      });
      const socket = connect(port, '127.0.0.1', () => socket.write('GET /gone HTTP/1.1\r\nhost: x\r\n\r\n'));
      socket.once('data', () => socket.destroy());
      expect((await exporter.request())['cerberus.outcome']).to.equal('aborted');
    });

    it('a client that hangs up in the middle of its upload is aborted', async () => {
      start();
      const port = await serve((request) => request.resume());
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nabc'),
      );
      await sleep(50);
      socket.destroy();
      expect((await exporter.request())['cerberus.outcome']).to.equal('aborted');
    });
  });

  describe('with Express', () => {
    it('brings metrics from wherever in the request they are set', async () => {
      start();
      const app = express();
      app.use((_request, _response, next) => {
        trace.getActiveSpan()?.setAttribute('cerberus.metric.middleware', 'm');
        next();
      });
      app.get('/users/:id', async (_request, response) => {
        trace.getActiveSpan()?.setAttribute('cerberus.metric.handler', 1);
        await sleep(1);
        setMetrics({ helper: [1, 2], flag: true });
        setUserId(7);
        setConsumer(12, { label: 'Twelve' });
        tracing?.tracer.startActiveSpan('inner', (inner) => {
          inner.setAttribute('cerberus.metric.inner', 'i');
          setMetric('from_inner', 2);
          inner.end();
        });
        response.send('ok');
      });
      await send(await serve(app), { target: '/users/7' });
      expect(await exporter.request()).to.include({
        'http.route': '/users/:id',
        'cerberus.endpoint': '/users/7',
        'cerberus.metric.middleware': 'm',
        'cerberus.metric.handler': 1,
        'cerberus.metric.flag': true,
        'cerberus.metric.inner': 'i',
        'cerberus.metric.from_inner': 2,
        'cerberus.user_id': hashOf('7'),
        'cerberus.consumer': hashOf('12'),
        'cerberus.consumer_label': 'Twelve',
      });
      expect(exporter.requests[0]?.['cerberus.metric.helper']).to.deep.equal([1, 2]);
      expect(exporter.requests).to.have.length(1);
    });

    it('keeps the path of a mounted router whole', async () => {
      start();
      const router = express.Router();
      router.get('/deep', (_request, response) => void response.send('ok'));
      const app = express();
      app.use('/mounted', router);
      await send(await serve(app), { target: '/mounted/deep?x' });
      expect((await exporter.request())['cerberus.endpoint']).to.equal('/mounted/deep');
    });

    it('calls an error thrown in a handler an error', async () => {
      start();
      const app = express();
      app.set('env', 'test');
      app.get('/', () => {
        throw new Error('planted');
      });
      await send(await serve(app));
      expect(await exporter.request()).to.include({
        'cerberus.outcome': 'error',
        'http.response.status_code': 500,
      });
    });

    it('takes helpers only while the request lasts', async () => {
      start();
      const results: boolean[] = [];
      const app = express();
      app.get('/', (_request, response) => {
        results.push(setMetric('in', 1));
        response.on('close', () =>
          setImmediate(() => results.push(setMetric('late', 1), setUserId('late'), setConsumer('late'))),
        );
        response.send('ok');
      });
      results.push(setMetric('before', 1), setMetrics({ before: 1 }), setUserId('before'));
      await send(await serve(app));
      await eventually(() => results.length === 7, 'the late calls were made');
      expect(results).to.deep.equal([false, false, false, true, false, false, false]);
      expect(exporter.requests[0])
        .to.include({ 'cerberus.metric.in': 1 })
        .and.not.have.property('cerberus.metric.late');
    });
  });

  describe('with sampling', () => {
    it('sees every request with CerberusSampler, whatever is sampled', async () => {
      const sampler = new CerberusSampler(new ParentBasedSampler({ root: new AlwaysOffSampler() }));
      start({}, { sampler });
      const app = express();
      app.get('/', (_request, response) => {
        trace.getActiveSpan()?.setAttribute('cerberus.metric.lost', 1);
        setMetric('helper', 1);
        response.send('ok');
      });
      await send(await serve(app));
      const request = await exporter.request();
      expect(request).to.include({
        'cerberus.source_ip': HASH,
        'cerberus.metric.helper': 1,
        'http.route': '/',
      });
      expect(exporter.spans[0]?.spanContext().traceFlags).to.equal(0);
    });

    it('sees metrics set on spans of unsampled requests where these are recorded', async () => {
      start({}, { sampler: new CerberusSampler(new AlwaysOffSampler(), { record: 'request' }) });
      const app = express();
      app.get('/', (_request, response) => {
        trace.getActiveSpan()?.setAttribute('cerberus.metric.kept', 1);
        response.send('ok');
      });
      await send(await serve(app));
      expect(await exporter.request()).to.include({ 'cerberus.metric.kept': 1 });
    });

    it('counts the request of a client that asks not to be traced', async () => {
      start({}, { sampler: new CerberusSampler(new ParentBasedSampler({ root: new AlwaysOnSampler() })) });
      const port = await serve((_request, response) => response.end());
      await send(port, { headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` } });
      await exporter.request();
      expect(exporter.spans[0]?.spanContext()).to.include({ traceId: 'a'.repeat(32), traceFlags: 0 });
    });
  });

  describe('beside other spans', () => {
    it('makes one event of nested SERVER spans, which lends it their route', async () => {
      start();
      const port = await serve((_request, response) => {
        const nested = tracing?.tracer.startSpan('nested', {
          kind: SpanKind.SERVER,
          attributes: { 'http.request.method': 'GET' },
        });
        nested?.setAttribute('http.route', '/users/:id').setAttribute('cerberus.metric.nested', 1);
        nested?.end();
        response.end();
      });
      await send(port, { target: '/users/7' });
      expect(await exporter.request()).to.include({
        'http.route': '/users/:id',
        'cerberus.metric.nested': 1,
      });
      expect(processor.stats()).to.include({ seen: 1, handedOver: 1 });
    });

    it('makes one event of a nested SERVER span too that takes its parent from the headers again', async () => {
      start();
      const port = await serve((request, response) => {
        const caller = propagation.extract(context.active(), request.headers);
        const nested = tracing?.tracer.startSpan('nested', { kind: SpanKind.SERVER }, caller);
        nested?.setAttributes({ 'http.request.method': 'GET', 'http.route': '/users/:id' }).end();
        response.end();
      });
      const traceparent = `00-${'b'.repeat(32)}-${'c'.repeat(16)}-01`;
      await send(port, { target: '/users/7', headers: { traceparent } });
      expect(await exporter.request()).to.include({ 'http.route': '/users/:id' });
      expect(processor.stats()).to.include({ seen: 1, handedOver: 1 });
    });

    it('hands over no SERVER span that is about neither HTTP nor gRPC, and no other kind', async () => {
      start();
      for (const kind of [SpanKind.SERVER, SpanKind.CLIENT, SpanKind.INTERNAL, SpanKind.CONSUMER]) {
        tracing?.tracer
          .startSpan('rpc', {
            kind,
            attributes: kind === SpanKind.CLIENT ? { 'http.request.method': 'GET' } : {},
          })
          .end();
      }
      await processor.forceFlush();
      expect(exporter.requests).to.deep.equal([]);
      expect(processor.stats()).to.include({ seen: 0, hookFailures: 0 });
    });

    it('hands over a call of gRPC, whose attributes come after its start, and ignores paths of it', async () => {
      start({ ignorePaths: ['/grpc.health.v1.Health/*'] });
      for (const service of ['grpc.health.v1.Health', 'shop.Shop']) {
        const call = tracing?.tracer.startSpan('grpc', { kind: SpanKind.SERVER });
        call?.setAttributes({ 'rpc.system': 'grpc', 'rpc.service': service, 'rpc.method': 'Check' });
        call?.setAttribute('cerberus.metric.items', 3).end();
      }
      expect(await exporter.request()).to.include({
        'rpc.service': 'shop.Shop',
        'cerberus.metric.items': 3,
        'cerberus.outcome': 'completed',
      });
      expect(processor.stats()).to.include({ seen: 2, ignored: 1, handedOver: 1 });
    });

    it('reads a SERVER span by its old attribute names', async () => {
      start();
      const span = tracing?.tracer.startSpan('GET', {
        kind: SpanKind.SERVER,
        attributes: { 'http.method': 'GET', 'http.target': '/health?x', 'http.scheme': 'http' },
      });
      span?.end();
      const other = tracing?.tracer.startSpan('GET', {
        kind: SpanKind.SERVER,
        attributes: { 'http.method': 'GET', 'http.target': '/x' },
      });
      other?.setAttributes({ 'net.peer.ip': '::ffff:203.0.113.9', 'http.status_code': 500 }).end();
      expect(await exporter.request()).to.include({
        'cerberus.source_ip': hashOf('203.0.113.9'),
        'cerberus.outcome': 'error',
      });
      expect(processor.stats()).to.include({ seen: 2, ignored: 1 });
    });

    it('follows a child once, however many processors there are', async () => {
      const other = new CerberusSpanProcessor({ secretKey: KEY }, { env: {} });
      start({}, { processors: [other] });
      const port = await serve((_request, response) => {
        const children = Array.from({ length: 900 }, () => tracing?.tracer.startSpan('child'));
        for (const child of children) child?.end();
        tracing?.tracer.startSpan('last').setAttribute('cerberus.metric.last', 1).end();
        response.end();
      });
      await send(port);
      expect(await exporter.request()).to.include({ 'cerberus.metric.last': 1 });
      expect([processor.stats().unfollowedChildren, other.stats().unfollowedChildren]).to.deep.equal([0, 0]);
      expect(other.stats()).to.include({ seen: 1 });
    });

    it('counts the children of a request that it cannot follow', async () => {
      start();
      const port = await serve((_request, response) => {
        const children = Array.from({ length: 1003 }, (_, index) =>
          tracing?.tracer.startSpan('child').setAttribute(`cerberus.metric.c${index}`, index),
        );
        for (const child of children) child?.end();
        response.end();
      });
      await send(port);
      const request = await exporter.request();
      expect(request).to.include({ 'cerberus.metric.c0': 0, 'cerberus.metric.c999': 999 });
      expect(request).to.not.have.property('cerberus.metric.c1000');
      expect(processor.stats().unfollowedChildren).to.equal(3);
    });
  });

  describe('at the end', () => {
    it('flushes and shuts down its exporter, once', async () => {
      start();
      await processor.forceFlush();
      await Promise.all([processor.shutdown(), processor.shutdown()]);
      expect([exporter.flushes, exporter.shutdowns]).to.deep.equal([1, 1]);
    });

    it('does nothing for spans after its shutdown', async () => {
      start();
      await processor.shutdown();
      const port = await serve((_request, response) => {
        expect(setMetric('n', 1)).to.equal(false);
        response.end('ok');
      });
      expect(await send(port)).to.include('200 OK');
      expect(processor.stats().seen).to.equal(0);
    });

    it('never rejects at shutdown, and passes a failed flush on', async () => {
      start();
      exporter.forceFlush = () => Promise.reject(new Error('flush'));
      exporter.shutdown = () => {
        throw new Error('shutdown');
      };
      const flushed = await processor.forceFlush().catch((error: unknown) => error);
      expect(flushed).to.be.an('error');
      await processor.shutdown();
      expect(processor.stats().hookFailures).to.equal(1);
    });
  });
});
