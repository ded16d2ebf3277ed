import type { Environment } from '@cerberus-otel/exporter-ws/environment';
import { PAGE } from '../setup/beside.ts';

/** What is said when another SDK came too late to have the place. */
export const SECOND_SDK: string =
  'another HttpInstrumentation was set up after that of `register`. If it belongs to a second OpenTelemetry SDK, the exporters ' +
  `of that one get nothing, for the API keeps the first: preload it before \`register\`, or remove one of them (${PAGE})`;

/** Whether something else is preloaded too, with `--import` or `--require`, on the command line or in NODE_OPTIONS. */
export function hasOtherPreloads(env: Environment): boolean {
  const words = [...process.execArgv, ...(env['NODE_OPTIONS'] ?? '').split(/\s+/)];
  return words.filter((word) => /^(--import|--require|-r)(=|$)/.test(word)).length > 1;
}
