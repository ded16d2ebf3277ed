// A sink in a process of its own: its CPU time is not the subject's.
import { answerCalls } from '../harness/subject.ts';
import { startCerberusSink } from './cerberus-sink.ts';
import type { Sink } from './counts.ts';
import { startGrpcSink } from './grpc-sink.ts';
import { startHttpSink } from './http-sink.ts';
import type { SinkKind } from './kinds.ts';
import { startNewRelicSink } from './new-relic-sink.ts';
import { countServerSpans, countSpans } from './otlp-message.ts';

interface OtlpJson {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly unknown[] }[];
  }[];
}

const SINKS: Readonly<Record<SinkKind, () => Promise<Sink>>> = {
  'otlp-proto': () => startHttpSink(countSpans),
  /** The requests alone: what is below them differs by framework. */
  'otlp-servers': () => startHttpSink(countServerSpans),
  'otlp-json': () => startHttpSink(countJsonSpans),
  'otlp-grpc': startGrpcSink,
  zipkin: () => startHttpSink((body) => (JSON.parse(body.toString()) as readonly unknown[]).length),
  'cerberus-batch': () => startCerberusSink('batch'),
  // Agents of other makers: bytes tell enough.
  any: () => startHttpSink(() => 0, '{}'),
  'new-relic': startNewRelicSink,
  'cerberus-event': () => startCerberusSink('event'),
};

function countJsonSpans(body: Buffer): number {
  return (JSON.parse(body.toString()) as OtlpJson).resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans)
    .reduce((sum, { spans }) => sum + spans.length, 0);
}

const sink = await SINKS[process.argv[2] as SinkKind]();

answerCalls({
  port: () => sink.port,
  counts: () => sink.counts(),
  stall: () => sink.gate?.shut(),
  resume: () => sink.gate?.open(),
});
