// Requests of HTTP/2 without an SDK, on a Node.js that announces them and on one that does not.
import { once } from 'node:events';
import {
  connect,
  createServer,
  performServerHandshake,
  type ClientHttp2Session,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { duplexPair } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { context, SpanKind, trace } from '@opentelemetry/api';
import { expect } from 'chai';
import { announcesStreams } from '../../dist/esm/http-server/http2-requests.js';
import { CerberusSpanProcessor, setMetric } from '../../dist/esm/index.js';
import { captureWithoutSdk } from '../../dist/esm/setup/without-sdk.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { alone } from '../support/alone.js';
import { RecordingExporter } from '../support/recording-exporter.js';

type Handler = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

async function clientOf(handler: Handler): Promise<ClientHttp2Session> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  afterTest(async () => {
    client.destroy();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  });
  return client;
}

async function send(client: ClientHttp2Session, headers: OutgoingHttpHeaders): Promise<void> {
  const stream = client.request(headers, { endStream: true }).resume();
  await once(stream, 'close', { signal: AbortSignal.timeout(5_000) });
}

function collectedWarnings(): Error[] {
  const warnings: Error[] = [];
  const collect = (warning: Error): void => void warnings.push(warning);
  process.on('warning', collect);
  afterTest(() => void process.off('warning', collect));
  return warnings;
}

if (announcesStreams())
  describe('a request of HTTP/2 without an SDK', () => {
    it('gives one event, with the metrics that are set in it', async () => {
      const exporter = alone();
      const client = await clientOf((_request, response) => {
        setMetric('n', 3);
        trace.getActiveSpan()?.setAttribute('cerberus.metric.m', 4);
        response.end('ok');
      });
      await send(client, { ':path': '/a/b?q=1' });
      expect(await exporter.request()).to.include({
        'http.request.method': 'GET',
        'network.protocol.version': '2',
        'http.response.status_code': 200,
        'cerberus.endpoint': '/a/b',
        'cerberus.outcome': 'completed',
        'cerberus.metric.n': 3,
        'cerberus.metric.m': 4,
      });
    });

    it('gives one, too, where the application starts a SERVER span by hand, as docs/frameworks.md shows', async () => {
      const exporter = alone();
      const tracer = trace.getTracer('http2');
      const client = await clientOf((request, response) => {
        const span = tracer.startSpan(request.method, {
          kind: SpanKind.SERVER,
          attributes: {
            'http.request.method': request.method,
            'url.path': request.url,
            'network.peer.address': request.socket.remoteAddress ?? '',
          },
        });
        response.once('close', () => {
          span.setAttribute('http.response.status_code', response.statusCode).end();
        });
        context.with(trace.setSpan(context.active(), span), () => {
          trace.getActiveSpan()?.setAttribute('cerberus.metric.n', 1);
          response.end('ok');
        });
      });
      await send(client, { ':path': '/by-hand' });
      await send(client, { ':path': '/next' });
      await exporter.request(1);
      expect(exporter.requests.map((each) => each['cerberus.endpoint'])).to.deep.equal(['/by-hand', '/next']);
      expect(exporter.requests.map((each) => each['cerberus.metric.n'])).to.deep.equal([1, 1]);
    });

    it('gives one on a connection that is no socket, and that no server has accepted', async () => {
      const exporter = alone();
      const [near, far] = duplexPair();
      const session = performServerHandshake(far);
      session.on('stream', (stream) => {
        stream.respond({ ':status': 200 });
        stream.end('ok');
      });
      const client = connect('http://svc.example', { createConnection: () => near });
      afterTest(() => {
        client.destroy();
        session.destroy();
      });
      await send(client, { ':path': '/in-memory' });
      expect(await exporter.request()).to.include({
        'cerberus.endpoint': '/in-memory',
        'cerberus.outcome': 'completed',
      });
    });

    for (const method of ['GET', 'POST']) {
      it(`is completed where the application reads the request from the stream itself, and aborted where the connection ends: ${method}`, async () => {
        const exporter = alone();
        const server = createServer();
        server.on('stream', (stream, { ':path': path }) => {
          stream.on('error', () => undefined);
          stream.resume().once('end', () => {
            stream.respond({ ':status': 201, 'content-length': path === '/ends' ? 5_000_000 : 2 });
            if (path !== '/ends') return void stream.end('ok');
            stream.end(Buffer.alloc(5_000_000));
            setTimeout(() => stream.session?.destroy(), 20);
          });
        });
        await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
        const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
        client.on('error', () => undefined);
        afterTest(async () => {
          client.destroy();
          await new Promise<void>((resolve) => void server.close(() => resolve()));
        });
        for (const path of ['/read', '/ends']) {
          const stream = client.request(
            { ':method': method, ':path': path },
            { endStream: method === 'GET' },
          );
          stream.on('error', () => undefined);
          if (method === 'POST') stream.end('body');
          if (path === '/read') stream.resume();
          await once(stream, 'close', { signal: AbortSignal.timeout(5_000) });
        }
        await exporter.request(1);
        const told = exporter.requests.map((each) => [
          each['cerberus.endpoint'],
          each['cerberus.outcome'],
          each['cerberus.response_body_size'],
        ]);
        expect(told).to.deep.equal([
          ['/read', 'completed', 2],
          ['/ends', 'aborted', undefined],
        ]);
      });
    }

    it('gives none where it is a call of gRPC, which is said once', async () => {
      const warnings = collectedWarnings();
      const exporter = alone();
      const client = await clientOf((_request, response) => response.end());
      for (const path of ['/s.S/M', '/s.S/N'])
        await send(client, { ':method': 'POST', ':path': path, 'content-type': 'application/grpc' });
      await send(client, { ':path': '/page' });
      await exporter.request();
      expect(exporter.requests.map((each) => each['cerberus.endpoint'])).to.deep.equal(['/page']);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.include({ code: 'CERBERUS_RUNTIME' });
      expect(warnings[0]?.message).to.include('calls of gRPC are not counted');
    });
  });
else
  describe('requests of HTTP/2 without an SDK, which this Node.js does not announce', () => {
    it('give no events, which is said once, also of the first connection of the process', async () => {
      const warnings = collectedWarnings();
      const exporter = new RecordingExporter();
      const processor = new CerberusSpanProcessor({ exporter, secretKey: 'k'.repeat(32) }, { env: {} });
      const leave = captureWithoutSdk(processor, { say: () => undefined, record: 'server' });
      afterTest(async () => {
        leave();
        await processor.shutdown();
      });
      for (const path of ['/a', '/b']) {
        const client = await clientOf((_request, response) => response.end('ok'));
        await send(client, { ':path': path });
      }
      await setImmediate();
      expect(exporter.requests).to.deep.equal([]);
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.include({ code: 'CERBERUS_RUNTIME' });
    });
  });
