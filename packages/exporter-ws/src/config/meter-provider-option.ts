import type { MeterProvider } from '@opentelemetry/api';
import { given, type OptionKind } from './option-reader.ts';

/** The option `selfObsMeterProvider`, named as in OpenTelemetry's own components. */
export function meterProviderOption(): OptionKind<MeterProvider | undefined> {
  return given('a MeterProvider: an object with `getMeter`', isMeterProvider);
}

function isMeterProvider(value: unknown): value is MeterProvider {
  return (
    typeof value === 'object' && value !== null && 'getMeter' in value && typeof value.getMeter === 'function'
  );
}
