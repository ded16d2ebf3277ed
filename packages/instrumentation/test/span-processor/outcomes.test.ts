// How a request ended, as a processor tells it.
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { expect } from 'chai';

import { send } from '../support/http-server.js';
import { HASH, useObservedServer } from '../support/observed-server.js';

describe('CerberusSpanProcessor', () => {
  const observed = useObservedServer();

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
        observed.start();
        const port = await observed.serve((_request, response) => answer(response));
        await send(port).catch(() => undefined);
        expect((await observed.exporter.request())['cerberus.outcome']).to.equal(outcome);
      });
    }

    it('a span that ends before its response is not aborted: nobody has hung up', async () => {
      observed.start();
      const port = await observed.serve((_request, response) => {
        trace.getActiveSpan()?.end();
        response.end('written afterwards');
      });
      await send(port);
      expect((await observed.exporter.request())['cerberus.outcome']).to.equal('completed');
    });

    it('a client that hangs up before the response is aborted', async () => {
      observed.start();
      const port = await observed.serve(() => undefined);
      const socket = connect(port, '127.0.0.1', () => socket.write('GET /gone HTTP/1.1\r\nhost: x\r\n\r\n'));
      await sleep(50);
      socket.destroy();
      expect(await observed.exporter.request()).to.include({
        'cerberus.outcome': 'aborted',
        'cerberus.source_ip': HASH,
      });
    });

    for (const how of ['destroy', 'resetAndDestroy'] as const) {
      it(`a client that hangs up in the middle of a large response is aborted (${how})`, async () => {
        observed.start();
        const port = await observed.serve((_request, response) => response.end(Buffer.alloc(50_000_000)));
        const socket = connect(port, '127.0.0.1', () =>
          socket.write('GET /large HTTP/1.1\r\nhost: x\r\n\r\n'),
        );
        socket.once('data', () => {
          socket.pause();
          setTimeout(() => socket[how](), 20);
        });
        expect((await observed.exporter.request())['cerberus.outcome']).to.equal('aborted');
      });
    }

    it('a client that hangs up is aborted also when the handler then ends the response, as Hapi does', async () => {
      observed.start();
      const port = await observed.serve((request, response) => {
        response.write('x');
        request.once('aborted', () => response.end());
      });
      const socket = connect(port, '127.0.0.1', () => socket.write('GET /gone HTTP/1.1\r\nhost: x\r\n\r\n'));
      socket.once('data', () => socket.destroy());
      expect((await observed.exporter.request())['cerberus.outcome']).to.equal('aborted');
    });

    it('a client that hangs up with all of Content-Length, before the handler ends the response, is aborted', async () => {
      observed.start();
      const port = await observed.serve((request, response) => {
        response.writeHead(200, { 'content-length': 1 }).write('x');
        request.once('aborted', () => response.end());
      });
      const socket = connect(port, '127.0.0.1', () => socket.write('GET /all HTTP/1.1\r\nhost: x\r\n\r\n'));
      socket.once('data', () => socket.destroy());
      expect((await observed.exporter.request())['cerberus.outcome']).to.equal('aborted');
    });

    it('a client that hangs up in the middle of its upload is aborted', async () => {
      observed.start();
      const port = await observed.serve((request) => request.resume());
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nabc'),
      );
      await sleep(50);
      socket.destroy();
      expect((await observed.exporter.request())['cerberus.outcome']).to.equal('aborted');
    });
  });
});
