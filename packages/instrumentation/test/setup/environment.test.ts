import { diag } from '@opentelemetry/api';
import { expect } from 'chai';
import { otelFlag, otelList, otelNumber, otelText } from '../../dist/esm/sdk/otel-environment.js';
import type { BatchSettings, Sdk } from '../../dist/esm/sdk/sdk-loader.js';
import { batchProcessor, processorsFromEnvironment } from '../../dist/esm/setup/environment-processors.js';
import { samplerFromEnvironment } from '../../dist/esm/setup/environment-sampler.js';

const named = (name: string): never => ({ toString: () => name }) as never;

/** An SDK whose parts are only names. */
const sdk: Sdk = {
  batch: (exporter, settings: BatchSettings) =>
    named(`batch(${String(exporter)} ${JSON.stringify(settings)})`),
  simple: (exporter) => named(`simple(${String(exporter)})`),
  consoleExporter: () => named('console'),
  alwaysOn: () => named('on'),
  alwaysOff: () => named('off'),
  parentBased: (root) => named(`parent(${root.toString()})`),
  traceIdRatio: (ratio) => named(`ratio(${ratio})`),
  exporterFrom: (packageName, className) => named(`${packageName}#${className}`),
};

const OTLP = '@opentelemetry/exporter-trace-otlp-';

describe('processorsFromEnvironment', () => {
  const rows: readonly [Record<string, string>, readonly string[]][] = [
    [{}, [`batch(${OTLP}proto#OTLPTraceExporter {})`]],
    [{ OTEL_TRACES_EXPORTER: ' ' }, [`batch(${OTLP}proto#OTLPTraceExporter {})`]],
    [{ OTEL_TRACES_EXPORTER: 'none' }, []],
    [{ OTEL_TRACES_EXPORTER: 'console,none' }, [`batch(${OTLP}proto#OTLPTraceExporter {})`]],
    [
      { OTEL_TRACES_EXPORTER: 'console, otlp, console' },
      ['simple(console)', `batch(${OTLP}proto#OTLPTraceExporter {})`],
    ],
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, ['batch(@opentelemetry/exporter-zipkin#ZipkinExporter {})']],
    [{ OTEL_TRACES_EXPORTER: 'cerberus' }, []],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, [`batch(${OTLP}grpc#OTLPTraceExporter {})`]],
    [
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' },
      [`batch(${OTLP}http#OTLPTraceExporter {})`],
    ],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'carrier-pigeon' }, [`batch(${OTLP}proto#OTLPTraceExporter {})`]],
  ];
  for (const [env, expected] of rows) {
    it(`makes what NodeSDK makes of ${JSON.stringify(env)}`, () => {
      expect(processorsFromEnvironment(sdk, env).map(String)).to.deep.equal(expected);
    });
  }
});

describe('batchProcessor', () => {
  it('has the settings of OTEL_BSP_*, and no nonsense', () => {
    const env = {
      OTEL_BSP_MAX_QUEUE_SIZE: '10',
      OTEL_BSP_SCHEDULE_DELAY: '0',
      OTEL_BSP_EXPORT_TIMEOUT: 'x',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '5',
    };
    expect(String(batchProcessor(sdk, named('mine'), env))).to.equal(
      'batch(mine {"maxQueueSize":10,"maxExportBatchSize":5})',
    );
  });
});

describe('samplerFromEnvironment', () => {
  const rows: readonly [string | undefined, string | undefined, string][] = [
    [undefined, undefined, 'parent(on)'],
    ['always_on', undefined, 'on'],
    ['always_off', undefined, 'off'],
    ['parentbased_always_on', undefined, 'parent(on)'],
    ['parentbased_always_off', undefined, 'parent(off)'],
    ['traceidratio', '0.5', 'ratio(0.5)'],
    ['traceidratio', '', 'ratio(1)'],
    ['traceidratio', '2', 'ratio(1)'],
    ['parentbased_traceidratio', '0', 'parent(ratio(0))'],
    ['jaeger_remote', undefined, 'parent(on)'],
  ];
  for (const [name, argument, expected] of rows) {
    it(`makes ${expected} of ${name ?? 'nothing'} ${argument ?? ''}`, () => {
      const env = { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument };
      expect(samplerFromEnvironment(sdk, env).toString()).to.equal(expected);
    });
  }

  it('says what it could not use', () => {
    const errors: string[] = [];
    const log = (): void => undefined;
    diag.setLogger({ error: (line) => errors.push(line), warn: log, info: log, debug: log, verbose: log });
    errors.length = 0;
    samplerFromEnvironment(sdk, { OTEL_TRACES_SAMPLER: 'wat' });
    samplerFromEnvironment(sdk, { OTEL_TRACES_SAMPLER: 'traceidratio' });
    diag.disable();
    expect(errors).to.have.length(2);
  });
});

describe('the OTEL_ variables', () => {
  it('are read as the SDK reads them', () => {
    const env = { A: ' x ', B: '  ', C: 'TRUE', D: '1', E: '1.5', F: 'x', G: 'a, ,b' };
    expect([otelText(env, 'A'), otelText(env, 'B'), otelText(env, 'Z')]).to.deep.equal([
      'x',
      undefined,
      undefined,
    ]);
    expect([otelFlag(env, 'C'), otelFlag(env, 'D'), otelFlag(env, 'Z')]).to.deep.equal([true, false, false]);
    expect([otelNumber(env, 'E'), otelNumber(env, 'F'), otelNumber(env, 'B')]).to.deep.equal([
      1.5,
      undefined,
      undefined,
    ]);
    expect([otelList(env, 'G'), otelList(env, 'Z')]).to.deep.equal([['a', 'b'], []]);
  });
});
