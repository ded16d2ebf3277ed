// The route as Express' own routers know it, beside the one that ExpressInstrumentation says: equal, or none.
import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { routeOf } from '../../dist/esm/routes/route-of.js';
import { CerberusSpanProcessor } from '../../dist/esm/index.js';
import { listen, send } from '../support/http-server.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { RecordingReporter } from '../support/recording-reporter.js';
import { express, startTracing } from '../support/tracing.js';
import type { ErrorRequestHandler } from 'express';

function application(): ReturnType<typeof express> {
  const app = express();
  app.get('/', (_request, response) => void response.end());
  app.get('/users/:id', (_request, response) => void response.end());
  app.get(['/one', '/two/:of'], (_request, response) => void response.end());
  app.get(/^\/expression\/\d+$/, (_request, response) => void response.end());
  app.get('/files/*path', (_request, response) => void response.end());
  app.get('/guarded', (_request, response) => void response.status(403).end());
  const items = express.Router({ mergeParams: true });
  items.get('/', (_request, response) => void response.end());
  items.get('/items/:item', (_request, response) => void response.end());
  const orgs = express.Router();
  orgs.use('/orgs/:org', items);
  app.use('/api', orgs);
  const admin = express();
  admin.get('/jobs/:job', (_request, response) => void response.end());
  app.use('/admin', admin);
  // As Sails has its router, and whoever puts another one in its place while it serves.
  const called = express.Router();
  called.get('/called/:id', (_request, response) => void response.end());
  called.get('/rewritten/:id', (request, response) => {
    request.baseUrl = 'http://localhost:1337';
    response.end();
  });
  called.get('/:wildly', (_request, response) => void response.end());
  const failing = express.Router();
  failing.get('/:id', () => {
    throw new Error('handled further out');
  });
  called.use('/failing/:of', failing);
  app.use((request, response, next) => void called(request, response, next));
  const onError: ErrorRequestHandler = (_error, _request, response, _next) => void response.status(500).end();
  app.use(onError);
  return app;
}

describe('the route that Express knows', () => {
  for (const [target, route] of [
    ['/', '/'],
    ['/users/7', '/users/:id'],
    ['/users/7?q=1', '/users/:id'],
    ['/files/a/b/c', '/files/*path'],
    ['/guarded', '/guarded'],
    ['/two/7', '/one,/two/:of'],
    ['/expression/7', String.raw`/^\/expression\/\d+$/`],
    ['/api/orgs/7/items/3', '/api/orgs/:org/items/:item'],
    ['/admin/jobs/4', '/admin/jobs/:job'],
    ['/called/7', '/called/:id'],
    ['/CALLED/7/', '/called/:id'],
    ['/rewritten/7', '/rewritten/:id'],
    ['/anything', '/:wildly'],
  ] as const) {
    it(`of ${target} is ${route}, as its instrumentation says`, async () => {
      const exporter = new RecordingExporter();
      const processor = new CerberusSpanProcessor(
        { exporter, secretKey: 'k'.repeat(32) },
        { env: {}, reporter: new RecordingReporter() },
      );
      startTracing({ processors: [processor] });
      const requests: IncomingMessage[] = [];
      const app = application();
      const { port } = await listen((request, response) => {
        requests.push(request);
        app(request, response);
      });
      await send(port, { target });
      const { 'http.route': said } = await exporter.request();
      expect([requests.map((request) => routeOf(request, 200)), said]).to.deep.equal([[route], route]);
    });
  }

  for (const target of ['/no/where', '/api/orgs/7/nowhere', '/users/7/more', '/failing/7/8']) {
    it(`of ${target} is none, and never what the client wrote`, async () => {
      const requests: IncomingMessage[] = [];
      const app = application();
      const { port } = await listen((request, response) => {
        requests.push(request);
        app(request, response);
      });
      await send(port, { target });
      expect(requests.map((request) => routeOf(request, 200))).to.deep.equal([undefined]);
    });
  }

  it('is what other exporters do not see, where no instrumentation says it', async () => {
    const exporter = new RecordingExporter();
    const processor = new CerberusSpanProcessor(
      { exporter, secretKey: 'k'.repeat(32) },
      { env: {}, reporter: new RecordingReporter() },
    );
    startTracing({ processors: [processor] });
    const { port } = await listen((request, response) => {
      // As Express leaves a request whose instrumentation is not there.
      const layer = { route: { path: '/users/:id' }, rawPath: '/users/:id' };
      const app = Object.assign(() => undefined, { router: { stack: [layer] } });
      Object.assign(request, { route: layer.route, app });
      response.end();
    });
    await send(port, { target: '/users/7' });
    expect(await exporter.request())
      .to.include({ 'cerberus.route': '/users/:id' })
      .and.to.not.have.property('http.route');
  });
});
