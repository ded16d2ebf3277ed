import {
  CerberusConfigError,
  flag,
  readOptions,
  type Environment,
} from '@cerberus-otel/exporter-ws/internal';
import { otelFlag } from '../sdk/otel-environment.ts';
import type { Check } from './check.ts';

const SWITCH = { disabled: flag(false) };

/** Whether the environment switches Cerberus off, or says so in a word that is none: nothing where it leaves it on. */
export function* checkSwitches(env: Environment): Generator<Check> {
  const what = 'switches';
  try {
    const variable = otelFlag(env, 'OTEL_SDK_DISABLED')
      ? 'OTEL_SDK_DISABLED'
      : readOptions(SWITCH, {}, env).disabled && 'CERBERUS_DISABLED';
    if (variable === false) return;
    yield { what, verdict: 'failure', finding: `${variable} is set: nothing will be counted` };
  } catch (error) {
    if (!(error instanceof CerberusConfigError)) throw error;
    yield { what, verdict: 'failure', finding: error.message };
  }
}
