// Koa with its router: everything that decides what a route is called.
'use strict';

const http = require('node:http');
const { gets } = require('./gets.cjs');

// A function for each route: the instrumentation names only the first one that a function is given to.
const answer = () => (context) => {
  context.body = 'done';
};
const next = () => (context, further) => further();
const later = () => async (context, further) => {
  await new Promise((resolve) => void setTimeout(resolve, 1));
  await further();
};
const refuse = () => (context) => {
  context.status = 403;
};
const fail = () => () => {
  throw new RangeError('boom');
};
const shared = answer();

function application(Koa, ...middleware) {
  const app = new Koa();
  app.silent = true;
  for (const each of middleware) app.use(each);
  return app;
}

function plain(Koa, Router, rest) {
  const router = new Router();
  router.get('/', answer());
  router.get('/users/:id', answer());
  router.post('/users/:id', later(), answer());
  router.get('named', '/users/:id/posts/:post', later(), answer());
  router.get(['/one', '/two/:of'], answer());
  router.get(/^\/expression\/\d+$/, answer());
  router.get(rest, answer());
  router.all('/all/:id', answer());
  router.get('/chain/:id', next(), later(), answer());
  router.get('/passes/:id', next());
  router.get('/several/:id', next());
  router.get('/several/:other', answer());
  router.get('/guarded/:id', refuse(), answer());
  router.get('/fails/:id', fail());
  router.get('/rejects/:id', async (context) => context.throw(422, 'no'));
  router.get('/missing/:id', (context) => context.throw(404));
  router.get('/streams/:id', (context) => {
    context.respond = false;
    context.res.write('one');
    setTimeout(() => context.res.end('two'), 2);
  });
  router.get('/shared/:id', shared);
  router.get('/shared/:id/again', shared);
  router.redirect('/old', '/users/7');
  router.param('slug', (slug, context, further) => (slug === 'no' ? refuse()(context) : further()));
  router.get('/params/:slug', answer());
  return application(Koa, next(), router.routes(), router.allowedMethods());
}

const PLAIN = [
  ...gets(`
  / /?q=1 /users/7 /users/7?q=1 /users/7/ /USERS/7 /users/a%20b /users/%zz /users/7/posts/8 /one /two/7 /expression/7
  /files/a/b /all/7 /chain/7 /passes/7 /several/7 /guarded/7 /fails/7 /rejects/7 /missing/7 /streams/7 /old
  /shared/7 /shared/7/again  /params/yes /params/no /nowhere /users /users/7/more
`),
  'POST /users/7',
  'PUT /users/7',
  'DELETE /all/7',
  'HEAD /users/7',
  'HEAD /nowhere',
  'OPTIONS /users/7',
  'OPTIONS /all/7',
  'OPTIONS /nowhere',
  'OPTIONS *',
  'PROPFIND /users/7',
];

/** Routers in routers, prefixes, and an application that answers before and behind them. */
function nested(Koa, Router) {
  const items = new Router();
  items.get('/', answer());
  items.get('/items/:item', answer());
  items.get('/fails', fail());
  const orgs = new Router({ prefix: '/api' });
  orgs.use(next());
  orgs.use('/closed', refuse());
  orgs.get('/closed/:id', answer());
  orgs.get('/orgs', answer());
  orgs.use('/orgs/:org', items.routes());
  const tenants = new Router({ prefix: '/tenants/:tenant' });
  tenants.get('/', answer());
  tenants.get('/home', next());
  const second = new Router();
  second.get('/tenants/:tenant/home', answer());
  second.get('/second/:id', answer());
  const early = (context, further) => (context.path.startsWith('/refused') ? refuse()(context) : further());
  const behind = (context, further) => (context.path.startsWith('/behind') ? answer()(context) : further());
  second.get('/refused/:id', answer());
  return application(
    Koa,
    early,
    orgs.routes(),
    tenants.routes(),
    second.routes(),
    second.allowedMethods({ throw: true }),
    behind,
  );
}

const NESTED = [
  ...gets(`
  /api /api/orgs /api/orgs/7 /api/orgs/7/ /api/orgs/7/items/8 /api/orgs/7/items/8?x=1 /api/orgs/7/fails /api/closed/7
  /api/nothing /tenants/acme /tenants/acme/home /second/7 /refused/7 /behind/7 /nothing
`),
  'PUT /second/7',
  'HEAD /api/orgs/7/items/8',
  'OPTIONS /second/7',
];

/** Middleware of routers that has no path, before routes and behind them. */
function surrounded(Koa, Router, rest) {
  const before = new Router();
  before.use((context, further) => (context.query.refused === undefined ? further() : refuse()(context)));
  before.get('/users/:id', answer());
  before.get('/several/:id', answer());
  before.get('/several/:other', answer());
  before.post('/several/:posted', answer());
  before.get(rest, answer());
  const behind = new Router({ prefix: '/behind' });
  behind.get('/passes/:id', next());
  behind.get('/several/:id', next());
  behind.get('/several/:other', next());
  behind.use(answer());
  return application(Koa, before.routes(), behind.routes());
}

const SURROUNDED = [
  ...gets(`
  /users/7 /users/7?refused=1 /several/7?refused=1 /files/a/b?refused=1 /nowhere?refused=1 /behind/passes/7 /behind/several/7
  /behind/nowhere
`),
  'HEAD /users/7?refused=1',
  'POST /several/7?refused=1',
];

/** Handlers of the application around all. */
function guarded(Koa, Router) {
  const router = new Router();
  router.get('/fails/:id', fail());
  router.get('/late/:id', later(), answer());
  const app = application(
    Koa,
    async (context, further) => {
      try {
        await further();
      } catch (error) {
        context.status = 503;
        context.body = error.message;
      }
    },
    router.routes(),
  );
  app.use(fail());
  return app;
}

module.exports = {
  frameworks: ['koa'],
  applications(fromSdk, koa, routers) {
    const Koa = fromSdk(koa);
    const exported = fromSdk(routers);
    const Router = exported.Router ?? exported;
    // Path-to-regexp spells it differently in both.
    const rest = routers === '@koa/router' ? '/files/*path' : '/files/(.*)';
    return [
      ['plain', plain, PLAIN],
      ['nested', nested, NESTED],
      ['surrounded', surrounded, SURROUNDED],
      ['guarded', guarded, gets('/fails/7 /late/7 /nowhere')],
    ].map(([name, make, lines]) => ({
      name,
      lines,
      async listen() {
        const server = http.createServer(make(Koa, Router, rest).callback());
        await new Promise((resolve) => void server.listen(0, '127.0.0.1', resolve));
        return { port: server.address().port, close: () => void server.close() };
      },
    }));
  },
};
