import type {
  BatchObservableCallback,
  Meter,
  MeterProvider,
  Observable as Instrument,
} from '@opentelemetry/api';
import type { Reporter } from './reporter.ts';

/** A value, and the reason where it counts failures (`error.type`). */
export type Reading = readonly [value: number, errorType?: string];

/** One metric about ourselves. Read when metrics are collected: it costs nothing per span. */
export interface SelfMetric {
  /** Of the semantic conventions for OpenTelemetry SDKs. */
  readonly name: string;
  readonly description: string;
  readonly kind: 'counter' | 'upDownCounter';
  /** Of UCUM; by default spans. */
  readonly unit?: string;
  /** Must not throw. */
  read(): readonly Reading[];
}

/** What is observed, and where it is said that it cannot be. */
export interface Observed {
  readonly provider: MeterProvider | undefined;
  /** `otel.component.type`. */
  readonly componentType: string;
  readonly metrics: readonly SelfMetric[];
  readonly reporter: Reporter;
}

/** Shared by the CommonJS and the ES module copy of this package, so that no two components have one name. */
const COMPONENTS = Symbol.for('@cerberus-otel/components.v1');

/**
 * Shows `metrics` to a meter provider.
 *
 * @returns what stops that; neither throws, whatever the provider does
 */
export function observe({ provider, componentType, metrics, reporter }: Observed): () => void {
  if (provider === undefined) return () => undefined;
  try {
    const meter = provider.getMeter('@cerberus-otel');
    const instruments = metrics.map((metric) => instrumentOf(meter, metric));
    const callback = readerOf(componentType, metrics, instruments);
    meter.addBatchObservableCallback(callback, instruments);
    return () => {
      try {
        meter.removeBatchObservableCallback(callback, instruments);
      } catch {
        // It was shut down before us.
      }
    };
  } catch {
    reporter.warn('`selfObsMeterProvider` does not work: there will be no metrics about Cerberus');
    return () => undefined;
  }
}

function instrumentOf(meter: Meter, { name, description, kind, unit = '{span}' }: SelfMetric): Instrument {
  const options = { description, unit };
  return kind === 'counter'
    ? meter.createObservableCounter(name, options)
    : meter.createObservableUpDownCounter(name, options);
}

function readerOf(
  type: string,
  metrics: readonly SelfMetric[],
  instruments: readonly Instrument[],
): BatchObservableCallback {
  const component = { 'otel.component.type': type, 'otel.component.name': `${type}/${nextNumber(type)}` };
  return (result) => {
    for (const [index, metric] of metrics.entries()) {
      const instrument = instruments[index];
      if (instrument === undefined) continue;
      for (const [value, errorType] of metric.read()) {
        const attributes = errorType === undefined ? component : { ...component, 'error.type': errorType };
        result.observe(instrument, value, attributes);
      }
    }
  };
}

function nextNumber(componentType: string): number {
  const numbers = ((globalThis as Record<symbol, unknown>)[COMPONENTS] ??= new Map()) as Map<string, number>;
  const number = numbers.get(componentType) ?? 0;
  numbers.set(componentType, number + 1);
  return number;
}
