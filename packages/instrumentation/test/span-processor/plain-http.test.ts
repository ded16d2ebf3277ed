// What a processor hands over of a request to a server of `node:http`.
import { IncomingMessage, ServerResponse } from 'node:http';
import { connect, Socket } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ErrorRequestHandler } from 'express';

import { setMetric } from '../../dist/esm/index.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';
import { listen, send } from '../support/http-server.js';
import { express } from '../support/tracing.js';
import { HASH, hashOf, useObservedServer } from '../support/observed-server.js';

describe('CerberusSpanProcessor', () => {
  const observed = useObservedServer();

  describe('on a plain HTTP server', () => {
    it('hands over each request once, with a pseudonymous address, its path and its outcome', async () => {
      observed.start();
      const port = await observed.serve((_request, response) => response.end('ok'));
      await send(port, { target: '/a/b?secret=1#x' });
      expect(await observed.exporter.request()).to.include({
        'cerberus.source_ip': HASH,
        'cerberus.endpoint': '/a/b',
        'cerberus.scheme': 'http',
        'cerberus.outcome': 'completed',
        'http.request.method': 'GET',
        'http.response.status_code': 200,
      });
      expect(observed.processor.stats()).to.deep.equal({
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
        observed.start();
        await send(await observed.serve((_request, response) => response.end()), { target });
        expect((await observed.exporter.request())['cerberus.endpoint']).to.equal(path);
      });
    }

    it('keeps the path of a request whose Host header spoils the URL', async () => {
      observed.start();
      await send(await observed.serve((_request, response) => response.end()), {
        target: '/here',
        headers: { host: 'a b' },
      });
      expect(await observed.exporter.request())
        .to.include({ 'cerberus.endpoint': '/here' })
        .and.not.have.property('url.path');
    });

    it('counts the requests of one connection one by one, however they overlap', async () => {
      observed.start();
      const port = await observed.serve((request, response) => {
        setTimeout(() => response.end(), request.url === '/slow' ? 20 : 1);
      });
      const socket = connect(port, '127.0.0.1');
      socket.resume();
      const paths = ['/slow', '/1', '/2', '/3', '/slow', '/4'];
      for (const path of paths) socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
      await until('all requests are there', () => observed.exporter.requests.length === paths.length);
      socket.destroy();
      expect(observed.exporter.requests.map((request) => request['cerberus.endpoint'])).to.have.members(
        paths,
      );
      expect(
        new Set(observed.exporter.requests.map((request) => request['cerberus.source_ip'])),
      ).to.deep.equal(new Set([HASH]));
    });

    it('tells the pseudonym of a unix socket from nothing: there is no address', async () => {
      observed.start({ trustProxy: 1 });
      const folder = mkdtempSync(join(tmpdir(), 'cerberus-'));
      afterTest(() => rmSync(folder, { recursive: true }));
      const path = join(folder, 's');
      observed.server = await listen((_request, response) => response.end(), path);
      await send(path);
      await send(path, { headers: { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' } });
      expect(await observed.exporter.request(0)).to.not.have.property('cerberus.source_ip');
      expect(await observed.exporter.request(1)).to.include({
        'cerberus.source_ip': hashOf('203.0.113.9'),
        'cerberus.scheme': 'https',
      });
    });

    it('knows the sizes that headers announce, and a bot without its user agent', async () => {
      observed.start();
      const port = await observed.serve((request, response) => {
        if (request.url !== '/chunked') response.setHeader('content-length', '2');
        if (request.url === '/unchanged') response.statusCode = 304;
        if (request.url === '/chunked') response.write('o');
        response.end(
          request.method === 'HEAD' || request.url === '/unchanged' ? undefined : 'ok'.slice(0, 2),
        );
      });
      const sizes = async (index: number): Promise<unknown[]> => {
        const attributes = await observed.exporter.request(index);
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
      observed.start();
      const app = express();
      app.get('/:status', (request) => {
        const error = new RangeError('canary@example.com');
        throw Object.assign(error, { status: Number(request.params['status']) });
      });
      app.use(((_error, request, response, _next) => {
        response.status(Number(request.path.slice(1))).end();
      }) as ErrorRequestHandler);
      const port = await observed.serve(app);
      await send(port, { target: '/500' });
      await send(port, { target: '/404' });
      expect(await observed.exporter.request(0)).to.include({ 'cerberus.error_type': 'RangeError' });
      expect(JSON.stringify(observed.exporter.requests)).to.not.include('canary');
      expect(await observed.exporter.request(1)).to.not.have.property('cerberus.error_type');
    });

    it('takes the address from the socket, whatever a client claims', async () => {
      observed.start();
      const port = await observed.serve((_request, response) => response.end());
      const claims = {
        'x-forwarded-for': '203.0.113.9',
        forwarded: 'for=203.0.113.9;proto=https',
        'x-real-ip': '203.0.113.9',
        'x-forwarded-proto': 'https',
      };
      await send(port, { headers: claims });
      const request = await observed.exporter.request();
      expect(request).to.include({
        'client.address': '203.0.113.9',
        'cerberus.source_ip': HASH,
        'cerberus.scheme': 'http',
      });
    });

    it('takes the address from a trusted proxy, as it was when the request came', async () => {
      observed.start({ trustProxy: ['loopback'] });
      const port = await observed.serve((request, response) => {
        request.headers['x-forwarded-for'] = '6.6.6.6';
        response.end();
      });
      await send(port, { headers: { 'x-forwarded-for': '6.6.6.6, 203.0.113.9' } });
      expect((await observed.exporter.request())['cerberus.source_ip']).to.equal(hashOf('203.0.113.9'));
    });

    it('uses what the span knows when a request is made and emitted by hand', async () => {
      observed.start({ trustProxy: 1 });
      const port = await observed.serve((request, response) => {
        if (request.url === '/inner') return response.end();
        const made = new IncomingMessage(new Socket());
        Object.assign(made, { method: 'GET', url: '/inner', httpVersion: '1.1' });
        made.headers = { 'x-forwarded-for': '203.0.113.9' };
        observed.server?.server.emit('request', made, new ServerResponse(made));
        response.end();
        return undefined;
      });
      await send(port, { target: '/outer' });
      expect(await observed.exporter.request()).to.include({
        'cerberus.endpoint': '/outer',
        'cerberus.source_ip': HASH,
      });
      expect(observed.processor.stats()).to.include({ seen: 1, hookFailures: 0 });
    });

    it('ignores probes, and counts them', async () => {
      observed.start();
      const port = await observed.serve((_request, response) => {
        setMetric('n', 1);
        response.end();
      });
      await send(port, { target: '/health?x' });
      await send(port, { target: '/healthy' });
      await observed.exporter.request();
      expect(observed.exporter.requests).to.have.length(1);
      expect(observed.processor.stats()).to.include({ seen: 2, ignored: 1, handedOver: 1 });
    });

    it('counts what the exporter refuses', async () => {
      observed.start();
      observed.exporter.code = 1;
      await send(await observed.serve((_request, response) => response.end()));
      await observed.exporter.request();
      expect(observed.processor.stats()).to.include({ seen: 1, handedOver: 0, refused: 1 });
    });

    it('hints at `trustProxy` after 100 forwarded requests, and not when it is set to false', async () => {
      for (const [options, codes] of [
        [{}, ['CERBERUS_FORWARDED_HEADERS']],
        [{ trustProxy: false as const }, []],
      ] as const) {
        observed.start(options);
        const port = await observed.serve((_request, response) => response.end());
        for (let index = 0; index < 101; index += 1)
          await send(port, { headers: { 'x-forwarded-for': '1.1.1.1' } });
        await observed.exporter.request(100);
        expect(observed.reporter.codes).to.deep.equal(codes);
        await observed.stop();
      }
    });
  });
});
