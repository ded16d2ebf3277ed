// restify: everything that decides what a route is called.
'use strict';

const { gets } = require('./gets.cjs');

function end(req, res, next) {
  res.send('done');
  next();
}
const later = (req, res, next) => void setImmediate(() => end(req, res, next));
const pass = (req, res, next) => next();

function plain(restify) {
  const app = restify.createServer();
  app.use(pass);
  app.get('/', end);
  app.get('/users/:id', end);
  app.post('/users/:id', end);
  app.head('/users/:id', end);
  app.get('/users/:id/posts/:post', pass, end);
  app.get('/files/*', end);
  app.get({ name: 'named', path: '/named/:id' }, end);
  app.get('/fails/:id', (req, res, next) => next(new RangeError('boom')));
  app.get('/late/:id', (req, res, next) => void setTimeout(() => end(req, res, next), 2));
  app.get('/later/:id', later);
  app.opts('/users/:id', end);
  app.get('/closed/:id', (req, res, next) => {
    res.send(403);
    next(false);
  });
  app.on('restifyError', (req, res, error, done) => done());
  return app;
}

function early(restify) {
  const app = restify.createServer();
  app.pre((req, res, next) => {
    if (!req.url.startsWith('/refused')) return next();
    res.send(403);
    return next(false);
  });
  app.use((req, res, next) => {
    if (!req.url.startsWith('/closed')) return next();
    res.send(401);
    return next(false);
  });
  app.get('/refused/:id', end);
  app.get('/closed/:id', end);
  app.get('/open/:id', end);
  return app;
}

module.exports = {
  frameworks: ['restify'],
  applications(fromSdk) {
    const restify = fromSdk('restify');
    return [
      [
        'plain',
        plain,
        [
          ...gets(`
            / /?q=1 /users/7 /users/7?q=1 /users/7/ /USERS/7 /users/a%20b /users/%zz /users/7/posts/8 /files/a/b
            /named/7 /fails/7 /late/7 /later/7 /closed/7 /nowhere /users /users/7/more
          `),
          'POST /users/7',
          'PUT /users/7',
          'HEAD /users/7',
          'HEAD /late/7',
          'OPTIONS /users/7',
          'OPTIONS /late/7',
        ],
      ],
      ['early', early, gets('/refused/7 /closed/7 /open/7 /nowhere')],
    ].map(([name, make, lines]) => ({
      name,
      lines,
      async listen() {
        const app = make(restify);
        await new Promise((resolve) => app.listen(0, '127.0.0.1', resolve));
        return { port: app.address().port, close: () => new Promise((resolve) => app.close(resolve)) };
      },
    }));
  },
};
