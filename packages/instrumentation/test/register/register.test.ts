// Zero code: an application that knows nothing of Cerberus, started with `--import` or `--require`.
import { expect } from 'chai';
import { pseudonym, secretKeyOf } from '../../dist/esm/enrich/ip-hasher.js';
import { startEventBackend, type EventBackend } from '../support/event-backend.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { send } from '../support/http-server.js';
import { startOtlpSink } from '../support/otlp-sink.js';
import { RegisteredApp } from '../support/registered-app.js';

const KEY = 'k'.repeat(32);
const HASH = pseudonym(secretKeyOf(KEY), '127.0.0.1');
const REGISTER = '@cerberus-otel/instrumentation/register';
/** Makes half a minute pass in 0.3 s. */
const HASTE = `data:text/javascript,const timers = process.getBuiltinModule('node:timers'); const { setTimeout } = timers;
  timers.setTimeout = (callback, millis) => setTimeout(callback, millis / 100);`;
const MAY_READ = '--allow-fs-read=*';
const PERMISSION = process.allowedNodeEnvironmentFlags.has('--permission')
  ? [
      '--permission',
      MAY_READ,
      ...(process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : []),
    ]
  : ['--experimental-permission', MAY_READ];

describe('register', () => {
  let backend: EventBackend;
  let app: RegisteredApp | undefined;

  beforeEach(async () => {
    backend = await startEventBackend();
  });

  afterEach(async () => {
    app?.kill('SIGKILL');
    await app?.ended;
    app = undefined;
    await backend.close();
  });

  function start(env: Record<string, string> = {}, script = 'plain-app.js', flags?: string[]): RegisteredApp {
    const cerberus = {
      CERBERUS_WS_URL: backend.wsUrl,
      CERBERUS_TOKEN: 'canary-token',
      CERBERUS_CLIENT_ID: 'my-app',
      CERBERUS_SECRET_KEY: KEY,
      CERBERUS_PROTOCOL: 'event',
    };
    app = new RegisteredApp(script, { ...cerberus, ...env }, flags);
    return app;
  }

  async function request(
    headers: Record<string, string> = {},
    target = '/users/7?q=canary',
  ): Promise<string> {
    const answer = await send((await app?.port()) ?? 0, { target, headers });
    return answer.split('\r\n')[0] ?? '';
  }

  const arrived = (count: number): Promise<unknown> =>
    until(`${count} events at the backend`, () => backend.events.length === count);

  it('runs an application whose options cannot work, with a message; CERBERUS_STRICT ends it instead', async () => {
    start({ CERBERUS_WS_URL: '' });
    expect(await request()).to.equal('HTTP/1.1 200 OK');
    expect(app?.stderr).to.include('`wsUrl` is required');
    app?.kill('SIGKILL');
    await app?.ended;
    start({ CERBERUS_WS_URL: '', CERBERUS_STRICT: 'true' });
    expect(await app?.ended).to.deep.equal({ code: 1, signal: null });
    expect(app?.stderr).to.include('CerberusConfigError: `wsUrl` is required');
    expect(app?.stdout).to.equal('');
  }).timeout(40_000);

  it('harms no application whose SDK cannot be started when it has its first client', async () => {
    start(
      {
        // Of NodeSDK's exporters the one that throws for it.
        OTEL_TRACES_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'otlp',
        OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'grpc',
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'no address',
      },
      'plain-app.js',
      // Beside another preload, which may bring an SDK, ours waits.
      ['--import', 'data:text/javascript,', '--import', REGISTER],
    );
    expect(await request()).to.equal('HTTP/1.1 200 OK');
    expect(await request()).to.equal('HTTP/1.1 200 OK');
    expect(app?.stderr).to.include('CERBERUS_SETUP_FAILED').and.not.include('no address');
  });

  for (const [system, script, flag, capture] of [
    ['ES modules', 'plain-app.js', '--import', 'auto'],
    ['CommonJS', 'plain-app-cjs.cjs', '--import', 'light'],
    ['CommonJS', 'plain-app-cjs.cjs', '--require', 'light'],
    ['ES modules', 'plain-app.js', '--import', 'otel'],
    ['CommonJS', 'plain-app-cjs.cjs', '--import', 'otel'],
    ['CommonJS', 'plain-app-cjs.cjs', '--require', 'otel'],
  ] as const) {
    it(`counts the requests of an Express application of ${system} (${flag}, ${capture})`, async () => {
      start({ CERBERUS_CAPTURE: capture }, script, [flag, REGISTER]);
      expect(await request()).to.equal('HTTP/1.1 200 OK');
      await arrived(1);
      expect(backend.events[0]).to.deep.include({
        client_id: 'my-app',
        source_ip: HASH,
        endpoint: '/users/7',
        method: 'GET',
        route: '/users/:id',
        status_code: 200,
        outcome: 'completed',
        custom_data: { helper: 2, attribute: 1 },
      });
      expect(app?.stderr).to.equal('');
    });
  }

  for (const [flags, capture] of [
    [['--frozen-intrinsics'], 'light'],
    [PERMISSION, 'light'],
    [PERMISSION, 'otel'],
  ] as const) {
    it(`counts the requests of a process that may do less (${flags[0]}, ${capture})`, async () => {
      start({ CERBERUS_CAPTURE: capture }, 'plain-server.cjs', [...flags, '--require', REGISTER]);
      expect(await request()).to.equal('HTTP/1.1 200 OK');
      await arrived(1);
      expect(backend.events[0]).to.deep.include({ source_ip: HASH, endpoint: '/users/7', status_code: 200 });
      // The loader hook of ES modules is a thread until Node.js 26.
      const isHooked = capture === 'light' || Number.parseInt(process.versions.node, 10) >= 26;
      expect(app?.stderr.includes('ES modules are not instrumented')).to.equal(!isHooked);
    });
  }

  it('loads neither the API nor what sends before a server listens, where there is no SDK', async () => {
    const own = 'plain-app-cjs.cjs';
    const print = `const files = Object.keys(require.cache).filter((file) => /opentelemetry|cerberus-ws|span-processor/.test(file));
      process.on('exit', () => console.log('before: ' + JSON.stringify(files)));
      require('node:http').createServer().listen(0, () => process.exit(Object.keys(require.cache).length > 60 ? 0 : 1));`;
    start({}, own, ['--require', REGISTER, '-e', print]);
    expect((await app?.ended)?.code, 'what is needed is loaded then').to.equal(0);
    expect(app?.stdout).to.include('before: []');
  });

  it('sends what it counts in a test whose timers stood still before the server listened', async () => {
    start({}, 'fake-timers.js');
    for (const _ of ['the first', 'one while it is connected']) await request();
    await arrived(2);
    expect(app?.stderr).not.to.include('Cerberus');
  });

  it('says that requests are not counted which uWebSockets.js answers, that announces none', async () => {
    start({}, 'other-server.cjs', ['--import', HASTE, '--import', REGISTER]);
    await until('it is said', () => app?.stderr.includes('uWebSockets.js answers are not counted') === true);
    expect(app?.stderr.match(/CERBERUS_\w+/g)).to.deep.equal(['CERBERUS_RUNTIME']);
  });

  it('advises no package for requests that Express serves without a route, where it reads routes itself', async () => {
    start({ CERBERUS_CAPTURE: 'light' });
    for (let count = 0; count < 5; count += 1) await request({}, '/file');
    await arrived(5);
    app?.kill('SIGTERM');
    await app?.ended;
    expect(app?.stderr).to.equal('');
  });

  it('sets up once, however often it is given', async () => {
    start({}, 'plain-app-cjs.cjs', ['--require', REGISTER, '--import', REGISTER, '--import', REGISTER]);
    await request();
    await request();
    await arrived(2);
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
    expect(backend.events).to.have.length(2);
  });

  it('counts what OTEL_TRACES_SAMPLER leaves out, and callers that ask not to be sampled', async () => {
    start({ OTEL_TRACES_SAMPLER: 'always_off' });
    await request();
    await request({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` });
    await arrived(2);
    expect(backend.events[1]).to.deep.include({ trace_id: 'a'.repeat(32), custom_data: { helper: 2 } });
  });

  it('exports by OTLP what OTEL_* asks for beside Cerberus, and only that', async () => {
    const sink = await startOtlpSink();
    try {
      start({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${sink.url}/v1/traces`, ENDS: 'by itself' });
      await request();
      expect(await app?.ended).to.deep.equal({ code: 0, signal: null });
      expect(backend.events).to.have.length(1);
      expect(new Set(sink.received.map(({ path }) => path))).to.deep.equal(new Set(['/v1/traces']));
      expect(Buffer.concat(sink.received.map(({ body }) => body)).includes('GET /users/:id')).to.equal(true);
    } finally {
      await sink.close();
    }
  });

  it('sends what is left when the application ends by itself', async () => {
    start({ CERBERUS_FLUSH_INTERVAL_MILLIS: '60000', ENDS: 'by itself' });
    await request();
    expect(await app?.ended).to.deep.equal({ code: 0, signal: null });
    expect(backend.events).to.have.length(1);
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`sends what is left on ${signal}, and the process ends by it as it would have`, async () => {
      start({ CERBERUS_FLUSH_INTERVAL_MILLIS: '60000' });
      // Two, because the first one connects and takes everything that is there along.
      await request();
      await request();
      app?.kill(signal);
      expect(await app?.ended).to.deep.equal({ code: null, signal });
      expect(backend.events).to.have.length(2);
    });
  }

  it('leaves what SIGTERM means to a handler of the application, and sends what is left', async () => {
    start({ CERBERUS_FLUSH_INTERVAL_MILLIS: '60000', ENDS: 'by a handler' });
    await request();
    await request();
    app?.kill('SIGTERM');
    expect(await app?.ended).to.deep.equal({ code: 7, signal: null });
    expect(app?.stdout).to.include('handled');
    expect(backend.events).to.have.length(2);
  });

  it('does not hold up a signal for longer than the backend that is down is given', async () => {
    start({ CERBERUS_WS_URL: 'ws://127.0.0.1:9/ws', CERBERUS_SHUTDOWN_TIMEOUT_MILLIS: '200' });
    await request();
    app?.kill('SIGTERM');
    expect(await app?.ended).to.deep.equal({ code: null, signal: 'SIGTERM' });
  });

  for (const [variable, value] of [
    ['CERBERUS_DISABLED', 'true'],
    ['OTEL_SDK_DISABLED', 'true'],
  ] as const) {
    it(`does nothing with ${variable}=${value}`, async () => {
      start({ [variable]: value, ENDS: 'by itself' });
      expect(await request()).to.equal('HTTP/1.1 200 OK');
      expect(await app?.ended).to.deep.equal({ code: 0, signal: null });
      expect([backend.events, app?.stderr]).to.deep.equal([[], '']);
    });
  }

  it('warns of a word for the capture that there is not', async () => {
    start({ CERBERUS_CAPTURE: 'heavy', ENDS: 'by itself' });
    expect(await request()).to.equal('HTTP/1.1 200 OK');
    expect((await app?.ended)?.code).to.equal(0);
    expect(app?.stderr).to.include('CERBERUS_CONFIG_INVALID').and.include('`capture` must be one of auto');
  });

  it('warns of a configuration that cannot work, and the application runs on', async () => {
    start({ CERBERUS_TOKEN: '', ENDS: 'by itself' });
    expect(await request()).to.equal('HTTP/1.1 200 OK');
    expect((await app?.ended)?.code).to.equal(0);
    expect(app?.stderr).to.include('CERBERUS_CONFIG_INVALID').and.include('token');
    expect(app?.stderr).to.not.include(KEY);
  });
});
