import type { FinishedSpan } from '../../../packages/exporter-ws/dist/esm/index.js';
import type { SinkKind } from '../sinks/kinds.ts';

export type ExporterName =
  | 'cerberus-batch'
  | 'cerberus-batch-gzip'
  | 'cerberus-event'
  | 'cerberus-event-no-acks'
  | 'otlp-proto'
  | 'otlp-proto-gzip'
  | 'otlp-json'
  | 'otlp-grpc'
  | 'zipkin'
  | 'one-at-a-time';

/** Exports batches; resolved when the other side has all of them. */
export type Deliver = (batches: readonly (readonly FinishedSpan[])[]) => Promise<void>;

/** Spans in a batch, as a BatchSpanProcessor makes them. */
export const BATCH_SPANS = 512;

/** What a process delivers in one round. */
export interface RoundOfBatches {
  /** First, while the heap grows again after a collection. */
  readonly unmeasured: number;
  readonly measured: number;
}

/** Every exporter that is measured, and the sink that understands it. */
export const EXPORTERS: Readonly<Record<ExporterName, SinkKind>> = {
  'cerberus-batch': 'cerberus-batch',
  'cerberus-batch-gzip': 'cerberus-batch',
  'cerberus-event': 'cerberus-event',
  'cerberus-event-no-acks': 'cerberus-event',
  'otlp-proto': 'otlp-proto',
  'otlp-proto-gzip': 'otlp-proto',
  'otlp-json': 'otlp-json',
  'otlp-grpc': 'otlp-grpc',
  zipkin: 'zipkin',
  'one-at-a-time': 'cerberus-event',
};

/** How each is called in tables. */
export const EXPORTER_TITLES: Readonly<Record<ExporterName, string>> = {
  'cerberus-batch': 'Cerberus, batch mode',
  'cerberus-batch-gzip': 'Cerberus, batch mode, gzip',
  'cerberus-event': 'Cerberus, event mode',
  'cerberus-event-no-acks': "Cerberus, event mode, `acks: 'none'`",
  'otlp-proto': 'OTLP http/protobuf',
  'otlp-proto-gzip': 'OTLP http/protobuf, gzip',
  'otlp-json': 'OTLP http/json',
  'otlp-grpc': 'OTLP gRPC',
  zipkin: 'Zipkin',
  'one-at-a-time': 'one event, one answer at a time',
};
