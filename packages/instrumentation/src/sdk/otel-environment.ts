import { listOf, type Environment } from '@cerberus-otel/exporter-ws/environment';

/** `OTEL_*` variables as `@opentelemetry/core` reads them: blank is unset. */
export function otelText(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim();
  return value === undefined || value === '' ? undefined : value;
}

/** Only `true`, in any case, is true (OpenTelemetry specification, boolean environment variables). */
export function otelFlag(env: Environment, name: string): boolean {
  return otelText(env, name)?.toLowerCase() === 'true';
}

/** A number; what is none counts as unset. */
export function otelNumber(env: Environment, name: string): number | undefined {
  const text = otelText(env, name);
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isNaN(value) ? undefined : value;
}

/** A comma-separated list without its blank entries. */
export function otelList(env: Environment, name: string): readonly string[] {
  return listOf(env[name] ?? '');
}

/** The file of OpenTelemetry's declarative configuration, which takes the place of most other settings. */
export function configurationFile(env: Environment): string | undefined {
  return otelText(env, 'OTEL_CONFIG_FILE');
}
