import type { Capture, Framework, Setting } from './framework.js';
import { LINES } from './lines.js';
import { pairwise } from './pairwise.js';

/** The versions of Node.js, by their major. */
export const NODES: readonly string[] = ['20', '22', '24', '26'];

/** One run of the matrix. */
export interface Combination extends Setting {
  readonly framework: string;
}

type Row = Readonly<Record<string, string>>;

/** The light captures, each with and without a patch of the framework for its routes. */
const LIGHT: Readonly<Record<string, { readonly capture: Capture; readonly patched: boolean }>> = {
  light: { capture: 'light', patched: false },
  'light, patched': { capture: 'light', patched: true },
  alone: { capture: 'alone', patched: false },
  'alone, patched': { capture: 'alone', patched: true },
};

/**
 * A choice of runs in which every two values of different axes meet, where they can meet at all: each framework with
 * each Node.js, each SDK line with each module system, and so on; once for the standard capture, and once for the light
 * ones, which are an axis of it. In the order of the frameworks.
 */
export function combinations(frameworks: readonly Framework[]): Combination[] {
  const byName = new Map(frameworks.map((framework) => [framework.name, framework]));
  const axes = {
    framework: [...byName.keys()],
    line: Object.keys(LINES),
    node: [...NODES],
    modules: ['esm', 'cjs'],
    trustProxy: ['none', '127.0.0.2'],
    record: ['server', 'request'],
  };
  const isPossible = (row: Row): boolean => {
    const node = Number(row['node']);
    const framework = byName.get(row['framework'] ?? '');
    if (framework === undefined || node < (LINES[row['line'] ?? '']?.node ?? 0)) return false;
    if (node < (framework.oldestNode ?? 0)) return false;
    if (LIGHT[row['capture'] ?? '']?.patched === true && framework.patch === undefined) return false;
    return framework.modules === undefined || framework.modules === row['modules'];
  };
  const place = ({ framework }: Combination): number => axes.framework.indexOf(framework);
  return [...pairwise(axes, isPossible), ...pairwise({ ...axes, capture: Object.keys(LIGHT) }, isPossible)]
    .map(combinationOf)
    .toSorted((one, other) => place(one) - place(other));
}

function combinationOf({ capture = '', ...row }: Row): Combination {
  return {
    ...(row as unknown as Combination),
    ...(LIGHT[capture] ?? { capture: 'standard', patched: false }),
    trustProxy: row['trustProxy'] === '127.0.0.2' ? row['trustProxy'] : undefined,
  };
}
