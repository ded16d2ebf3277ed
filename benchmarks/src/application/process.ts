// An application with one route, and an agent that was loaded before it.
import { once } from 'node:events';
import type { createServer, Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { requirePeer } from '../harness/peers.ts';
import { startMeter, type Usage } from '../harness/meter.ts';
import { answerCalls } from '../harness/subject.ts';
import { startAgent, type Attachment, type Middleware } from './agents.ts';
import type { Agent, Framework } from './names.ts';

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

const [framework, agent, port] = process.argv.slice(2) as [Framework, Agent, string];
const attachment = startAgent(agent, framework, Number(port));

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

const server =
  framework === 'node:http'
    ? startHttp()
    : framework === 'Express'
      ? startExpress(attachment)
      : await startFastify();
if (!server.listening) await once(server, 'listening');
let requests = 0;
server.on('request', () => {
  requests += 1;
});
let stop: () => Usage = startMeter();

answerCalls({
  port: () => (server.address() as AddressInfo).port,
  start: () => {
    stop = startMeter();
  },
  stop: () => ({ usage: stop(), requests, rssBytes: process.memoryUsage.rss() }),
});
