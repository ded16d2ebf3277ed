import type { FinishedSpan } from '../../../packages/exporter-ws/dist/esm/index.js';
import { requirePeer } from './peers.ts';

/** The parts of the OpenTelemetry SDK that the benchmarks touch; it is not installed when they are compiled. */
export interface Span {
  setAttribute(key: string, value: string | number | boolean): void;
  setAttributes(attributes: Attributes): void;
  end(): void;
}

export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** `kind` is a `SpanKind`. */
export interface Tracer {
  startSpan(name: string, options: { kind: number; attributes: Attributes }, context?: unknown): Span;
}

export interface SpanExporter {
  export(spans: readonly FinishedSpan[], done: (result: { readonly code: number }) => void): void;
  shutdown(): Promise<void>;
}

export interface SpanProcessor {
  onStart(span: unknown, context: unknown): void;
  onEnding?(span: unknown): void;
  onEnd(span: FinishedSpan): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

export interface Provider {
  getTracer(name: string): Tracer;
  forceFlush(): Promise<void>;
}

interface TraceBase {
  readonly BasicTracerProvider: new (options: object) => Provider;
  readonly BatchSpanProcessor: new (exporter: SpanExporter, options: object) => SpanProcessor;
}

interface Api {
  readonly ROOT_CONTEXT: unknown;
  readonly trace: { setSpan(context: unknown, span: Span): unknown };
}

interface Resources {
  resourceFromAttributes(attributes: Attributes): object;
}

type ExporterClass = new (options: object) => SpanExporter;

/** `SpanKind.INTERNAL` and `SpanKind.SERVER`. */
export const KIND = { internal: 0, server: 1 } as const;

const api = requirePeer<Api>('otel', '@opentelemetry/api');
const base = requirePeer<TraceBase>('otel', '@opentelemetry/sdk-trace-base');
const resources = requirePeer<Resources>('otel', '@opentelemetry/resources');

export function createProvider(...spanProcessors: SpanProcessor[]): Provider {
  const resource = resources.resourceFromAttributes({
    'service.name': 'benchmark',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.version': '2.12.1',
  });
  return new base.BasicTracerProvider({ resource, spanProcessors });
}

export function batchProcessor(exporter: SpanExporter, options: object): SpanProcessor {
  return new base.BatchSpanProcessor(exporter, options);
}

/** A context whose active span is `span`. */
export function contextOf(span: Span): unknown {
  return api.trace.setSpan(api.ROOT_CONTEXT, span);
}

const OTLP = {
  'otlp-proto': ['@opentelemetry/exporter-trace-otlp-proto', '/v1/traces'],
  'otlp-json': ['@opentelemetry/exporter-trace-otlp-http', '/v1/traces'],
  'otlp-grpc': ['@opentelemetry/exporter-trace-otlp-grpc', ''],
} as const;

export function otlpExporter(kind: keyof typeof OTLP, port: number, options: object = {}): SpanExporter {
  const [name, path] = OTLP[kind];
  const { OTLPTraceExporter } = requirePeer<{ OTLPTraceExporter: ExporterClass }>('otel', name);
  return new OTLPTraceExporter({ url: `http://127.0.0.1:${port}${path}`, ...options });
}

export function zipkinExporter(port: number): SpanExporter {
  const { ZipkinExporter } = requirePeer<{ ZipkinExporter: ExporterClass }>(
    'otel',
    '@opentelemetry/exporter-zipkin',
  );
  return new ZipkinExporter({ url: `http://127.0.0.1:${port}/api/v2/spans` });
}
