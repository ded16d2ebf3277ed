import type { Framework, Setting } from './framework.js';
import { LINES } from './lines.js';
import { pairwise } from './pairwise.js';

/** The versions of Node.js, by their major. */
export const NODES: readonly string[] = ['20', '22', '24', '26'];

/** One run of the matrix. */
export interface Combination extends Setting {
  readonly framework: string;
}

/**
 * A choice of runs in which every two values of different axes meet, where they can meet at all: each framework with
 * each Node.js, each SDK line with each module system, and so on. In the order of the frameworks.
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
  const isPossible = (row: Readonly<Record<string, string>>): boolean => {
    const node = Number(row['node']);
    const framework = byName.get(row['framework'] ?? '');
    if (framework === undefined || node < (LINES[row['line'] ?? '']?.node ?? 0)) return false;
    if (node < (framework.oldestNode ?? 0)) return false;
    return framework.modules === undefined || framework.modules === row['modules'];
  };
  const place = ({ framework }: Combination): number => axes.framework.indexOf(framework);
  return pairwise(axes, isPossible)
    .map((row) => row as unknown as Combination)
    .map((row) => ({ ...row, trustProxy: row.trustProxy === '127.0.0.2' ? row.trustProxy : undefined }))
    .toSorted((one, other) => place(one) - place(other));
}
