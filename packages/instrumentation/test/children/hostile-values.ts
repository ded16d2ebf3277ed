// Spans as SDK 3 makes them, whose attributes may hold anything, through processor, exporter and serializer.
import { ROOT_CONTEXT, type Attributes } from '@opentelemetry/api';
import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
import { CerberusSpanProcessor } from '../../dist/esm/index.js';
import { startEventBackend } from '../support/event-backend.js';
import { serverSpan, span } from '../support/spans.js';
import { report } from './report.js';

const boom = (): never => {
  throw new Error('planted');
};

function deep(levels: number): object {
  let value: object = {};
  for (let level = 0; level < levels; level += 1) value = { value };
  return value;
}

const circular: Record<string, unknown> = {};
circular['self'] = circular;
const pretender = Object.create({ inherited: true }) as object;
Object.defineProperty(pretender, 'trap', { enumerable: true, get: boom });

const values: readonly unknown[] = [
  { nested: { deeply: ['x'] } },
  Buffer.from('canary'),
  new Uint8Array(5_000_000),
  pretender,
  new Proxy({}, { get: boom, ownKeys: boom, getPrototypeOf: boom }),
  new Proxy([], { get: boom }),
  circular,
  deep(20_000),
  '\ud800 lone \udfff',
  'x'.repeat(5_000_000),
  { toJSON: boom },
  { toString: boom, valueOf: boom, [Symbol.toPrimitive]: boom },
  10n,
  Symbol('s'),
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  new Date(Number.NaN),
  null,
  undefined,
  [1, 'a', null, { x: 1 }],
  Array.from({ length: 100_000 }, (_, index) => index),
  new Map([['a', 1]]),
  () => 'function',
  Promise.resolve('never awaited'),
];
const names = ['__proto__', 'constructor', 'prototype', 'toString', '', 'x'.repeat(100_000), '\ud800'];

/** Attributes with own keys, also where a plain write would go to a setter. */
function attributesOf(key: string, value: unknown): Attributes {
  const attributes = {};
  Object.defineProperty(attributes, key, { value, enumerable: true, writable: true, configurable: true });
  return attributes;
}

const backend = await startEventBackend();
const exporter = new CerberusWsExporter({ wsUrl: backend.wsUrl, token: 't', clientId: 'c' });
const processor = new CerberusSpanProcessor({ exporter, secretKey: 'k'.repeat(32) });
const RPC_METADATA = Symbol.for('OpenTelemetry SDK Context Key RPC_METADATA');

let planted = 0;
function serve(onRoot: Attributes, onChild: Attributes): void {
  planted += 1;
  const root = serverSpan(onRoot, {
    spanContext: () => ({
      traceId: '1'.repeat(32),
      spanId: String(planted).padStart(16, '0'),
      traceFlags: 1,
    }),
  });
  const child = span({ attributes: onChild });
  processor.onStart(root, ROOT_CONTEXT);
  processor.onStart(child, ROOT_CONTEXT.setValue(RPC_METADATA, { span: root }));
  processor.onEnding(child);
  processor.onEnd(child);
  processor.onEnding(root);
  processor.onEnd(root);
}

for (const value of values) {
  const hostile = attributesOf('cerberus.metric.hostile', value);
  serve(hostile, {});
  serve({}, hostile);
  serve(attributesOf('http.route', value), attributesOf('url.path', value));
}
for (const name of names) {
  for (const key of [name, `cerberus.metric.${name}`]) {
    serve(attributesOf(key, 1), {});
    serve({}, attributesOf(key, { polluted: true }));
  }
}
await processor.shutdown();
report({
  planted,
  events: backend.events.length,
  refused: exporter.stats().refused.invalid,
  polluted: Object.getOwnPropertyNames(Object.prototype).filter((name) => name.includes('pollut')),
});
await backend.close();
