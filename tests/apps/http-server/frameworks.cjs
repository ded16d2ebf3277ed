// Frameworks with their instrumentations, which name routes and make spans below the SERVER span.
'use strict';
const http = require('node:http');
const { request } = require('./client.cjs');
const { api, fromSdk } = require('./recorder.cjs');

const PATHS = ['/', '/users/7', '/users/7?x=1', '/nowhere', '/fails', '/late/1', '/sub/a/b'];
const post = (path) =>
  request(`POST ${path}`, { 'Content-Type': 'application/json', 'Content-Length': 9 }, '{"a":"b"}');
const seen = (note, what) => note(what, `${api.trace.getActiveSpan() !== undefined}`);

function express(note) {
  const framework = fromSdk('express');
  const app = framework();
  const sub = framework.Router({ mergeParams: true });
  sub.get('/b', (req, res) => res.send('b'));
  app.use(framework.json());
  app.use((req, res, next) => setTimeout(() => next(), 1));
  app.use('/sub/:id', sub);
  app.get('/', (req, res) => res.send('home'));
  app.get('/users/:id', (req, res) => {
    seen(note, 'handler');
    res.json({ id: req.params.id });
  });
  // oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Express 5
  app.get('/late/:id', async (req, res) => {
    await new Promise((resolve) => setTimeout(resolve, 3));
    seen(note, 'late');
    res.end();
  });
  app.get('/fails', () => {
    throw new RangeError('boom');
  });
  app.post('/body', (req, res) => {
    seen(note, 'body');
    res.json(req.body);
  });
  app.use((error, req, res, next) => {
    void next;
    res.status(500).send('failed');
  });
  return http.createServer(app);
}

function koa(note) {
  const Koa = fromSdk('koa');
  const Router = fromSdk('@koa/router').Router ?? fromSdk('@koa/router');
  const app = new Koa({ proxy: false });
  app.silent = true;
  const router = new Router();
  router.get('/', (ctx) => void (ctx.body = 'home'));
  router.get('/users/:id', (ctx) => {
    seen(note, 'handler');
    ctx.body = ctx.params;
  });
  router.get('/late/:id', async (ctx) => {
    await new Promise((resolve) => setTimeout(resolve, 3));
    seen(note, 'late');
    ctx.body = '';
  });
  router.get('/fails', () => {
    throw new RangeError('boom');
  });
  app.use((ctx, next) => next());
  app.use(router.routes());
  return http.createServer(app.callback());
}

function connect(note) {
  const app = fromSdk('connect')();
  app.use((req, res, next) => next());
  app.use('/users', (req, res) => {
    seen(note, 'handler');
    res.end('user');
  });
  app.use('/fails', () => {
    throw new RangeError('boom');
  });
  app.use('/late', (req, res) => setTimeout(() => res.end(), 3));
  app.use((error, req, res, next) => {
    void next;
    res.statusCode = 500;
    res.end();
  });
  return http.createServer(app);
}

/** These make their servers themselves. */
async function fastify(note, act) {
  const app = fromSdk('fastify')();
  app.get('/', async () => 'home');
  app.get('/users/:id', (req, reply) => {
    seen(note, 'handler');
    reply.send(req.params);
  });
  app.get('/late/:id', async () => {
    await new Promise((resolve) => setTimeout(resolve, 3));
    seen(note, 'late');
    return {};
  });
  app.get('/fails', async () => {
    throw new RangeError('boom');
  });
  app.post('/body', (req, reply) => void reply.send(req.body));
  app.register(async (sub) => sub.get('/:id/b', async () => 'b'), { prefix: '/sub' });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const answer = await act(app.server.address().port);
  await app.close();
  return answer;
}

async function hapi(note, act) {
  const app = fromSdk('@hapi/hapi').server({ port: 0, host: '127.0.0.1', debug: false });
  app.route([
    { method: 'GET', path: '/', handler: () => 'home' },
    {
      method: 'GET',
      path: '/users/{id}',
      handler: (req) => {
        seen(note, 'handler');
        return req.params;
      },
    },
    {
      method: 'GET',
      path: '/late/{id}',
      handler: async () => {
        await new Promise((resolve) => setTimeout(resolve, 3));
        seen(note, 'late');
        return '';
      },
    },
    {
      method: 'GET',
      path: '/fails',
      handler: () => {
        throw new RangeError('boom');
      },
    },
    { method: 'POST', path: '/body', handler: (req) => req.payload },
  ]);
  await app.start();
  const answer = await act(app.info.port);
  await app.stop();
  return answer;
}

async function restify(note, act) {
  const app = fromSdk('restify').createServer();
  app.get('/users/:id', (req, res, next) => {
    seen(note, 'handler');
    res.send(req.params ?? {});
    next();
  });
  app.get(
    '/late/:id',
    (req, res, next) =>
      void setTimeout(() => {
        res.send('late');
        next();
      }, 3),
  );
  app.get('/fails', (req, res, next) => next(new RangeError('boom')));
  await new Promise((resolve) => app.listen(0, '127.0.0.1', resolve));
  const answer = await act(app.address().port);
  await new Promise((resolve) => app.close(resolve));
  return answer;
}

const requests = [...PATHS.map((path) => [path, request(`GET ${path}`)]), ['/body, posted', post('/body')]];
const { send } = require('./client.cjs');

const onServer = (name, make) =>
  requests.map(([path, text]) => ({
    title: `${name} ${path}`,
    server: ({ note }) => make(note),
    act: (of) => of.send(text),
  }));
const byItself = (name, run) =>
  requests.map(([path, text]) => ({
    title: `${name} ${path}`,
    act: ({ note }) => run(note, (port) => send(port, text)),
  }));

module.exports = [
  ...onServer('Express', express),
  ...onServer('Koa', koa),
  ...onServer('connect', connect),
  ...byItself('Fastify', fastify),
  ...byItself('hapi', hapi),
  // Its dependencies do not load from Node 24 on.
  ...(Number(process.versions.node.split('.')[0]) < 24 ? byItself('restify', restify) : []),
];
