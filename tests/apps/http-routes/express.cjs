// Express, from 4 to the newest: everything that decides what a route is called.
'use strict';
const http = require('node:http');
const { gets } = require('./gets.cjs');
const end = (req, res) => void res.end('done');
const next = (req, res, further) => further();
const later = (req, res, further) => void setTimeout(() => further(), 1);
const refuse = (req, res) => void res.status(403).end();
const fail = () => {
  throw new RangeError('boom');
};
const answerError = (error, req, res, further) => {
  void further;
  res.status(500).send('failed');
};

/** Paths that path-to-regexp spells differently in both. */
const SPELLINGS = {
  4: { rest: '/files/*', all: '*', optional: '/years/:year?', constrained: '/numbers/:id(\\d+)' },
  5: {
    rest: '/files/*path',
    all: '/{*all}',
    optional: '/years{/:year}',
    constrained: '/numbers/:id',
  },
};

function plain(express, { rest, optional, constrained }) {
  const app = express();
  app.use(next);
  app.get('/', end);
  app.get('/users/:id', end);
  app.post('/users/:id', later, end);
  app.get('/users/:id/posts/:post', later, end);
  app.get('/files-:name.:ext', end);
  app.get(['/one', '/two/:of'], end);
  app.get(/^\/expression\/\d+$/, end);
  app.get([/^\/mixed\/\d+$/, '/mixed/:word'], end);
  app.get(rest, end);
  app.get(optional, end);
  app.get(constrained, end);
  app.all('/all/:id', end);
  app.route('/routed/:id').get(end).put(end);
  app.get('/chain/:id', next, later, end);
  app.get('/skip/:id', (req, res, further) => further('route'));
  app.get('/skip/:other', end);
  app.get('/guarded/:id', refuse, end);
  app.get('/fails/:id', fail);
  app.get('/rejects/:id', (req, res, further) => void setTimeout(() => further(new Error('late')), 1));
  app.get('/late/:id', (req, res) => void setTimeout(() => res.end('late'), 2));
  app.get('/streams/:id', (req, res) => {
    res.write('one');
    setTimeout(() => res.end('two'), 2);
  });
  app.get('/params/:slug', end);
  app.param('slug', (req, res, further, value) => (value === 'no' ? res.status(400).end() : further()));
  app.get('/twice//:id', end);
  app.get('/rewritten/:id', (req, res) => {
    req.url = '/elsewhere';
    res.end();
  });
  return app;
}

const PLAIN = gets(`
  / /?q=1 /users/7 /users/7?q=1 /users/7/ /USERS/7 /users/a%20b /users/%zz /users/7/posts/8 /files-a.txt /one
  /two/7 /expression/7 /mixed/7 /mixed/word /files/a/b/c /years /years/2026 /numbers/7 /all/7 /routed/7 /chain/7
  /skip/7 /guarded/7 /fails/7 /rejects/7 /late/7 /streams/7 /params/yes /params/no /nowhere /users /users/7/more
  /twice//7 /rewritten/7 http://svc.example/users/7
`);
const METHODS = [
  'POST /users/7',
  'PUT /users/7',
  'DELETE /users/7',
  'HEAD /users/7',
  'HEAD /nowhere',
  'OPTIONS /users/7',
  'OPTIONS /nowhere',
  'OPTIONS /all/7',
  'OPTIONS *',
  'PUT /routed/7',
  'PATCH /all/7',
];

function nested(express) {
  const app = express();
  const items = express.Router({ mergeParams: true });
  items.use(next);
  items.get('/', end);
  items.get('/items/:item', end);
  items.get('/fails', fail);
  items.get('/passes', next);
  items.get(/^\/numbers\/\d+$/, end);
  items.use('/closed', refuse);
  const orgs = express.Router();
  orgs.use('/orgs/:org', items);
  orgs.get('/', end);
  app.use('/api', orgs);
  app.use(['/left', '/right/:side'], items);
  app.use('/first/:a', items);
  app.use('/second/:b', items);
  app.use(items);
  app.use(/^\/by\/\d+/, items);
  app.use('/mounted.at-once', items);
  app.use('/slash/', items);
  app.use('/static', (req, res) => void res.end('static'));
  app.use('/tenants/:tenant', (req, res) => void res.end('tenant'));
  app.use('/refused', refuse);
  app.use('/broken', fail);
  app.use('/open', next, express.Router().get('/door', end));
  return app;
}

const NESTED = gets(`
  /api /api/ /api/orgs/7 /api/orgs/7/ /api/orgs/7/items/8 /api/orgs/7/items/8?x=1 /api/orgs/7/fails
  /api/orgs/7/numbers/5 /api/orgs/7/closed /api/orgs/7/closed/deep /API/Orgs/7/items/8 /left/items/1
  /right/up/items/1 /first/1/items/2 /second/1/items/2 /items/3 /by/7/items/3 /mounted.at-once/items/4
  /slash/items/1 /static /static/a/b.css /tenants/acme /tenants/acme/x /refused /refused/7 /broken/7 /open/door
  /open/window /api/nothing /api/orgs/7/nothing /nothing /api/orgs/api/items/items /api/orgs/7/passes
`);

