// What docs/frameworks.md says of requests that end in unusual ways, on the Node.js that runs.
import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  BatchBackend,
  ScriptedServer,
} from '../../../packages/exporter-ws/test-dist/support/scripted-server.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { cerberusEnvironment } from '../support/cerberus-environment.js';
import { JsonLines } from '../support/lines.js';
import { until } from '@cerberus-otel/test-support/deadline';

const FOLDER = fileURLToPath(new URL('../../apps/edges/', import.meta.url));
const NODE_MAJOR = Number.parseInt(process.versions.node, 10);
/** As long as the application takes for `/slow`, and for anything that is not to come. */
const SLOW_MILLIS = 1_000;

/** One event: its path, route, status and outcome. */
type Seen = readonly [endpoint: unknown, route: unknown, status: unknown, outcome: unknown];

interface Application {
  readonly port: number;
  events(): readonly Seen[];
}

async function start(capture = 'auto'): Promise<Application> {
  const backend = new BatchBackend();
  const server = await ScriptedServer.start(backend.script());
  afterTest(() => server.stop());
  const child = spawn(process.execPath, ['--import', '@cerberus-otel/instrumentation/register', 'app.mjs'], {
    cwd: FOLDER,
    env: {
      PATH: process.env['PATH'],
      SLOW_MILLIS: String(SLOW_MILLIS),
      ...cerberusEnvironment(server.url),
      CERBERUS_CAPTURE: capture,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  afterTest(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  const { port } = await new JsonLines(child).line(0, 40_000);
  return {
    port: Number(port),
    events: () =>
      backend.stored.map(({ endpoint, route, status_code: status, outcome }) => [
        endpoint,
        route,
        status,
        outcome,
      ]),
  };
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

/** Sends bytes on a connection of their own, and gives what comes back until `isEnough`; then it hangs up. */
async function exchange(
  { port }: Application,
  bytes: string,
  isEnough: (answer: string) => boolean | Promise<boolean>,
): Promise<string[]> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk: Buffer) => void (answer += chunk.toString()));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(bytes);
  await until('all has come back', () => isEnough(answer));
  socket.destroy();
  return statuses(answer);
}

function statuses(answer: string): string[] {
  return [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status);
}

describe('unusual ends', function () {
  this.timeout(90_000);

  for (const [capture, route] of [
    ['otel', '/api'],
    ['light', undefined],
  ] as const) {
    it(`gives a 404 below a mounted router of Express ${route ?? 'no route'}, and another one none (${capture})`, async () => {
      const app = await start(capture);
      await exchange(app, get('/api/nothing') + get('/nothing'), (answer) => statuses(answer).length === 2);
      await until('both events are there', () => app.events().length === 2);
      expect(app.events()).to.deep.equal([
        ['/api/nothing', route, 404, 'completed'],
        ['/nothing', undefined, 404, 'completed'],
      ]);
    });
  }

  it('counts pipelined requests, those behind a client that hung up from Node.js 24 on', async () => {
    const app = await start();
    await exchange(app, get('/slow') + get('/fast'), (answer) => statuses(answer).length === 2);
    await until('both events are there', () => app.events().length === 2);
    await exchange(app, get('/slow') + get('/fast'), async () => {
      await sleep(SLOW_MILLIS / 4);
      return true;
    });
    const counted = NODE_MAJOR >= 24 ? 4 : 3;
    await until('the events of those that were cut off are there', () => app.events().length === counted);
    await sleep(SLOW_MILLIS);
    const cutOff = app.events().slice(2);
    expect(cutOff).to.have.length(counted - 2);
    for (const [, , , outcome] of cutOff) expect(outcome).to.equal('aborted');
  });

  for (const [capture, counted] of [
    ['otel', 2],
    ['light', 3],
  ] as const) {
    it(`counts ${counted} of 3 requests of which \`maxRequestsPerSocket\` allows 2 (${capture})`, async () => {
      const app = await start(capture);
      const answers = await exchange(app, get('/fast').repeat(3), (answer) => statuses(answer).length === 3);
      expect(answers).to.deep.equal(['200', '200', '503']);
      await until('the events are there', () => app.events().length === counted);
      await sleep(SLOW_MILLIS);
      expect(app.events()).to.have.length(counted);
    });
  }

  it('takes a 408 that Node.js answers while a handler waits for the body for an aborted request', async () => {
    const app = await start();
    const request = 'POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc';
    const answers = await exchange(app, request, (answer) => statuses(answer).length === 1);
    expect(answers).to.deep.equal(['408']);
    await until('the event is there', () => app.events().length === 1);
    expect(app.events()).to.deep.equal([['/body', '/body', 200, 'aborted']]);
  });
});
