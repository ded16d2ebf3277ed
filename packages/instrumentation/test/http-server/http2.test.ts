// Requests of HTTP/2, on a Node.js that announces them.
import { once } from 'node:events';
import {
  connect,
  createSecureServer,
  createServer,
  type ClientHttp2Session,
  type Http2SecureServer,
  type Http2Server,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { trace, type Attributes } from '@opentelemetry/api';
import { expect } from 'chai';
import { generate } from 'selfsigned';
import {
  CerberusSpanProcessor,
  setMetric,
  type HttpServerInstrumentation,
  type HttpServerInstrumentationConfig,
} from '../../dist/esm/index.js';
import { announcesStreams } from '../../dist/esm/http-server/http2-requests.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';
import { RecordingExporter } from '../support/recording-exporter.js';
import { traceServers } from '../support/server-spans.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const DEADLINE_MILLIS = 5_000;

function recorded(config: HttpServerInstrumentationConfig = { http2: true }): RecordingExporter {
  const exporter = new RecordingExporter();
  traced(config, exporter);
  return exporter;
}

function traced(
  config: HttpServerInstrumentationConfig,
  exporter: RecordingExporter,
): HttpServerInstrumentation {
  const processor = new CerberusSpanProcessor(
    { exporter, secretKey: 'k'.repeat(32), trustProxy: ['127.0.0.1'] },
    { env: {} },
  );
  return traceServers([processor], config);
}

async function listening(server: Http2Server | Http2SecureServer): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  afterTest(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
}

function clientOf(port: number): ClientHttp2Session {
  const client = connect(`http://127.0.0.1:${port}`);
  afterTest(() => client.destroy());
  return client;
}

/** Sends a request and reads the answer to its end. */
async function send(client: ClientHttp2Session, headers: OutgoingHttpHeaders, body = ''): Promise<string> {
  const stream = client.request(headers, { endStream: body === '' });
  if (body !== '') stream.end(body);
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(stream, 'close', { signal: AbortSignal.timeout(DEADLINE_MILLIS) });
  return text;
}

const active = (): string => trace.getActiveSpan()?.spanContext().traceId ?? 'none';

describe('the versions of Node.js that announce requests of HTTP/2', () => {
  for (const version of ['20.20.2', '22.16.0', '23.11.1', '24.1.0'])
    it(`are not ${version}`, () => void expect(announcesStreams(version)).to.equal(false));
  for (const version of ['22.17.0', '24.2.0', '25.0.0', '26.12.1'])
    it(`are ${version} too`, () => void expect(announcesStreams(version)).to.equal(true));
});

const isAnnounced = announcesStreams();

// What a Node.js does not announce cannot be followed; there is nothing to skip there.
if (isAnnounced)
  describe('a request of HTTP/2', () => {
    it('gives one event with the address, the path, the outcome and the metrics, in the trace of its caller', async () => {
      const exporter = recorded();
      const seen: string[] = [];
      const server = createServer((request, response) => {
        seen.push(active());
        setMetric('n', 3);
        request.on('data', () => seen.push(active()));
        request.on('end', () => {
          seen.push(active());
          response.writeHead(201, { 'content-length': 2 }).end('ok');
        });
      });
      const port = await listening(server);
      const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;
      const headers = {
        ':method': 'POST',
        ':path': '/a/b?q=1',
        traceparent,
        'x-forwarded-for': '203.0.113.9',
      };
      expect(await send(clientOf(port), headers, 'body')).to.equal('ok');
      const attributes = await exporter.request();
      expect(seen).to.deep.equal([TRACE, TRACE, TRACE]);
      expect(exporter.spans[0]?.spanContext().traceId).to.equal(TRACE);
      expect(attributes).to.include({
        'http.request.method': 'POST',
        'url.scheme': 'http',
        'url.path': '/a/b',
        'server.address': '127.0.0.1',
        'server.port': port,
        'network.protocol.version': '2',
        'network.peer.address': '127.0.0.1',
        'http.response.status_code': 201,
        'cerberus.outcome': 'completed',
        'cerberus.endpoint': '/a/b',
        'cerberus.metric.n': 3,
        'cerberus.response_body_size': 2,
      });
      expect(attributes['cerberus.source_ip']).to.match(/^[0-9a-f]{64}$/);
      const direct = await secondAddress(port, exporter);
      expect(attributes['cerberus.source_ip']).to.not.equal(direct['cerberus.source_ip']);
      expect(exporter.requests).to.have.length(2);
    });

    it('has its span in the listeners of a stream', async () => {
      const exporter = recorded();
      const server = createServer();
      const seen: string[] = [];
      server.on('stream', (stream) => {
        seen.push(active());
        stream.on('close', () => seen.push(active()));
        stream.respond({ ':status': 503 });
        stream.end('no');
      });
      await send(clientOf(await listening(server)), { ':path': '/' });
      const attributes = await exporter.request();
      const traceId = exporter.spans[0]?.spanContext().traceId;
      expect(seen).to.deep.equal([traceId, traceId]);
      expect(attributes).to.include({
        'http.response.status_code': 503,
        'error.type': '503',
        'cerberus.outcome': 'error',
      });
    });

    it('has an address of its own, a span of its own and its own outcome beside others on its connection', async () => {
      const exporter = recorded();
      const server = createServer((request, response) => {
        setMetric('at', request.url);
        setTimeout(() => response.end(request.url), request.url === '/slow' ? 30 : 1);
      });
      const client = clientOf(await listening(server));
      const paths = ['/slow', '/1', '/2', '/3'];
      await Promise.all(paths.map((path) => send(client, { ':path': path })));
      await until('all are over', () => exporter.requests.length === 4);
      expect(exporter.requests.map((each) => each['cerberus.metric.at'])).to.have.members(paths);
      for (const each of exporter.requests) {
        expect(each['cerberus.metric.at']).to.equal(each['url.path']);
        expect(each).to.include({ 'cerberus.outcome': 'completed', 'cerberus.endpoint': each['url.path'] });
      }
    });

    for (const how of ['stream', 'connection'] as const) {
      it(`is aborted when the client gives up its ${how}`, async () => {
        const exporter = recorded();
        const server = createServer((_request, response) => void response.write('part'));
        const client = clientOf(await listening(server));
        const stream = client.request({ ':path': '/never' });
        stream.on('error', () => undefined);
        await once(stream, 'data', { signal: AbortSignal.timeout(DEADLINE_MILLIS) });
        if (how === 'stream') stream.close(8);
        else client.destroy();
        expect(await exporter.request()).to.include({ 'cerberus.outcome': 'aborted', 'url.path': '/never' });
      });
    }

    it('is completed without a body: HEAD, 204 and 304', async () => {
      const exporter = recorded();
      const server = createServer((request, response) => {
        response.writeHead(Number(request.url.slice(1))).end();
      });
      const client = clientOf(await listening(server));
      await send(client, { ':method': 'HEAD', ':path': '/200' });
      await send(client, { ':path': '/204' });
      await send(client, { ':path': '/304' });
      await until('all are over', () => exporter.requests.length === 3);
      expect(exporter.requests.map((each) => each['cerberus.outcome'])).to.deep.equal(
        Array(3).fill('completed'),
      );
    });

    it('is nothing of ours where it is a call of gRPC, a tunnel or pushed, or where nobody asked for it', async () => {
      const exporter = recorded();
      const server = createServer();
      server.on('stream', (stream, headers) => {
        if (headers[':path'] === '/page') {
          stream.pushStream({ ':path': '/pushed' }, (_error, pushed) => {
            pushed.respond({ ':status': 200 });
            pushed.end('pushed');
          });
        }
        stream.respond({ ':status': 200 });
        stream.end();
      });
      const client = clientOf(await listening(server));
      await send(client, { ':method': 'POST', ':path': '/s.S/M', 'content-type': 'application/grpc+proto' });
      await send(client, { ':method': 'CONNECT', ':authority': 'x:1' });
      await send(client, { ':path': '/page' });
      await exporter.request();
      expect(exporter.requests.map((each) => each['url.path'])).to.deep.equal(['/page']);
    });

    it('gives nothing unless it is asked for', async () => {
      const exporter = recorded({});
      const server = createServer((_request, response) => response.end('ok'));
      await send(clientOf(await listening(server)), { ':path': '/' });
      expect(exporter.requests).to.deep.equal([]);
    });

    it('gives one event beside those of HTTP/1.1 on the same server', async () => {
      const exporter = recorded();
      const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }]);
      const server = createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
        response.end(request.httpVersion);
      });
      const port = await listening(server);
      const old = httpsRequest({
        host: '127.0.0.1',
        port,
        path: '/old',
        rejectUnauthorized: false,
        agent: false,
      });
      const [answer] = (await once(old.end(), 'response')) as [NodeJS.ReadableStream];
      await once(answer.resume(), 'close');
      const client = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
      afterTest(() => client.destroy());
      expect(await send(client, { ':path': '/new' })).to.equal('2.0');
      await until('both are over', () => exporter.requests.length === 2);
      const seen = exporter.requests.map((each) => [each['url.path'], each['network.protocol.version']]);
      expect(seen).to.deep.equal([
        ['/old', '1.1'],
        ['/new', '2'],
      ]);
      for (const each of exporter.requests) expect(each['url.scheme']).to.equal('https');
    });
  });

if (!isAnnounced)
  describe('a request of HTTP/2, on a Node.js that announces none', () => {
    it('gives no event, and the reason is said once', async () => {
      const warnings: string[] = [];
      const onWarning = (warning: Error & { code?: string }): void => void warnings.push(warning.code ?? '');
      process.on('warning', onWarning);
      afterTest(() => void process.off('warning', onWarning));
      const exporter = new RecordingExporter();
      const instrumentation = traced({ http2: true }, exporter);
      instrumentation.disable();
      instrumentation.enable();
      const server = createServer((_request, response) => response.end('ok'));
      await send(clientOf(await listening(server)), { ':path': '/' });
      expect(exporter.requests).to.deep.equal([]);
      await until('it is said', () => warnings.length > 0);
      expect(warnings).to.deep.equal(['CERBERUS_RUNTIME']);
    });
  });

/** That of a request without forwarding headers. */
async function secondAddress(port: number, exporter: RecordingExporter): Promise<Attributes> {
  await send(clientOf(port), { ':path': '/direct' });
  return exporter.request(1);
}
