import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import { Server, type IncomingMessage, type ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { context, SpanKind, SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';
import { BasicTracerProvider, type ReadableSpan, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { CerberusSpanProcessor, HttpServerInstrumentation } from '../../dist/esm/index.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';
import { listen, send } from '../support/http-server.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { RecordingReporter } from '../support/recording-reporter.js';
import { traceServers } from '../support/server-spans.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Throws, whatever is asked of it. */
const UNREADABLE = new Proxy<Attributes>(
  {},
  {
    get() {
      throw new Error('on purpose');
    },
    ownKeys() {
      throw new Error('on purpose');
    },
  },
);

function keeper(spans: ReadableSpan[]): SpanProcessor {
  return {
    onStart() {},
    onEnd: (span) => void spans.push(span),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

function failing(hook: 'onStart' | 'onEnd'): SpanProcessor {
  return {
    ...keeper([]),
    [hook]() {
      throw new Error('a processor that fails');
    },
  };
}

/** With its prototype and copies of what it refers to, as `cloneDeep` of lodash does. */
function copyInDepth<T extends object>(original: T, depth = 2): T {
  const copy = Object.create(Object.getPrototypeOf(original) as object) as Record<PropertyKey, unknown>;
  for (const key of Reflect.ownKeys(original)) {
    const value = (original as Record<PropertyKey, unknown>)[key];
    copy[key] =
      depth > 1 && typeof value === 'object' && value !== null ? copyInDepth(value, depth - 1) : value;
  }
  return copy as T;
}

/** As a loop over its names does, or `assignIn` of lodash. */
function copyByName(original: EventEmitter): EventEmitter {
  const copy = new EventEmitter() as unknown as Record<string, unknown>;
  // oxlint-disable-next-line guard-for-in -- what it inherits, too
  for (const key in original) copy[key] = original[key as keyof EventEmitter];
  return copy as unknown as EventEmitter;
}

describe('HttpServerInstrumentation', () => {
  it('has the version of package.json', () => {
    const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    const instrumentation = new HttpServerInstrumentation({ enabled: false });
    expect(instrumentation.instrumentationVersion).to.equal(
      (JSON.parse(text) as { version: string }).version,
    );
  });

  for (const hook of ['onStart', 'onEnd'] as const) {
    it(`lets a request through when ${hook} of a processor throws`, async () => {
      const spans: ReadableSpan[] = [];
      traceServers([keeper(spans), failing(hook)]);
      const { port } = await listen((_request, response) => response.end('answered'));
      expect(await send(port))
        .to.include('200 OK')
        .and.include('answered');
      expect(await send(port))
        .to.include('200 OK')
        .and.include('answered');
    });
  }

  for (const name of [
    'ignoreIncomingRequestHook',
    'startIncomingSpanHook',
    'requestHook',
    'responseHook',
    'applyCustomAttributesOnSpan',
  ]) {
    it(`makes the span all the same when ${name} throws`, async () => {
      const spans: ReadableSpan[] = [];
      const fails = (): never => {
        throw new Error('a hook that fails');
      };
      traceServers([keeper(spans)], { [name]: fails });
      const { port } = await listen((_request, response) => response.end('answered'));
      expect(await send(port)).to.include('answered');
      await until('the span ends', () => spans.length === 1);
      expect(spans[0]?.attributes).to.include({ 'url.path': '/', 'http.response.status_code': 200 });
    });
  }

  for (const name of ['ignoreIncomingRequestHook', 'startIncomingSpanHook']) {
    it(`makes the span all the same when ${name} gives a promise, which is said once`, async () => {
      const spans: ReadableSpan[] = [];
      const warnings: Error[] = [];
      const onWarning = (warning: Error): void => void warnings.push(warning);
      process.on('warning', onWarning);
      afterTest(() => void process.off('warning', onWarning));
      traceServers([keeper(spans)], { [name]: () => Promise.resolve(true) });
      const { port } = await listen((_request, response) => response.end('answered'));
      await send(port);
      await send(port);
      await until('both spans end', () => spans.length === 2);
      expect(warnings.map(({ message }) => message)).to.have.length(1);
      expect(warnings[0]?.message).to.include(name);
    });
  }

  for (const name of ['requestHook', 'responseHook', 'applyCustomAttributesOnSpan']) {
    it(`takes a promise of ${name} that is rejected for a hook that throws`, async () => {
      const spans: ReadableSpan[] = [];
      const rejected: unknown[] = [];
      const onRejected = (error: unknown): void => void rejected.push(error);
      process.on('unhandledRejection', onRejected);
      afterTest(() => void process.off('unhandledRejection', onRejected));
      traceServers([keeper(spans)], { [name]: () => Promise.reject(new Error('a hook that fails')) });
      const { port } = await listen((_request, response) => response.end('answered'));
      expect(await send(port)).to.include('answered');
      await until('the span ends', () => spans.length === 1);
      // Node tells of those that nobody has handled when the queues are empty.
      await setImmediate();
      expect(rejected).to.deep.equal([]);
    });
  }

  it('makes the span all the same when startIncomingSpanHook gives what cannot be read', async () => {
    const spans: ReadableSpan[] = [];
    traceServers([keeper(spans)], { startIncomingSpanHook: () => UNREADABLE });
    const { port } = await listen((_request, response) => response.end('answered'));
    expect(await send(port)).to.include('answered');
    await until('the span ends', () => spans.length === 1);
    expect(spans[0]?.attributes).to.include({ 'url.path': '/', 'http.response.status_code': 200 });
  });

  for (const [what, thrown] of [
    ['what cannot be read', UNREADABLE],
    ['a symbol', Symbol('thrown')],
    ['an object without a prototype', Object.create(null)],
  ] as const) {
    it(`ends the span of a request that fails with ${what}`, async () => {
      const spans: ReadableSpan[] = [];
      traceServers([keeper(spans)]);
      const { port } = await listen((_request, response) => {
        response.on('error', () => undefined);
        response.emit('error', thrown);
        response.end('answered');
      });
      expect(await send(port)).to.include('answered');
      await until('the span ends', () => spans.length === 1);
      expect(spans[0]?.status.code).to.equal(SpanStatusCode.ERROR);
    });
  }

  it('ends the span of a response whose headers cannot be read', async () => {
    const spans: ReadableSpan[] = [];
    traceServers([keeper(spans)], { headersToSpanAttributes: { server: { responseHeaders: ['x-a'] } } });
    const { port } = await listen((_request, response) => {
      response.end('answered');
      response.getHeader = () => {
        throw new Error('on purpose');
      };
    });
    expect(await send(port)).to.include('answered');
    await until('the span ends', () => spans.length === 1);
  });

  it('gives one event a request where another one, which patches nothing either, is there first', async () => {
    const exporter = new RecordingExporter();
    const reporter = new RecordingReporter();
    const processor = new CerberusSpanProcessor(
      { exporter, secretKey: 'k'.repeat(32) },
      { env: {}, reporter },
    );
    traceServers([processor]);
    const provider = new BasicTracerProvider({ spanProcessors: [processor] });
    const onStart = (message: unknown): void => {
      const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
      const attributes = { 'http.request.method': 'GET', 'url.path': request.url ?? '' };
      const span = provider.getTracer('other').startSpan('GET', { kind: SpanKind.SERVER, attributes });
      response.once('close', () => span.end());
    };
    subscribe('http.server.request.start', onStart);
    afterTest(() => void unsubscribe('http.server.request.start', onStart));
    const { port } = await listen((_request, response) => response.end('answered'));
    for (const target of ['/1', '/2']) await send(port, { target });
    await exporter.request(1);
    expect(exporter.requests.map((each) => each['cerberus.endpoint'])).to.deep.equal(['/1', '/2']);
    expect(reporter.codes).to.deep.equal(['CERBERUS_TWO_HTTP_INSTRUMENTATIONS']);
  });

  it('shows nothing of itself where an application prints a request or a response', async () => {
    const printed: string[] = [];
    const spans: ReadableSpan[] = [];
    traceServers([keeper(spans)]);
    const { port } = await listen((request, response) => {
      printed.push(inspect(request, { depth: 9, showHidden: true }), inspect(response, { depth: 9 }));
      response.end();
    });
    await send(port, { headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } });
    await until('the span ends', () => spans.length === 1);
    const { spanId } = spans[0]?.spanContext() ?? { spanId: 'none' };
    for (const text of printed) expect(text).not.to.include(spanId);
  });

  it('does not hold a request or its response once it is over, although its span and its context are held', async () => {
    const spans: ReadableSpan[] = [];
    traceServers([keeper(spans)]);
    const contexts: object[] = [];
    const held: WeakRef<object>[] = [];
    const { port } = await listen((request, response) => {
      contexts.push(context.active());
      held.push(new WeakRef(request), new WeakRef(response));
      response.end(trace.getActiveSpan()?.spanContext().spanId);
    });
    for (let index = 0; index < 20; index += 1) await send(port);
    let alive = held.length;
    // What Node itself still holds of the last ones goes within a few turns.
    for (let turn = 0; turn < 50 && alive > 2; turn += 1) {
      await setImmediate();
      collectGarbage();
      alive = held.filter((each) => each.deref() !== undefined).length;
    }
    expect([contexts.length, spans.length]).to.deep.equal([20, 20]);
    expect(alive, 'requests and responses that are still held').to.be.at.most(2);
  });

  it('traces a server on whose `emit` somebody has spied for a while', async () => {
    traceServers([keeper([])]);
    const { port, server } = await listen((_request, response) => {
      response.end(trace.getActiveSpan()?.spanContext().traceId ?? 'none');
    });
    const seen: unknown[] = [];
    server.emit = (...all: unknown[]): boolean => {
      seen.push(all[0]);
      return Reflect.apply(Server.prototype.emit, server, all as Parameters<Server['emit']>);
    };
    for (const isSpiedOn of [true, false]) {
      if (!isSpiedOn) Reflect.deleteProperty(server, 'emit');
      expect(await send(port), `spied on: ${isSpiedOn}`).to.match(/[\da-f]{32}/);
    }
    expect(seen).to.include('request');
  });

  it('leaves a server as it was to whoever looks at its own properties', async () => {
    traceServers([keeper([])]);
    const { port, server } = await listen((_request, response) => response.end());
    const before = Object.keys(server);
    await send(port);
    expect(Object.keys(server)).to.deep.equal(before);
  });

  for (const [how, copied] of [
    ['in depth', copyInDepth],
    ['by the names of all that it has', copyByName],
  ] as const) {
    it(`lets a copy of a request and of a response emit, which was made ${how}`, async () => {
      traceServers([keeper([])]);
      const heard: unknown[] = [];
      const { port } = await listen((request, response) => {
        try {
          for (const copy of [copied(request), copied(response)]) {
            copy.once('told', (word) => heard.push(word));
            copy.emit('told', 'word');
          }
        } catch (error) {
          heard.push(error);
        }
        response.end();
      });
      await send(port);
      expect(heard).to.deep.equal(['word', 'word']);
    });
  }
});
