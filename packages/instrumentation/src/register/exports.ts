import type { Environment } from '@cerberus-otel/exporter-ws/environment';
import { otelText } from '../sdk/otel-environment.ts';

interface Signal {
  readonly exporter: string;
  /** The variables of OTLP export that say by being set that this signal is to be exported. */
  readonly otlp: RegExp;
}

/** A general setting of OTLP is taken to mean traces; metrics and logs need somewhere to go. */
const SIGNALS: readonly Signal[] = [
  { exporter: 'OTEL_TRACES_EXPORTER', otlp: /^OTEL_EXPORTER_OTLP_(?!METRICS_|LOGS_)/ },
  { exporter: 'OTEL_METRICS_EXPORTER', otlp: /^OTEL_EXPORTER_OTLP_(METRICS_)?ENDPOINT$/ },
  { exporter: 'OTEL_LOGS_EXPORTER', otlp: /^OTEL_EXPORTER_OTLP_(LOGS_)?ENDPOINT$/ },
];

/** The `OTEL_*_EXPORTER` variables of the signals that the environment wants exported beside Cerberus. */
export function exportsAskedFor(env: Environment): readonly string[] {
  const names = Object.keys(env).filter((name) => otelText(env, name) !== undefined);
  return SIGNALS.filter(({ exporter, otlp }) => {
    const value = otelText(env, exporter);
    return value === undefined ? names.some((name) => otlp.test(name)) : value !== 'none';
  }).map(({ exporter }) => exporter);
}

/**
 * Runs `setUp` with the export of what nobody asked for off. NodeSDK's own default is to send everything to
 * `localhost:4318`, which is noise where nobody configured anything, and slows the end of the process. The
 * environment is as before afterwards, so that child processes inherit nothing of this.
 */
export function withoutUnaskedExports(setUp: () => void, env: NodeJS.ProcessEnv = process.env): void {
  const asked = exportsAskedFor(env);
  const unasked = SIGNALS.map(({ exporter }) => exporter).filter((exporter) => !asked.includes(exporter));
  const before = unasked.map((exporter) => [exporter, env[exporter]] as const);
  for (const exporter of unasked) env[exporter] = 'none';
  try {
    setUp();
  } finally {
    for (const [exporter, value] of before) {
      if (value === undefined) delete env[exporter];
      else env[exporter] = value;
    }
  }
}
