// Hapi: everything that decides what a route is called.
'use strict';

const { gets } = require('./gets.cjs');

const handler = () => 'done';
const fail = () => {
  throw new RangeError('boom');
};
const get = (path, rest = {}) => ({ method: 'GET', path, handler, ...rest });

function plain(Hapi) {
  const server = Hapi.server({ port: 0, host: '127.0.0.1', debug: false });
  server.route([
    get('/'),
    get('/users/{id}'),
    { method: 'POST', path: '/users/{id}', handler },
    get('/users/{id}/posts/{post}'),
    get('/files/{path*}'),
    get('/two/{pair*2}'),
    get('/years/{year?}'),
    get('/mixed/a{name}.{ext}'),
    get('/fails/{id}', { handler: fail }),
    get('/late/{id}', {
      handler: () => new Promise((resolve) => void setTimeout(() => resolve('late'), 2)),
    }),
    get('/missing/{id}', { handler: (request, h) => h.response('none').code(404) }),
    get('/raw/{id}', {
      handler(request, h) {
        request.raw.res.end('raw');
        return h.abandon;
      },
    }),
    get('/pre/{id}', { options: { pre: [() => 'pre'], handler }, handler: undefined }),
    get('/cors/{id}', { options: { cors: true, handler }, handler: undefined }),
    { method: ['GET', 'PUT'], path: '/routed/{id}', handler },
    { method: '*', path: '/all/{id}', handler },
    get('/hosted/{id}', { vhost: 'svc.example' }),
    get('/internal/{id}', { options: { isInternal: true, handler }, handler: undefined }),
    get('/closed/{id}', {
      options: {
        ext: { onPreAuth: { method: (request, h) => h.response('no').code(401).takeover() } },
        handler,
      },
      handler: undefined,
    }),
    get('/validated/{id}', {
      options: { validate: { params: ({ id }) => (id === 'x' ? fail() : { id }) }, handler },
      handler: undefined,
    }),
  ]);
  return server;
}

const PLAIN = [
  ...gets(`
  / /?q=1 /users/7 /users/7?q=1 /users/7/ /USERS/7 /users/a%20b /users/%zz /users/7/posts/8 /files/a/b /two/a/b /years
  /years/2026 /mixed/ab.txt /fails/7 /late/7 /missing/7 /raw/7 /pre/7 /cors/7 /routed/7 /all/7 /hosted/7 /internal/7
  /closed/7 /validated/7 /validated/x /nowhere /users /users/7/more
`),
  'POST /users/7',
  'PUT /users/7',
  'DELETE /all/7',
  'PUT /routed/7',
  'HEAD /users/7',
  'HEAD /nowhere',
  'OPTIONS /users/7',
  'OPTIONS /cors/7',
  'OPTIONS /all/7',
  'OPTIONS *',
];

/** Plugins with and without prefixes and hosts, and extensions that answer before a route is chosen. */
async function plugins(Hapi) {
  const server = Hapi.server({
    port: 0,
    host: '127.0.0.1',
    debug: false,
    router: { stripTrailingSlash: true },
  });
  server.ext('onRequest', (request, h) => {
    if (request.path.startsWith('/refused')) return h.response('no').code(403).takeover();
    if (request.path.startsWith('/old/')) request.setUrl(request.path.replace('/old/', '/open/'));
    return h.continue;
  });
  server.ext('onPreResponse', (request, h) =>
    request.response.isBoom === true && request.path.startsWith('/mended')
      ? h.response('mended').code(202)
      : h.continue,
  );
  const of = (name, ...routes) => ({ name, register: (within) => within.route(routes) });
  await server.register(of('open', get('/open/{id}'), get('/mended/{id}', { handler: fail })));
  await server.register(of('v1', get('/'), get('/items/{item}'), get('/fails/{item}', { handler: fail })), {
    routes: { prefix: '/v1' },
  });
  await server.register(of('tenants', get('/home')), { routes: { prefix: '/tenants/{tenant}' } });
  await server.register(of('hosted', get('/hosted/{id}')), {
    routes: { vhost: 'svc.example', prefix: '/at' },
  });
  server.route(get('/refused/{id}'));
  return server;
}

const PLUGINS = gets(`
  /open/7 /old/7 /mended/7 /mended /v1 /v1/ /v1/items/7 /v1/items/7/ /v1/fails/7 /v1/nothing /tenants/acme/home
  /tenants/acme /at/hosted/7 /refused/7 /nothing
`);

function everything(Hapi) {
  const server = Hapi.server({ port: 0, host: '127.0.0.1', debug: false });
  server.route([
    get('/known/{id}'),
    { method: '*', path: '/{any*}', handler: (request, h) => h.response('nothing').code(404) },
  ]);
  return server;
}

module.exports = {
  frameworks: ['hapi'],
  applications(fromSdk, version) {
    const Hapi = fromSdk(version);
    return [
      ['plain', plain, PLAIN],
      ['plugins', plugins, PLUGINS],
      ['everything', everything, gets('/known/7 /nothing /')],
    ].map(([name, make, lines]) => ({
      name,
      lines,
      async listen() {
        const server = await make(Hapi);
        await server.start();
        return { port: server.info.port, close: () => server.stop() };
      },
    }));
  },
};
