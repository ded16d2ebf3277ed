// Which spans are requests, and what is taken from those inside of one.
import { context, propagation, ROOT_CONTEXT, SpanKind, trace, type Context } from '@opentelemetry/api';
import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
import { until } from '@cerberus-otel/test-support/deadline';
import { expect } from 'chai';

import { CerberusSpanProcessor, setMetric } from '../../dist/esm/index.js';
import { startEventBackend } from '../support/event-backend.js';
import { listen, send } from '../support/http-server.js';
import { HASH, hashOf, KEY, useObservedServer } from '../support/observed-server.js';
import { startTracing } from '../support/tracing.js';

describe('CerberusSpanProcessor', () => {
  const observed = useObservedServer();

  describe('beside other spans', () => {
    it('makes one event of nested SERVER spans, which lends it their route', async () => {
      observed.start();
      const port = await observed.serve((_request, response) => {
        const nested = observed.tracing?.tracer.startSpan('nested', {
          kind: SpanKind.SERVER,
          attributes: { 'http.request.method': 'GET' },
        });
        nested?.setAttribute('http.route', '/users/:id').setAttribute('cerberus.metric.nested', 1);
        nested?.end();
        response.end();
      });
      await send(port, { target: '/users/7' });
      expect(await observed.exporter.request()).to.include({
        'http.route': '/users/:id',
        'cerberus.metric.nested': 1,
      });
      expect(observed.processor.stats()).to.include({ seen: 1, handedOver: 1 });
    });

    it('makes one event of a nested SERVER span too that takes its parent from the headers again', async () => {
      observed.start();
      const port = await observed.serve((request, response) => {
        const caller = propagation.extract(context.active(), request.headers);
        const nested = observed.tracing?.tracer.startSpan('nested', { kind: SpanKind.SERVER }, caller);
        nested?.setAttributes({ 'http.request.method': 'GET', 'http.route': '/users/:id' }).end();
        response.end();
      });
      const traceparent = `00-${'b'.repeat(32)}-${'c'.repeat(16)}-01`;
      await send(port, { target: '/users/7', headers: { traceparent } });
      expect(await observed.exporter.request()).to.include({ 'http.route': '/users/:id' });
      expect(observed.processor.stats()).to.include({ seen: 1, handedOver: 1 });
    });

    it('takes nothing any more for a request that is left out, once it is over', async () => {
      observed.start({ ignorePaths: ['/health'] });
      let within: Context | undefined;
      const port = await observed.serve((_request, response) => {
        const child = observed.tracing?.tracer.startSpan('child');
        within = child && trace.setSpan(context.active(), child);
        response.end();
      });
      await send(port, { target: '/health' });
      await until('it is over', () => observed.processor.stats().ignored === 1);
      expect(context.with(within ?? ROOT_CONTEXT, () => setMetric('late', 1))).to.equal(false);
    });

    it('still knows a bot when it has waited for the route of a nested SERVER span', async () => {
      const backend = await startEventBackend();
      const exporter = new CerberusWsExporter({
        wsUrl: backend.wsUrl,
        token: 't',
        clientId: 'shop',
        protocol: 'event',
      });
      const processor = new CerberusSpanProcessor(
        { exporter, secretKey: KEY },
        { env: {}, isAlone: () => true },
      );
      const tracing = startTracing({ processors: [processor] });
      const { port } = await listen((_request, response) => {
        const nested = tracing.tracer.startSpan('nested', { kind: SpanKind.SERVER });
        response.once('close', () =>
          setImmediate(() => nested.setAttribute('http.route', '/users/:id').end()),
        );
        response.end();
      });
      for (const target of ['/users/7', '/users/8'])
        await send(port, { target, headers: { 'user-agent': 'Googlebot/2.1' } });
      await until(
        'both are handed over',
        () => processor.stats().seen === 2 && processor.stats().waitingForKey < 3,
      );
      await tracing.stop();
      expect(backend.events).to.have.length(2);
      for (const event of backend.events)
        expect(event).to.include({ route: '/users/:id', user_agent_synthetic_type: 'bot', source_ip: HASH });
    });

    it('hands over no SERVER span that is about neither HTTP nor gRPC, and no other kind', async () => {
      observed.start();
      for (const kind of [SpanKind.SERVER, SpanKind.CLIENT, SpanKind.INTERNAL, SpanKind.CONSUMER]) {
        observed.tracing?.tracer
          .startSpan('rpc', {
            kind,
            attributes: kind === SpanKind.CLIENT ? { 'http.request.method': 'GET' } : {},
          })
          .end();
      }
      await observed.processor.forceFlush();
      expect(observed.exporter.requests).to.deep.equal([]);
      expect(observed.processor.stats()).to.include({ seen: 0, hookFailures: 0 });
    });

    it('hands over a call of gRPC, whose attributes come after its start, and ignores paths of it', async () => {
      observed.start({ ignorePaths: ['/grpc.health.v1.Health/*'] });
      for (const service of ['grpc.health.v1.Health', 'shop.Shop']) {
        const call = observed.tracing?.tracer.startSpan('grpc', { kind: SpanKind.SERVER });
        call?.setAttributes({ 'rpc.system': 'grpc', 'rpc.service': service, 'rpc.method': 'Check' });
        call?.setAttribute('cerberus.metric.items', 3).end();
      }
      expect(await observed.exporter.request()).to.include({
        'rpc.service': 'shop.Shop',
        'cerberus.metric.items': 3,
        'cerberus.outcome': 'completed',
      });
      expect(observed.processor.stats()).to.include({ seen: 2, ignored: 1, handedOver: 1 });
    });

    it('reads a SERVER span by its old attribute names', async () => {
      observed.start();
      const span = observed.tracing?.tracer.startSpan('GET', {
        kind: SpanKind.SERVER,
        attributes: { 'http.method': 'GET', 'http.target': '/health?x', 'http.scheme': 'http' },
      });
      span?.end();
      const other = observed.tracing?.tracer.startSpan('GET', {
        kind: SpanKind.SERVER,
        attributes: { 'http.method': 'GET', 'http.target': '/x' },
      });
      other?.setAttributes({ 'net.peer.ip': '::ffff:203.0.113.9', 'http.status_code': 500 }).end();
      expect(await observed.exporter.request()).to.include({
        'cerberus.source_ip': hashOf('203.0.113.9'),
        'cerberus.outcome': 'error',
      });
      expect(observed.processor.stats()).to.include({ seen: 2, ignored: 1 });
    });

    it('follows a child once, however many processors there are', async () => {
      const other = new CerberusSpanProcessor({ secretKey: KEY }, { env: {} });
      observed.start({}, { processors: [other] });
      const port = await observed.serve((_request, response) => {
        const children = Array.from({ length: 900 }, () => observed.tracing?.tracer.startSpan('child'));
        for (const child of children) child?.end();
        observed.tracing?.tracer.startSpan('last').setAttribute('cerberus.metric.last', 1).end();
        response.end();
      });
      await send(port);
      expect(await observed.exporter.request()).to.include({ 'cerberus.metric.last': 1 });
      expect([observed.processor.stats().unfollowedChildren, other.stats().unfollowedChildren]).to.deep.equal(
        [0, 0],
      );
      expect(other.stats()).to.include({ seen: 1 });
    });

    it('counts the children of a request that it cannot follow', async () => {
      observed.start();
      const port = await observed.serve((_request, response) => {
        const children = Array.from({ length: 1003 }, (_, index) =>
          observed.tracing?.tracer.startSpan('child').setAttribute(`cerberus.metric.c${index}`, index),
        );
        for (const child of children) child?.end();
        response.end();
      });
      await send(port);
      const request = await observed.exporter.request();
      expect(request).to.include({ 'cerberus.metric.c0': 0, 'cerberus.metric.c999': 999 });
      expect(request).to.not.have.property('cerberus.metric.c1000');
      expect(observed.processor.stats().unfollowedChildren).to.equal(3);
    });
  });
});