/** What is mounted in it, and who answers what nobody has answered. */
function applications(express) {
  const outer = express();
  const admin = express();
  const jobs = express();
  jobs.get('/:job', end);
  jobs.get('/:job/fails', fail);
  jobs.use('/closed', refuse);
  admin.get('/', end);
  admin.get('/users/:id', end);
  admin.use('/jobs/:kind', jobs);
  outer.use('/admin', admin);
  outer.use(['/a', '/b/:c'], express().get('/inner/:id', end));
  outer.use('/router', express.Router().use('/app', express().get('/inner/:id', end)));
  outer.get('/after/:id', end);
  const twice = express();
  twice.get('/users/:id', end);
  twice.use('/closed', refuse);
  outer.use('/v1', twice);
  outer.use('/v2/:region', twice);
  return outer;
}

const APPLICATIONS = gets(`
  /admin /admin/users/7 /admin/jobs/nightly/8 /admin/jobs/nightly/8/fails /admin/nothing
  /admin/jobs/nightly/closed/1 /v1/users/7 /v2/eu/users/7 /v1/users/8 /v1/closed/7 /v2/eu/closed/7 /a/inner/1 /b/x/inner/1 /router/app/inner/1 /after/7 /
`);

function answered(express) {
  const app = express();
  const inner = express.Router();
  inner.get('/fails/:id', fail);
  inner.get('/passes/:id', next);
  inner.use('/ends', end);
  app.get('/known/:id', end);
  app.use('/inner/:kind', inner);
  app.use('/own', express.Router().get('/fails/:id', fail), answerError);
  app.get('/fails/:id', fail);
  app.get('/passes/:id', next);
  app.get('/missing/:id', (req, res, further) => further(Object.assign(new Error('none'), { status: 404 })));
  app.get('/page/:id', next);
  app.use('/page', (req, res) => void res.end('page'));
  app.use((req, res) => void res.status(404).send('nothing'));
  app.use(answerError);
  return app;
}

const ANSWERED = gets(`
  /known/7 /inner/a/fails/7 /inner/a/passes/7 /inner/a/ends /inner/a/nothing /own/fails/7 /fails/7 /passes/7
  /missing/7 /page/7 /nothing /
`);

function catchingAll(express, { all }) {
  const app = express();
  app.all(all, next);
  app.get('/users/:id', end);
  app.use('/closed', express.Router().use(refuse));
  app.get(all, (req, res) => void res.status(req.query.page === undefined ? 404 : 200).end());
  return app;
}

const CATCHING_ALL = ['/users/7', '/closed/7', '/nothing', '/nothing?page=1', '/'].map(
  (path) => `GET ${path}`,
);

function unanswered(express, { all }) {
  const app = express();
  app.get('/passes/:id', next);
  app.get('/missing/:id', (req, res, further) => further(Object.assign(new Error('none'), { status: 404 })));
  app.get('/continues/:id', (req, res, further) => {
    res.end('done');
    further();
  });
  app.use('/checked', next, express.Router().get('/:id', end));
  app.all(all, next);
  return app;
}

const UNANSWERED = ['/passes/7', '/missing/7', '/continues/7', '/checked/7', '/checked/7/8', '/nothing'].map(
  (path) => `GET ${path}`,
);

module.exports = {
  frameworks: ['express'],
  applications(fromSdk, version) {
    const express = fromSdk(version);
    const spellings = SPELLINGS[typeof express.Router.prototype?.route === 'function' ? 5 : 4];
    const strict = (make) => {
      const app = make(express, spellings);
      app.enable('strict routing').enable('case sensitive routing');
      return app;
    };
    return [
      ['plain', () => plain(express, spellings), [...PLAIN, ...METHODS]],
      ['strict', () => strict(plain), ['GET /users/7', 'GET /users/7/', 'GET /USERS/7']],
      ['nested', () => nested(express), [...NESTED, 'OPTIONS /api/orgs/7/items/8', 'POST /static/x']],
      ['applications', () => applications(express), APPLICATIONS],
      ['answered', () => answered(express), ANSWERED],
      ['catching all', () => catchingAll(express, spellings), CATCHING_ALL],
      ['unanswered', () => unanswered(express, spellings), UNANSWERED],
    ].map(([name, make, lines]) => ({
      name,
      lines,
      async listen() {
        const app = make();
        app.set('env', 'test');
        const server = http.createServer(app);
        await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
        const close = () => new Promise((resolve) => server.close(resolve));
        return { port: server.address().port, close };
      },
    }));
  },
};
