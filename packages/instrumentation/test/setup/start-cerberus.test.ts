// An application without an SDK that sets Cerberus up in code, in this process and against a real backend.
import { context, createContextKey, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
import { expect } from 'chai';
import { createHmac } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CerberusConfigError,
  setMetric,
  setConsumer,
  setUserId,
  shutdown,
  startCerberus,
  type CerberusOptions,
} from '../../dist/esm/index.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { pause, until } from '@cerberus-otel/test-support/deadline';
import { startEventBackend, type EventBackend } from '../support/event-backend.js';
import { listen, send } from '../support/http-server.js';
import { leaveInSpool } from '../support/left-spool.js';

/** Whether a context is active where it is entered. */
function carriesContexts(): boolean {
  const key = createContextKey('carried');
  return context.with(ROOT_CONTEXT.setValue(key, true), () => context.active().getValue(key)) === true;
}

describe('startCerberus', () => {
  let backend: EventBackend;

  beforeEach(async () => {
    backend = await startEventBackend();
  });

  afterEach(() => backend.close());

  function start(options: CerberusOptions = {}): ReturnType<typeof startCerberus> {
    const running = startCerberus({
      wsUrl: backend.wsUrl,
      token: 'canary-token',
      clientId: 'in-code',
      secretKey: 'k'.repeat(32),
      protocol: 'event',
      strict: true,
      ...options,
    });
    afterTest(() => running.shutdown());
    return running;
  }

  it('counts each request once, with all that the application says of it', async () => {
    const running = start({ trustProxy: 1 });
    expect(startCerberus({ clientId: 'another' }), 'further calls').to.equal(running);
    const tracer = trace.getTracer('of a library');
    const app = await listen((request, response) => {
      trace.getActiveSpan()?.setAttribute('cerberus.metric.active', 1);
      setMetric('helper', 'x');
      setUserId(7);
      setConsumer('acme', { group: 'pro', label: 'Acme Inc.' });
      tracer.startActiveSpan('work', (work) => {
        work.setAttribute('cerberus.metric.nested', true);
        tracer.startActiveSpan('within', { attributes: { 'cerberus.metric.active': 2 } }, (within) =>
          within.end(),
        );
        work.end();
        response.statusCode = request.url === '/fails' ? 500 : 201;
        response.end();
      });
    });
    await send(app.port, { target: '/a?q=canary', headers: { 'x-forwarded-for': '203.0.113.7' } });
    await send(app.port, { target: '/fails', method: 'POST' });
    await send(app.port, { target: '/health' });
    await running.shutdown();
    const [first, second, ...others] = backend.events;
    expect(others).to.deep.equal([]);
    expect(first).to.deep.include({
      client_id: 'in-code',
      endpoint: '/a',
      method: 'GET',
      status_code: 201,
      outcome: 'completed',
      custom_data: { active: 1, helper: 'x', nested: true },
    });
    expect(second).to.deep.include({
      endpoint: '/fails',
      method: 'POST',
      status_code: 500,
      outcome: 'error',
    });
    expect(first?.['source_ip'])
      .to.match(/^[\da-f]{64}$/)
      .and.not.equal(second?.['source_ip']);
    expect(first?.['user_id']).to.equal(second?.['user_id']);
    const consumer = createHmac('sha256', 'k'.repeat(32)).update('acme').digest('hex');
    expect(second).to.include({ consumer, consumer_group: 'pro', consumer_label: 'Acme Inc.' });
    expect(first?.['trace_id']).to.not.equal(second?.['trace_id']);
  });

  it('takes the trace of the caller, and counts who asks not to be sampled', async () => {
    const running = start();
    const app = await listen((_request, response) => response.end());
    await send(app.port, { headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` } });
    await running.shutdown();
    expect(backend.events.map((event) => event['trace_id'])).to.deep.equal(['a'.repeat(32)]);
  });

  it('counts a request whose response fails with what cannot be read', async () => {
    const running = start();
    const unreadable = new Proxy(new Error('x'), {
      get() {
        throw new Error('on purpose');
      },
    });
    const app = await listen((_request, response) => {
      response.on('error', () => undefined);
      response.emit('error', unreadable);
      response.end();
    });
    await send(app.port, { target: '/odd' });
    await running.shutdown();
    expect(backend.events).to.have.length(1);
    expect(backend.events[0]).to.include({ endpoint: '/odd', outcome: 'error' });
  });

  for (const req of [null, undefined, {}]) {
    it(`counts a request whole where the application has set the response's \`req\` to ${JSON.stringify(req)}`, async () => {
      const running = start();
      const app = await listen((_request, response) => {
        Object.assign(response, { req });
        response.end('12345');
      });
      await send(app.port, { target: '/odd' });
      await running.shutdown();
      expect(backend.events).to.have.length(1);
      expect(backend.events[0]).to.include({ endpoint: '/odd', scheme: false, outcome: 'completed' });
      expect(backend.events[0]?.['source_ip']).to.match(/^[\da-f]{64}$/);
    });
  }

  it('counts requests on connections that were there before it', async () => {
    const app = await listen((_request, response) => response.end());
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    afterTest(() => agent.destroy());
    const ask = async (path: string): Promise<void> => {
      const asked = get({ port: app.port, host: '127.0.0.1', path, agent });
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      await once(response.resume(), 'end');
    };
    await ask('/before');
    const running = start();
    await ask('/after');
    await ask('/again');
    await running.shutdown();
    expect(backend.events.map(({ endpoint }) => endpoint)).to.deep.equal(['/after', '/again']);
  });

  it('runs listeners in the context of a request that the application has handed on', async () => {
    const running = start();
    const seen: boolean[] = [];
    // As where a pool calls back, outside of the request.
    const app = await listen((_request, response) => context.with(ROOT_CONTEXT, () => response.end()));
    app.server.on('checkContinue', (request, response) => {
      response.on('finish', () => seen.push(trace.getActiveSpan() !== undefined));
      app.server.emit('request', request, response);
    });
    await send(app.port, { headers: { expect: '100-continue' } });
    await running.shutdown();
    expect(seen).to.deep.equal([true]);
  });

  it('says of a client that hangs up that the response was not sent', async () => {
    const running = start();
    const app = await listen((_request, response) => {
      response.write('x');
      asked.destroy();
      response.once('close', () => closed());
    });
    let closed = (): void => undefined;
    const over = new Promise<void>((resolve) => (closed = resolve));
    const asked = get({ port: app.port, host: '127.0.0.1' }).on('error', () => undefined);
    await over;
    await running.shutdown();
    expect(backend.events.map(({ outcome }) => outcome)).to.deep.equal(['aborted']);
  });

  for (const by of ['its own `shutdown`', 'that of the package'] as const) {
    it(`can be started again when it was shut down by ${by}, and leaves no tracing behind`, async () => {
      const first = start();
      await (by === 'its own `shutdown`' ? first.shutdown() : shutdown());
      const running = start();
      expect(running).to.not.equal(first);
      const app = await listen((_request, response) => response.end());
      await send(app.port);
      await running.shutdown();
      expect(backend.events).to.have.length(1);
      const span = trace.getTracer('after it').startSpan('a');
      expect(span.isRecording()).to.equal(false);
    });
  }

  it('listens to nothing any more after its end, also beside an SDK that it could not join', async () => {
    const channels = ['http.server.request.start', 'fastify.initialization'].map((name) => channel(name));
    const heard = (): boolean[] => channels.map(({ hasSubscribers }) => hasSubscribers);
    expect(heard()).to.deep.equal([false, false]);
    const unvisited = start();
    expect(heard()).to.deep.equal([true, true]);
    await unvisited.shutdown();
    expect(heard()).to.deep.equal([false, false]);
    // Of no kind that is known inside.
    trace.setGlobalTracerProvider({ getTracer: () => trace.getTracer('none') });
    afterTest(() => trace.disable());
    const running = start();
    const app = await listen((_request, response) => response.end());
    await send(app.port);
    expect(heard()).to.deep.equal([true, true]);
    await running.shutdown();
    expect(backend.events).to.have.length(1);
    expect(heard()).to.deep.equal([false, false]);
  });

  it('takes nothing away at its end that somebody else has put in its place since', async () => {
    const running = start();
    const app = await listen((_request, response) => response.end());
    await send(app.port);
    await running.shutdown();
    trace.setGlobalTracerProvider(new BasicTracerProvider());
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    afterTest(() => {
      trace.disable();
      context.disable();
    });
    await running.shutdown();
    expect(trace.getTracer('theirs').startSpan('a').isRecording()).to.equal(true);
    expect(carriesContexts()).to.equal(true);
  });

  it('leaves a context manager and a propagator that were there before it', async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    afterTest(() => {
      context.disable();
      propagation.disable();
    });
    const running = start();
    const app = await listen((_request, response) => response.end());
    await send(app.port);
    await running.shutdown();
    expect(backend.events).to.have.length(1);
    expect(carriesContexts()).to.equal(true);
    expect(propagation.fields()).to.deep.equal(['traceparent', 'tracestate']);
  });

  it('leaves what earlier processes left on disk to others where its options cannot work', async () => {
    const spoolDir = await mkdtemp(join(tmpdir(), 'cerberus-off-'));
    afterTest(() => rm(spoolDir, { recursive: true, force: true }));
    await leaveInSpool(spoolDir, 'in-code');
    const off = await startEventBackend();
    startCerberus({
      wsUrl: off.wsUrl,
      token: 't',
      clientId: 'in-code',
      protocol: 'event',
      spoolDir,
      strict: false,
      trustProxy: true as never,
    });
    // What it has taken by then the other one finds a minute later, and never if it was sent.
    await pause(300);
    const exporter = new CerberusWsExporter({
      wsUrl: backend.wsUrl,
      token: 't',
      clientId: 'in-code',
      protocol: 'event',
      spoolDir,
    });
    afterTest(() => exporter.shutdown());
    await until('somebody sends it', () => backend.events.length + off.events.length > 0, 90_000);
    expect(off.events).to.deep.equal([]);
  }).timeout(100_000);

  it('throws for options that cannot work, where that is asked for, and for one that says what an SDK is to do', () => {
    expect(() => start({ token: '' })).to.throw(CerberusConfigError, '`token`');
    expect(() => start({ record: 'all' as never })).to.throw(CerberusConfigError, '`record`');
    expect(() => start({ capture: 'light' }))
      .to.throw(CerberusConfigError)
      .with.property('option', 'capture');
  });

  it('gives what can be shut down where Cerberus is off', async () => {
    const running = startCerberus({ wsUrl: '', strict: false });
    await running.shutdown();
    expect(trace.getTracer('x').startSpan('a').isRecording()).to.equal(false);
  });
});
