// Servers and connections of every kind.
'use strict';
const http = require('node:http');
const http2 = require('node:http2');
const https = require('node:https');
const net = require('node:net');
const tls = require('node:tls');
const { mkdtempSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { request } = require('./client.cjs');
const { closed, listening } = require('./run-cases.cjs');

const { CERTIFICATE, PRIVATE_KEY } = process.env;
const TLS = { key: PRIVATE_KEY, cert: CERTIFICATE };
const get = request('GET /x');
const keep = (path, more = {}) => request(`GET ${path}`, { Connection: 'keep-alive', ...more });
const expects = (value) => request('POST /x', { Expect: value, 'Content-Length': 3 });
const answer = (req, res, note) => {
  note('handler');
  res.end(req.url);
};
const later = (req, res, note) =>
  setTimeout(
    () => {
      note(`timer ${req.url}`);
      res.end(req.url);
    },
    req.url === '/1' ? 20 : 2,
  );
const one = (title, text, more = {}) => ({
  title,
  handle: answer,
  act: ({ send }) => send(text, more.how),
  ...more,
});
const readAll = (req, res, note) => {
  req
    .on('data', () => note('data'))
    .on('end', () => {
      note('end');
      res.end('read');
    });
};

module.exports = [
  one('HTTP/1.0', 'GET /x HTTP/1.0\r\n\r\n'),
  one('HTTP/1.0 with Host', 'GET /x HTTP/1.0\r\nHost: a:1\r\n\r\n'),
  one('HTTP/1.0 kept alive', [
    'GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n',
    'GET /2 HTTP/1.0\r\n\r\n',
  ]),
  one('keep-alive', [keep('/1'), keep('/2'), request('GET /3')]),
  one('keep-alive, answered late', [keep('/1'), keep('/2'), request('GET /3')], { handle: later }),
  one('keep-alive, then hung up', [keep('/1'), keep('/2')], { how: { hangUpAfter: '/1' } }),
  one('pipelined', keep('/1') + keep('/2') + request('GET /3')),
  one('pipelined, answered out of order', keep('/1') + keep('/2') + request('GET /3'), { handle: later }),
  one(
    'pipelined with bodies',
    request('POST /1', { Connection: 'keep-alive', 'Content-Length': 3 }, 'abc') +
      request('POST /2', { 'Content-Length': 3 }, 'def'),
    { handle: readAll },
  ),
  one('100-continue', [expects('100-continue'), 'abc'], { handle: readAll }),
  one('100-continue, listened to', [expects('100-continue'), 'abc'], {
    act: async ({ server, send, note }) => {
      server.on('checkContinue', (req, res) => {
        note('checkContinue');
        res.writeContinue();
        readAll(req, res, note);
      });
      return send([expects('100-continue'), 'abc']);
    },
  }),
  one('100-continue, listened to and emitted on', [], {
    handle: readAll,
    act: async ({ server, send, note }) => {
      server.on('checkContinue', (req, res) => {
        note('checkContinue');
        res.writeContinue();
        server.emit('request', req, res);
      });
      return send([expects('100-continue'), 'abc']);
    },
  }),
  one('100-continue, listened to and refused', [], {
    act: async ({ server, send }) => {
      server.on('checkContinue', (req, res) => res.writeHead(413).end());
      return send(expects('100-continue'));
    },
  }),
  one('another expectation', expects('bananas') + 'abc'),
  one('another expectation, listened to', [], {
    act: async ({ server, send, note }) => {
      server.on('checkExpectation', (req, res) => {
        note('checkExpectation');
        res.writeHead(200).end();
      });
      return send(expects('bananas') + 'abc');
    },
  }),
  one('HTTP/1.1 without Host', 'GET /x HTTP/1.1\r\nConnection: close\r\n\r\n'),
  one('HTTP/1.1 without Host, allowed', 'GET /x HTTP/1.1\r\nConnection: close\r\n\r\n', {
    server: () => http.createServer({ requireHostHeader: false }),
  }),
  one('more requests than allowed on a connection', [keep('/1'), keep('/2')], {
    server: () => Object.assign(http.createServer(), { maxRequestsPerSocket: 1 }),
  }),
  one('more requests than allowed, pipelined', keep('/1') + keep('/2'), {
    server: () => Object.assign(http.createServer(), { maxRequestsPerSocket: 1 }),
    handle: later,
  }),
  one('malformed', 'NOT HTTP\r\n\r\n'),
  one('header too large', request('GET /x', { a: 'b'.repeat(20_000) })),
  one('handler that never answers, request timeout', get, {
    server: () => Object.assign(http.createServer(), { timeout: 30 }),
    handle: (req, res, note) => note('handler'),
  }),
  one('upgrade, listened to', [], {
    act: async ({ server, send, note }) => {
      server.on('upgrade', (req, socket) => {
        note('upgrade');
        socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
      });
      return send(request('GET /x', { Connection: 'Upgrade', Upgrade: 'websocket' }));
    },
  }),
  one('upgrade, not listened to', request('GET /x', { Connection: 'Upgrade', Upgrade: 'websocket' }), {
    handle: (req, res) => res.writeHead(200, { Connection: 'close' }).end('plain'),
  }),
  one('CONNECT, listened to', [], {
    act: async ({ server, send, note }) => {
      server.on('connect', (req, socket) => {
        note('connect');
        socket.end('HTTP/1.1 200 OK\r\n\r\n');
      });
      return send('CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n');
    },
  }),
  one('CONNECT, not listened to', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n'),
  one('unix socket', get, { listen: [join(mkdtempSync(join(tmpdir(), 'cerberus-')), 's')] }),
  one('unix socket behind a proxy', request('GET /x', { 'X-Forwarded-For': '9.9.9.9' }), {
    listen: [join(mkdtempSync(join(tmpdir(), 'cerberus-')), 's')],
  }),
  one('dual-stack listener', get, { listen: [0, '::'] }),
  one('https', get, { server: () => https.createServer(TLS), how: { tls: true } }),
  one('https, Host without port', request('GET /x?y=1', { Host: 'a' }), {
    server: () => https.createServer(TLS),
    how: { tls: true },
  }),
  one('TLS in front of a plain server', get, {
    act: async ({ server }) => {
      const front = tls.createServer(TLS, (socket) => server.emit('connection', socket));
      await listening(front);
      const { send } = require('./client.cjs');
      const text = await send(front.address().port, get, { tls: true });
      await closed(front);
      return text;
    },
  }),
  one('a connection that is handed over', get, {
    act: async ({ server }) => {
      const front = net.createServer((socket) => server.emit('connection', socket));
      await listening(front);
      const { send } = require('./client.cjs');
      const text = await send(front.address().port, get);
      await closed(front);
      return text;
    },
  }),
  one('HTTP/1.1 on a server of HTTP/2', get, {
    server: () => http2.createSecureServer({ ...TLS, allowHTTP1: true }),
    how: { tls: true },
  }),
  one('emitted on to a second server', get, {
    handle: undefined,
    act: async ({ server, send, note }) => {
      const second = http.createServer((req, res) => {
        note('second');
        res.end();
      });
      server.on('request', (req, res) => {
        note('first');
        second.emit('request', req, res);
      });
      return send(get);
    },
  }),
  one('emitted on to a second server that serves itself', [], {
    handle: undefined,
    act: async ({ server, send, note }) => {
      const second = http.createServer((req, res) => {
        note('second');
        setTimeout(() => res.end(), 3);
      });
      await listening(second);
      server.on('request', (req, res) => {
        note('first');
        second.emit('request', req, res);
      });
      const client = require('./client.cjs');
      const own = await client.send(second.address().port, get);
      const text = own + (await send(get));
      await closed(second);
      return text;
    },
  }),
  one('emitted without a connection', [], {
    act: async ({ server, note }) => {
      const req = new http.IncomingMessage(new net.Socket());
      const res = new http.ServerResponse(req);
      req.method = 'GET';
      req.url = '/fake';
      res.on('close', () => note('close', ''));
      server.emit('request', req, res);
      res.emit('close');
      return '';
    },
  }),
  one('own emit of the server', get, {
    server: () => {
      const server = http.createServer();
      const { emit } = server;
      server.emit = function (...args) {
        return emit.apply(this, args);
      };
      return server;
    },
  }),
  one('own emit, set after the first request', [], {
    act: async ({ server, send, note }) => {
      const first = await send(get);
      const { emit } = server;
      server.emit = function (event, ...args) {
        if (event === 'request') note('wrapped');
        return emit.call(this, event, ...args);
      };
      return first + (await send(get));
    },
  }),
  one('a class of its own', get, { server: () => new (class extends http.Server {})() }),
  one('listeners added after the first request', [], {
    act: async ({ server, send, note }) => {
      const first = await send(get);
      server.prependListener('request', () => note('second listener'));
      server.once('request', () => note('once'));
      return first + (await send(get));
    },
  }),
  one('a request within a request', [], {
    handle: undefined,
    act: async ({ server, send, target, note }) => {
      const client = require('./client.cjs');
      server.on('request', async (req, res) => {
        note(req.url);
        if (req.url === '/outer') await client.send(target, request('GET /inner'));
        note(`${req.url} again`);
        res.end();
      });
      return send(request('GET /outer'));
    },
  }),
  one('a server made within a request', [], {
    handle: undefined,
    act: async ({ server, send, note }) => {
      const client = require('./client.cjs');
      server.on('request', async (req, res) => {
        const inner = http.createServer((_req, answers) => {
          note('inner');
          answers.end();
        });
        await listening(inner);
        await client.send(inner.address().port, request('GET /inner'));
        await closed(inner);
        note('outer');
        res.end();
      });
      return send(request('GET /outer'));
    },
  }),
];
