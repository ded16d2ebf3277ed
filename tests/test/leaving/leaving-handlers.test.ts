// The handlers of docs/configuration.md, word by word, in the frameworks that they are for. The link is so slow that there is no
// connection yet when the process is asked to end: what arrives is what a handler has waited for.
import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { Backend } from './backend.js';
import { LeavingApp, type Ending } from './leaving-app.js';

const text = await readFile(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
const [, section = ''] = /^## Leaving$([\s\S]*?)^## /m.exec(text) ?? [];
const [plain, fastify, nestProvider, nestMain] = [...section.matchAll(/```js\n([\s\S]*?)```/g)].map(
  ([, code]) => code,
);

const SAY = "const say = (port) => process.stdout.write('listening on ' + port + '\\n');";
const SLOW = "process.stdout.write('slow\\n'); await new Promise((done) => setTimeout(done, 150));";

interface Handled {
  readonly name: string;
  readonly source: string;
  readonly expected: Ending;
}

const HANDLERS: readonly Handled[] = [
  {
    name: 'a handler of your own',
    source: `import { createServer } from 'node:http';
      ${SAY}
      const server = createServer(async (request, response) => {
        if (request.url === '/slow') { ${SLOW} }
        response.end('ok');
      });
      server.listen(0, '127.0.0.1', () => say(server.address().port));
      ${plain}`,
    expected: { code: 0, signal: null },
  },
  {
    name: 'Fastify with close-with-grace',
    source: `import Fastify from 'fastify';
      ${SAY}
      const app = Fastify();
      app.get('/slow', async () => { ${SLOW} return 'ok'; });
      app.get('/:any', async () => 'ok');
      await app.listen({ port: 0, host: '127.0.0.1' });
      say(app.server.address().port);
      ${fastify}`,
    expected: { code: 0, signal: null },
  },
  {
    name: 'NestJS with shutdown hooks',
    source: `import 'reflect-metadata';
      import { Controller, Get, Module } from '@nestjs/common';
      import { NestFactory } from '@nestjs/core';
      ${SAY}
      ${nestProvider}
      class Routes {
        async slow() { ${SLOW} return 'ok'; }
        any() { return 'ok'; }
      }
      const route = (name, path) => Get(path)(Routes.prototype, name, Object.getOwnPropertyDescriptor(Routes.prototype, name));
      route('slow', 'slow');
      route('any', ':any');
      Controller()(Routes);
      class AppModule {}
      Module({ controllers: [Routes], providers: [Leaving] })(AppModule);
      ${nestMain}
      say(app.getHttpServer().address().port);`,
    expected: { code: null, signal: 'SIGTERM' },
  },
];

describe('the shutdown handlers of the document', function () {
  this.timeout(120_000);
  let backend: Backend;
  let clients = 0;

  before(async () => {
    backend = await Backend.start();
  });
  after(() => backend.stop());

  for (const setUp of ['in code', 'register'] as const) {
    for (const { name, source, expected } of HANDLERS) {
      it(`wait until every request is stored: ${name}, ${setUp === 'register' ? 'under register' : 'set up in code'}`, async () => {
        clients += 1;
        const client = `handled-${clients}`;
        const env = { ...backend.env('TLS through a proxy of 50 ms', client), PORT: '0' };
        const app = await LeavingApp.start({ setUp, env, source });
        try {
          for (let index = 1; index < 6; index += 1) await app.ask(`/${index}`);
          const last = app.ask('/slow');
          await app.said('slow');
          app.kill('SIGTERM');
          await last;
          expect(await app.ended, app.output).to.deep.equal(expected);
          // They are there when the process has gone: nothing is waited for.
          expect(await backend.stored(client, 6, 0)).to.equal(6);
        } finally {
          app.kill('SIGKILL');
        }
      });
    }
  }
});
