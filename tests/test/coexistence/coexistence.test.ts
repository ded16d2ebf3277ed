// docs/coexistence.md: its files run here as they stand there, with the real packages.
import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { ScriptedServer } from '../../../packages/exporter-ws/test-dist/support/scripted-server.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { JsonLines } from '../support/lines.js';
import { Sink } from '../support/sink.js';

const apps = fileURLToPath(new URL('../../apps/', import.meta.url));
const document = await readFile(new URL('../../../docs/coexistence.md', import.meta.url), 'utf8');
const QUERY = 'canary-query';
const UNSAMPLED = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`;

/** The code under a heading. */
function snippet(heading: string): string {
  const [, section = ''] = document.split(`\n## ${heading}\n`);
  const code = /```js\n([\s\S]*?)```/.exec(section)?.[1];
  if (code === undefined) throw new Error(`no code under ${heading}`);
  return code;
}

describe('beside other tools', function () {
  this.timeout(40_000);
  let backend: ScriptedServer;
  let sink: Sink;
  let folder: string;
  let child: ChildProcess;
  let origin: string;
  let stderr: string;

  beforeEach(async () => {
    backend = await ScriptedServer.start();
    sink = new Sink();
    await sink.start();
    folder = await mkdtemp(join(apps, 'snippet-'));
    stderr = '';
  });

  afterEach(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await backend.stop();
    await sink.stop();
    await rm(folder, { recursive: true });
  });

  async function start(code: string, env: Record<string, string> = {}): Promise<void> {
    await writeFile(join(folder, 'instrumentation.mjs'), code);
    child = spawn(
      process.execPath,
      ['--import', join(folder, 'instrumentation.mjs'), 'coexistence-app.mjs'],
      {
        cwd: apps,
        env: {
          PATH: process.env['PATH'],
          CERBERUS_WS_URL: backend.url,
          CERBERUS_TOKEN: 't',
          CERBERUS_CLIENT_ID: 'c',
          CERBERUS_SECRET_KEY: 'k'.repeat(32),
          CERBERUS_PROTOCOL: 'event',
          CERBERUS_FLUSH_INTERVAL_MILLIS: '20',
          OTEL_TRACES_EXPORTER: 'none',
          OTEL_METRICS_EXPORTER: 'none',
          OTEL_LOGS_EXPORTER: 'none',
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    child.stderr?.on('data', (chunk: Buffer) => void (stderr += chunk.toString()));
    const { port } = await new JsonLines(child).line(0, 20_000).catch((error: unknown) => {
      throw new Error(`the application did not start: ${stderr}`, { cause: error });
    });
    origin = `http://127.0.0.1:${String(port)}`;
  }

  async function until(condition: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + 15_000;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`did not happen: ${what}; ${stderr}`);
      await sleep(20);
    }
  }

  /** Requests of the application, sorted by path. */
  const requests = (): [unknown, unknown, unknown, unknown][] =>
    backend.events
      .filter(({ endpoint }) => !String(endpoint).includes('envelope') && endpoint !== '/v1/traces')
      .map(({ endpoint, route, status_code: status, outcome }): [unknown, unknown, unknown, unknown] => [
        endpoint,
        route,
        status,
        outcome,
      ])
      .toSorted(([a], [b]) => String(a).localeCompare(String(b)));

  /** Three requests, of which each is one event. */
  async function servesAndCounts(): Promise<void> {
    await fetch(`${origin}/users/1?q=${QUERY}`);
    await fetch(`${origin}/boom`);
    await fetch(`${origin}/users/2`, { headers: { traceparent: UNSAMPLED } });
    await until(() => requests().length >= 3, 'three events');
    await sleep(100);
    expect(requests()).to.deep.equal([
      ['/boom', '/boom', 500, 'error'],
      ['/users/1', '/users/:id', 200, 'completed'],
      ['/users/2', '/users/:id', 200, 'completed'],
    ]);
    const user = backend.events.find(({ endpoint }) => endpoint === '/users/1');
    expect(user?.['custom_data']).to.deep.equal({ helper: 1 });
    expect(user?.['source_ip']).to.match(/^[0-9a-f]{64}$/);
    expect(backend.texts.join('')).to.not.include(QUERY);
  }

  const dsn = (): Record<string, string> => ({ SENTRY_DSN: `http://public@127.0.0.1:${sink.port}/1` });

  it('an OTLP exporter goes on, and with redactSpans gets neither addresses nor queries', async () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink.port}`,
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_SERVICE_NAME: 'coexistence',
      OTEL_NODE_RESOURCE_DETECTORS: 'none',
    };
    await start(snippet('An OTLP exporter'), env);
    await servesAndCounts();
    await until(() => sink.text.includes('/users/1'), 'the span of a request at the OTLP sink');
    expect(sink.text).to.include('GET /users/:id').and.not.include(QUERY);
    expect(sink.text).to.not.match(/client\.address|peer\.address/);
  });

  it('an OTLP exporter without redactSpans gets what it got before', async () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink.port}`,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    };
    await start(snippet('An OTLP exporter').replace('redactSpans: true', 'redactSpans: false'), env);
    await servesAndCounts();
    await until(() => sink.text.includes(QUERY), 'the query at the OTLP sink');
    expect(sink.text).to.include('client.address');
  });

  it('Sentry 10 goes on, with its own set-up of OpenTelemetry', async () => {
    await start(snippet('Sentry 10').replace('@sentry/node', 'sentry-node-10'), dsn());
    // What a caller does not sample, Sentry leaves out, so there is no span of it.
    await fetch(`${origin}/users/1`);
    await until(() => requests().length === 1, 'an event');
    expect(requests()[0]).to.deep.equal(['/users/1', '/users/:id', 200, 'completed']);
    await until(() => sink.text.includes('"transaction":"GET /users/:id"'), 'a transaction at Sentry');
  });

  it('Sentry 10 goes on in an SDK of ours, gets only what it samples, and every request is counted', async () => {
    const code = snippet('Sentry 10, counting every request').replace('@sentry/node', 'sentry-node-10');
    await start(code, dsn());
    await servesAndCounts();
    // Errors are sent; transactions are what the sampler is asked about.
    expect(sink.text).to.not.include('"type":"transaction"');
    child.kill('SIGKILL');
    await once(child, 'exit');
    backend.messages.length = 0;
    await start(code.replace('tracesSampleRate: 0', 'tracesSampleRate: 1'), dsn());
    await fetch(`${origin}/users/1`);
    await until(() => sink.text.includes('"type":"transaction"'), 'a transaction at Sentry');
  });

  it('Sentry 11 goes on beside ours', async () => {
    await start(snippet('Sentry 11').replace('@sentry/node', 'sentry-node-11'), dsn());
    await servesAndCounts();
    await until(() => sink.text.includes('/users/:id'), 'a span at Sentry');
  });

  it('@vercel/otel goes on', async () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink.port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    };
    await start(snippet('Vercel'), { ...env, OTEL_TRACES_EXPORTER: 'otlp' });
    await servesAndCounts();
    await until(() => sink.text.includes('/users/1'), 'the span of a request at the OTLP sink');
  });

  it('a provider of its own serves the HTTP instrumentation, beside a global one', async () => {
    await start(snippet('A provider of its own'));
    await fetch(`${origin}/users/1`);
    await until(() => requests().length === 1, 'an event');
    expect(requests()[0]).to.deep.equal(['/users/1', '/users/:id', 200, 'completed']);
  });

  it('a WebSocket server and a subscriber of the application go on', async () => {
    await start(snippet('A provider of its own'));
    const socket = new WebSocket(origin.replace('http', 'ws'));
    afterTest(() => socket.terminate());
    await once(socket, 'open');
    socket.send('hello');
    const [answer] = (await once(socket, 'message')) as [Buffer];
    expect(String(answer)).to.equal('echo hello');
    const response = await fetch(`${origin}/users/1`);
    expect(await response.json()).to.deep.equal({ announced: 1 });
    await until(() => requests().length === 1, 'one event, for the upgrade is none');
  });
});
