import {
  environmentVariable,
  EXPORTER_OPTION_NAMES,
  type Environment,
} from '@cerberus-otel/exporter-ws/internal';
import { PROCESSOR_OPTION_TABLE } from '../config.ts';
import type { Check } from './check.ts';

const OTHERS = ['record', 'capture', 'strict', 'disabled', 'warnings', 'debug', 'devFindings'];
const KNOWN = [...EXPORTER_OPTION_NAMES, ...Object.keys(PROCESSOR_OPTION_TABLE), ...OTHERS].map(
  environmentVariable,
);
const PREFIX = 'CERBERUS_';
/** Those of the server, which may run beside the application, and what Kubernetes says in each pod of a service that is called `cerberus`. */
const OF_OTHERS = /^CERBERUS_(?:SERVER_|SERVICE_|PORT(?:_|$))/;

/** Variables that look like options and are none: what is misspelt there nobody else complains of. */
export function* checkVariables(env: Environment): Generator<Check> {
  for (const name of Object.keys(env)) {
    if (!name.startsWith(PREFIX) || OF_OTHERS.test(name) || KNOWN.includes(name)) continue;
    const meant = KNOWN.find((each) => bare(each) === bare(name));
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    yield { what: 'variables', verdict: 'warning', finding: `${name} is none that Cerberus reads${hint}` };
  }
}

function bare(name: string): string {
  return name.replaceAll('_', '');
}
