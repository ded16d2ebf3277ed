import { LIGHT_CAPTURES, type Capture, type Framework, type Setting } from '../frameworks/framework.js';
import { LINES } from '../frameworks/lines.js';
import { pairwise } from './pairwise.js';

/** The versions of Node.js, by their major. */
export const NODES: readonly string[] = ['20', '22', '24', '26'];

/** One run of the matrix. */
export interface Combination extends Setting {
  readonly framework: string;
}

type Row = Readonly<Record<string, string>>;

/** Who captures the requests of which framework. */
type Subject = Pick<Combination, 'framework' | 'capture' | 'patched'>;

/**
 * A choice of runs in which every two values of different axes meet, where they can meet at all: each framework with
 * each Node.js, each SDK line with each module system, and so on; once for the standard capture, and once for the light
 * ones, where each framework with each of them meets each value. In the order of the frameworks.
 */
export function combinations(frameworks: readonly Framework[]): Combination[] {
  const standard = frameworks.map(({ name }): Subject => of(name, 'standard'));
  const light = LIGHT_CAPTURES.flatMap((capture) => [
    ...frameworks.map(({ name }) => of(name, capture)),
    ...frameworks.filter(({ patch }) => patch !== undefined).map(({ name }) => of(name, capture, true)),
  ]);
  const names = frameworks.map(({ name }) => name);
  return [...chosen(frameworks, standard), ...chosen(frameworks, light)].toSorted(
    (one, other) => names.indexOf(one.framework) - names.indexOf(other.framework),
  );
}

function of(framework: string, capture: Capture, patched = false): Subject {
  return { framework, capture, patched };
}

function chosen(frameworks: readonly Framework[], subjects: readonly Subject[]): Combination[] {
  const byTitle = new Map(subjects.map((subject) => [JSON.stringify(subject), subject]));
  const axes = {
    subject: [...byTitle.keys()],
    line: Object.keys(LINES),
    node: [...NODES],
    modules: ['esm', 'cjs'],
    trustProxy: ['none', '127.0.0.2'],
    record: ['server', 'request'],
  };
  const isPossible = (row: Row): boolean => {
    const node = Number(row['node']);
    const name = byTitle.get(row['subject'] ?? '')?.framework;
    const framework = frameworks.find((each) => each.name === name);
    if (framework === undefined || node < (LINES[row['line'] ?? '']?.node ?? 0)) return false;
    if (node < (framework.oldestNode ?? 0)) return false;
    return framework.modules === undefined || framework.modules === row['modules'];
  };
  return pairwise(axes, isPossible).map(({ subject = '', ...row }) => ({
    ...(row as unknown as Omit<Combination, keyof Subject>),
    ...(byTitle.get(subject) as Subject),
    trustProxy: row['trustProxy'] === '127.0.0.2' ? row['trustProxy'] : undefined,
  }));
}
