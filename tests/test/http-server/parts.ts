import type { Sdk } from './wanted-differences.js';

/** The files of cases, and how many there are at least. */
export const PARTS: readonly { readonly file: string; readonly what: string; readonly least: number }[] = [
  { file: 'forms', what: 'requests of every form', least: 200 },
  { file: 'endings', what: 'every ending', least: 75 },
  { file: 'protocols', what: 'servers and connections of every kind', least: 40 },
  { file: 'options', what: 'every option', least: 30 },
  { file: 'frameworks', what: 'frameworks', least: 35 },
];

/** The lines of OpenTelemetry that a version of Node.js runs. */
export function sdksOf(node: string): readonly Sdk[] {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 15) ? ['sdk-2', 'sdk-3'] : ['sdk-2'];
}
