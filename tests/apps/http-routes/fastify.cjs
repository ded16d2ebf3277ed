// Fastify 4 and 5: everything that decides what a route is called.
'use strict';

const { gets } = require('./gets.cjs');
const answer = async () => 'done';
const fail = async () => {
  throw new RangeError('boom');
};

async function plain(fastify) {
  const app = fastify();
  app.get('/', answer);
  app.get('/users/:id', answer);
  app.post('/users/:id', answer);
  app.get('/users/:id/posts/:post', answer);
  app.get('/numbers/:id(^\\d+$)', answer);
  app.get('/near/:lat-:lng', answer);
  app.get('/files/*', answer);
  app.get('/years/:year?', answer);
  app.get('/fails/:id', fail);
  app.get('/late/:id', async () => new Promise((resolve) => void setTimeout(() => resolve('late'), 2)));
  app.get('/calls/:id', (request, reply) => void reply.send('called'));
  app.get('/hijacked/:id', (request, reply) => {
    reply.hijack();
    reply.raw.end('raw');
  });
  app.get('/missing/:id', (request, reply) => reply.callNotFound());
  app.get('/redirects/:id', (request, reply) => reply.redirect('/'));
  app.get('/closed/:id', { onRequest: async (request, reply) => reply.code(401).send('no') }, answer);
  app.get('/validated/:id', { schema: { params: { properties: { id: { type: 'number' } } } } }, answer);
  app.all('/all/:id', answer);
  app.route({ method: ['GET', 'PUT'], url: '/routed/:id', handler: answer });
  app.route({ method: 'GET', url: '/versioned/:id', constraints: { version: '1.2.0' }, handler: answer });
  app.get('/hosted/:id', { constraints: { host: 'svc.example:8080' } }, answer);
  return app;
}

const PLAIN = [
  ...gets(`
  / /?q=1 /users/7 /users/7?q=1 /users/7/ /USERS/7 /users/a%20b /users/%zz /users/7/posts/8 /numbers/7 /numbers/x
  /near/1-2 /files/a/b /files/ /years /years/2026 /fails/7 /late/7 /calls/7 /hijacked/7 /missing/7 /redirects/7
  /closed/7 /validated/7 /validated/x /all/7 /routed/7 /versioned/7 /hosted/7 /nowhere /users /users/7/more
`),
  'POST /users/7',
  'PUT /users/7',
  'DELETE /all/7',
  'HEAD /users/7',
  'HEAD /nowhere',
  'OPTIONS /users/7',
  'OPTIONS /all/7',
  'OPTIONS *',
  'PUT /routed/7',
];

/** Plugins with and without prefixes, each with hooks and errors of its own. */
async function plugins(fastify) {
  const app = fastify({
    ignoreTrailingSlash: true,
    rewriteUrl: ({ url }) => url.replace(/^\/old\//, '/v1/'),
  });
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers['x-refuse'] !== undefined) await reply.code(403).send('no');
  });
  app.register(
    async (v1) => {
      v1.get('/', answer);
      v1.get('/items/:item', answer);
      v1.get('/fails/:item', fail);
      v1.setErrorHandler(async (error, request, reply) => reply.code(503).send(error.message));
      v1.setNotFoundHandler(async (request, reply) => reply.code(404).send('not here'));
      v1.register(async (deep) => void deep.get('/deep/*', answer), { prefix: '/orgs/:org' });
      v1.register(async (closed) => {
        closed.addHook('preHandler', async (request, reply) => reply.code(401).send('closed'));
        closed.get('/closed/:id', answer);
      });
    },
    { prefix: '/v1' },
  );
  const open = async (instance) => void instance.get('/open/:id', answer);
  open[Symbol.for('skip-override')] = true;
  app.register(open, { prefix: '/unused' });
  app.register(async (tenants) => void tenants.get('/home', answer), { prefix: '/tenants/:tenant' });
  return app;
}

const PLUGINS = gets(`
  /v1 /v1/ /v1/items/7 /v1/items/7/ /v1/fails/7 /v1/orgs/acme/deep/a/b /v1/closed/7 /v1/nothing /open/7
  /unused/open/7 /tenants/acme/home /tenants/acme /old/items/7 /nothing
`);

async function everything(fastify) {
  const app = fastify();
  app.get('/known/:id', answer);
  app.all('*', async (request, reply) => reply.code(404).send('nothing'));
  return app;
}

module.exports = {
  frameworks: ['fastify'],
  applications(fromSdk, version) {
    const fastify = fromSdk(version);
    return [
      ['plain', plain, PLAIN],
      ['plugins', plugins, PLUGINS],
      ['everything', everything, gets('/known/7 /nothing /')],
    ].map(([name, make, lines]) => ({
      name,
      lines,
      async listen() {
        const app = await make(fastify);
        await app.listen({ port: 0, host: '127.0.0.1' });
        return { port: app.server.address().port, close: () => app.close() };
      },
    }));
  },
};
