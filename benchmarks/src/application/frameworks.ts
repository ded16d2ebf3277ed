import { once } from 'node:events';
import type { createServer, Server } from 'node:http';
import { createRequire } from 'node:module';
import { requirePeer } from '../harness/peers.ts';
import type { Attachment, Middleware } from './attachment.ts';
import type { Framework } from './names.ts';

type Handler = (request: object, response: { json(body: object): void }) => void;

interface ExpressApp {
  use(middleware: Middleware): void;
  get(path: string, handler: Handler): void;
  listen(port: number, host: string): Server;
}

interface FastifyApp {
  get(path: string, handler: () => Promise<object>): void;
  listen(options: object): Promise<string>;
  readonly server: Server;
}

/** A JSON answer of about 200 bytes. */
const answer = (id: string): object => ({
  id,
  items: [1, 2, 3].map((number) => ({
    number,
    name: `item ${number}`,
    price: number * 9.99,
    tags: ['a', 'b'],
  })),
});

function startHttp(): Server {
  // Through `require`: an import would have been resolved before the agent could patch it.
  const http = createRequire(import.meta.url)('node:http') as { createServer: typeof createServer };
  const server = http.createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer(request.url?.slice('/orders/'.length) ?? '')));
  });
  return server.listen(0, '127.0.0.1');
}

function startExpress({ middleware, attach }: Attachment): Server {
  const app = requirePeer<() => ExpressApp>('application', 'express')();
  attach?.(app);
  if (middleware !== undefined) app.use(middleware);
  app.get('/orders/:id', (request, response) =>
    response.json(answer((request as { params: { id: string } }).params.id)),
  );
  return app.listen(0, '127.0.0.1');
}

async function startFastify(): Promise<Server> {
  const app = requirePeer<() => FastifyApp>('application', 'fastify')();
  app.get('/orders/:id', () => Promise.resolve(answer('7')));
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.server;
}

/** Starts an application with one route, `/orders/:id`; to be called after the agent was started. */
export async function startFramework(framework: Framework, attachment: Attachment): Promise<Server> {
  const server =
    framework === 'node:http'
      ? startHttp()
      : framework === 'Express'
        ? startExpress(attachment)
        : await startFastify();
  if (!server.listening) await once(server, 'listening');
  return server;
}
