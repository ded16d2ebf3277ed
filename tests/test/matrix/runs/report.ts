// Turns the results of the matrix into the table of docs/frameworks.md. Pure.
import type { Aspect } from '../probes/findings.js';
import { judge, type Capture, type Framework, type Gap, type Verdict } from '../frameworks/framework.js';
import { LINES } from '../frameworks/lines.js';
import type { RunResult } from './run-combination.js';

const ASPECTS: readonly { readonly aspect: Aspect; readonly title: string }[] = [
  { aspect: 'event', title: 'one event each' },
  { aspect: 'route', title: 'route' },
  { aspect: 'metrics', title: 'metrics' },
  { aspect: 'outcome', title: 'outcome' },
  { aspect: 'address', title: 'address' },
];

/** The captures without an instrumentation of the framework, of which the routes are shown. */
const LIGHT: readonly { readonly capture: Capture; readonly title: string }[] = [
  { capture: 'light', title: 'route, `HttpServerInstrumentation`' },
  { capture: 'alone', title: 'route, without an SDK' },
];

const BEGIN = '<!-- written by `npm run matrix` -->';
const END = '<!-- end of what `npm run matrix` writes -->';

/**
 * The document with its generated part replaced.
 *
 * @throws Error when the document does not have the two marks
 */
export function replaceReport(document: string, generated: string): string {
  const begin = document.indexOf(BEGIN);
  const end = document.indexOf(END);
  if (begin === -1 || end < begin) throw new Error('the document lacks the marks of its generated part');
  return `${document.slice(0, begin + BEGIN.length)}\n\n${generated}\n\n${document.slice(end)}`;
}

/** The table, a footnote for each cell that is not a yes, and what was run. */
export function report(frameworks: readonly Framework[], results: readonly RunResult[]): string {
  const footnotes = new Footnotes();
  const rows = frameworks.map((framework) => row(framework, results, footnotes));
  const titles = [...ASPECTS.map(({ title }) => title), 'ESM', ...LIGHT.map(({ title }) => title)];
  const head = ['framework', 'version', ...titles, 'runs'];
  const standard = results.filter(({ combination }) => combination.capture === 'standard').length;
  return [
    table(head, rows),
    '',
    footnotes.text(),
    '',
    `${results.length} runs, ${standard} with instrumentations and ${results.length - standard} with the light captures, each chosen so that every two values meet:`,
    'framework, OpenTelemetry, Node.js, module system, `trustProxy` set or not, `record` as `server` or `request`, light capture. Node.js ' +
      `${listed(results.map(({ combination }) => combination.node))}; ` +
      'OpenTelemetry:',
    '',
    ...used(results).map((line) => `- ${LINES[line]?.title ?? line}`),
  ].join('\n');
}

function row(framework: Framework, results: readonly RunResult[], footnotes: Footnotes): string[] {
  const own = results.filter(({ combination }) => combination.framework === framework.name);
  const { confirmed, unexplained } = judged(framework, withCapture(own, 'standard'));
  const faults = new Set(unexplained.map(({ aspect }) => aspect));
  const cell = (gaps: readonly Gap[], isFault: boolean): string => {
    if (isFault) return '**fault**';
    const word = gaps.length === 0 ? 'yes' : gaps.some(isTotal) ? 'no' : 'partly';
    return word + footnotes.marks(gaps);
  };
  const asEsm = own.some(({ combination }) => combination.modules === 'esm');
  return [
    framework.name,
    framework.package === undefined ? 'Node.js' : listed(own.map(({ version }) => version ?? '')),
    ...ASPECTS.map(({ aspect }) =>
      aspect === 'route' && framework.routeless === true && !faults.has(aspect)
        ? 'has none'
        : cell(
            confirmed.filter((gap) => gap.aspect === aspect),
            faults.has(aspect),
          ),
    ),
    asEsm
      ? cell(
          confirmed.filter(({ modules }) => modules === 'esm'),
          false,
        )
      : 'not run',
    ...LIGHT.map(({ capture }) => lightCell(framework, withCapture(own, capture), footnotes)),
    String(own.length),
  ];
}

/** Whether there are routes with a light capture; whatever else is not as it has to be is a fault there. */
function lightCell(framework: Framework, own: readonly RunResult[], footnotes: Footnotes): string {
  if (own.length === 0) return 'not run';
  const { confirmed, unexplained } = judged(framework, own);
  if (unexplained.length > 0) return '**fault**';
  const isPatched = own.some(({ combination }) => combination.patched);
  return lightWord(framework, confirmed, isPatched) + footnotes.marks(confirmed);
}

function lightWord({ routeless }: Framework, confirmed: readonly Gap[], isPatched: boolean): string {
  if (confirmed.some((gap) => gap.aspect === 'event' && isTotal(gap))) return 'no events';
  if (routeless === true) return 'has none';
  const gaps = confirmed.filter(({ aspect }) => aspect === 'route');
  if (gaps.length === 0) return 'yes';
  if (isPatched && gaps.every(({ unlessPatched }) => unlessPatched)) return 'if asked for';
  return gaps.some(isTotal) ? 'no' : 'partly';
}

function withCapture(results: readonly RunResult[], capture: Capture): RunResult[] {
  return results.filter(({ combination }) => combination.capture === capture);
}

/** What was found in all of these runs. */
function judged(framework: Framework, own: readonly RunResult[]): Pick<Verdict, 'confirmed' | 'unexplained'> {
  const verdicts = own.map((result) => judge(framework, result.combination, result.findings));
  return {
    confirmed: framework.gaps.filter((gap) => verdicts.some((verdict) => verdict.confirmed.includes(gap))),
    unexplained: verdicts.flatMap(({ unexplained }) => unexplained),
  };
}

/** Nothing of the aspect arrives, anywhere. */
function isTotal({ probes, modules, when }: Gap): boolean {
  return probes === undefined && modules === undefined && when === undefined;
}

/** The explanations in the order in which they are needed first, each once. */
class Footnotes {
  readonly #texts: string[] = [];

  marks(gaps: readonly Gap[]): string {
    return gaps.map(({ why }) => this.#mark(why)).join(' ');
  }

  #mark(text: string): string {
    if (!this.#texts.includes(text)) this.#texts.push(text);
    return `<sup>${this.#texts.indexOf(text) + 1}</sup>`;
  }

  text(): string {
    return this.#texts.map((text, index) => `${index + 1}. ${text}`).join('\n');
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function listed(values: readonly string[]): string {
  return [...new Set(values)]
    .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .join(', ');
}

function used(results: readonly RunResult[]): string[] {
  const lines = new Set(results.map(({ combination }) => combination.line));
  return Object.keys(LINES).filter((line) => lines.has(line));
}
