// NestJS on either of its adapters: prefixes, versions, guards, pipes, middleware and exceptions.
'use strict';

const { gets } = require('./gets.cjs');

/** What the decorators of TypeScript do. */
function decorate(target, name, ...decorators) {
  const descriptor = Object.getOwnPropertyDescriptor(target.prototype, name);
  for (const decorator of decorators) decorator(target.prototype, name, descriptor);
}

/** @param rest the path of everything below, as the adapter spells it */
function modules(common, core, rest) {
  const { All, Controller, Get, HttpCode, HttpException, Module, Param, ParseIntPipe, Post, UseGuards } =
    common;

  class Users {
    find(id) {
      if (id === 'none') throw new HttpException('no such user', 404);
      return { id };
    }
    number(id) {
      return { id };
    }
    create() {
      return {};
    }
    fails() {
      throw new Error('on purpose');
    }
    async late(id) {
      await new Promise((resolve) => void setTimeout(resolve, 2));
      return { id };
    }
    closed() {
      return {};
    }
    anything() {
      return {};
    }
    files() {
      return {};
    }
    old() {
      return {};
    }
  }
  decorate(Users, 'find', Get(':id'));
  Param('id')(Users.prototype, 'find', 0);
  decorate(Users, 'number', Get('numbers/:number'));
  Param('number', ParseIntPipe)(Users.prototype, 'number', 0);
  decorate(Users, 'create', Post(':id/posts'), HttpCode(202));
  decorate(Users, 'fails', Get(':id/fails'));
  decorate(Users, 'late', Get(':id/late'));
  decorate(Users, 'closed', Get(':id/closed'), UseGuards({ canActivate: () => false }));
  decorate(Users, 'anything', All(':id/anything'));
  decorate(Users, 'files', Get(rest));
  decorate(Users, 'old', Get(['one', 'two/:of']), common.Version('2'));
  Controller('users')(Users);

  class Home {
    home() {
      return 'home';
    }
  }
  decorate(Home, 'home', Get());
  Controller()(Home);

  class Admin {
    jobs() {
      return {};
    }
  }
  decorate(Admin, 'jobs', Get('jobs/:job'));
  Controller()(Admin);
  function AdminModule() {}
  Module({ controllers: [Admin] })(AdminModule);

  class Application {
    configure(consumer) {
      consumer.apply((req, res, next) => next()).forRoutes('users');
      consumer
        .apply((req, res) => {
          res.statusCode = 403;
          res.end('refused');
        })
        .forRoutes('refused');
    }
  }
  Module({
    imports: [AdminModule, core.RouterModule.register([{ path: 'admin/:area', module: AdminModule }])],
    controllers: [Home, Users],
  })(Application);
  return Application;
}

const REQUESTS = (prefix, version) => [
  ...gets(
    `
    / /users/7 /users/7?q=1 /users/7/ /USERS/7 /users/none /users/numbers/7 /users/numbers/x /users/7/fails
    /users/7/late /users/7/closed /users/7/anything /users/files/a/b /admin/eu/jobs/7 /nowhere /users /users/7/more
    /refused /refused/7
    `,
  ).map((line) => line.replace('/', `/${prefix}${version}`.replace(/\/$/, '') + '/')),
  ...gets('/ /nowhere /users/7 /v2/users/one /v2/users/two/7 /api/v2/users/two/7 /favicon.ico'),
  `POST /${prefix}${version}users/7/posts`,
  `PUT /${prefix}${version}users/7`,
  `PATCH /${prefix}${version}users/7/anything`,
  `HEAD /${prefix}${version}users/7`,
  `OPTIONS /${prefix}${version}users/7`,
];

module.exports = {
  applications(fromSdk, adapter) {
    fromSdk('reflect-metadata');
    const common = fromSdk('@nestjs/common');
    const core = fromSdk('@nestjs/core');
    const make = async () => {
      if (adapter === 'express')
        return core.NestFactory.create(modules(common, core, 'files/*path'), { logger: false });
      const { FastifyAdapter } = fromSdk('@nestjs/platform-fastify');
      return core.NestFactory.create(modules(common, core, 'files/*'), new FastifyAdapter(), {
        logger: false,
      });
    };
    const application = (name, lines, prepare) => ({
      name,
      lines: [...new Set(lines)],
      async listen() {
        const app = await make();
        prepare(app);
        await app.listen(0, '127.0.0.1');
        return { port: app.getHttpServer().address().port, close: () => app.close() };
      },
    });
    return [
      application('plain', REQUESTS('', ''), () => undefined),
      application('prefixed and versioned', REQUESTS('api/', 'v1/'), (app) => {
        app.setGlobalPrefix('api');
        app.enableVersioning({ type: common.VersioningType.URI, defaultVersion: '1' });
      }),
    ];
  },
};
