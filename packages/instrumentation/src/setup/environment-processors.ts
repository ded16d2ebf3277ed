import { diag } from '@opentelemetry/api';
import type { Environment } from '@cerberus-otel/exporter-ws/internal';
import { otelList, otelNumber, otelText } from '../sdk/otel-environment.ts';
import type { BatchSettings, Sdk } from '../sdk/sdk-loader.ts';
import type { SpanExporterLike, SpanProcessorLike } from '../sdk/sdk-types.ts';

/**
 * The span processors that NodeSDK would have made from `OTEL_TRACES_EXPORTER`: it reads that variable only when
 * it is given no `spanProcessors`.
 */
export function processorsFromEnvironment(sdk: Sdk, env: Environment): SpanProcessorLike[] {
  const names = exporterNames(env);
  return names.flatMap((name) => {
    if (name === 'console') return [sdk.simple(sdk.consoleExporter())];
    const exporter = exporterNamed(name, sdk, env);
    if (exporter === undefined) diag.warn('Unrecognized OTEL_TRACES_EXPORTER value');
    return exporter === undefined ? [] : [batchProcessor(sdk, exporter, env)];
  });
}

/** A BatchSpanProcessor with the settings of `OTEL_BSP_*`, as NodeSDK makes it around a `traceExporter`. */
export function batchProcessor(sdk: Sdk, exporter: SpanExporterLike, env: Environment): SpanProcessorLike {
  return sdk.batch(exporter, batchSettings(env));
}

function exporterNames(env: Environment): readonly string[] {
  const names = [...new Set(otelList(env, 'OTEL_TRACES_EXPORTER'))].filter((name) => name !== 'null');
  if (names[0] === 'none') return [];
  return names.length === 0 || names.includes('none') ? ['otlp'] : names;
}

function exporterNamed(name: string, sdk: Sdk, env: Environment): SpanExporterLike | undefined {
  if (name === 'zipkin') return sdk.exporterFrom('@opentelemetry/exporter-zipkin', 'ZipkinExporter');
  return name === 'otlp' ? sdk.exporterFrom(otlpPackage(env), 'OTLPTraceExporter') : undefined;
}

function otlpPackage(env: Environment): string {
  const protocol =
    otelText(env, 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ?? otelText(env, 'OTEL_EXPORTER_OTLP_PROTOCOL');
  if (protocol === 'grpc') return '@opentelemetry/exporter-trace-otlp-grpc';
  if (protocol === 'http/json') return '@opentelemetry/exporter-trace-otlp-http';
  return '@opentelemetry/exporter-trace-otlp-proto';
}

function batchSettings(env: Environment): BatchSettings {
  const names = {
    maxQueueSize: 'OTEL_BSP_MAX_QUEUE_SIZE',
    maxExportBatchSize: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
    scheduledDelayMillis: 'OTEL_BSP_SCHEDULE_DELAY',
    exportTimeoutMillis: 'OTEL_BSP_EXPORT_TIMEOUT',
  };
  const settings: Record<string, number> = {};
  for (const [setting, variable] of Object.entries(names)) {
    const value = otelNumber(env, variable);
    if (value !== undefined && value > 0) settings[setting] = value;
  }
  return settings;
}
