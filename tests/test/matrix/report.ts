// Turns the results of the matrix into the table of docs/frameworks.md. Pure.
import type { Aspect } from './findings.js';
import { judge, type Framework, type Gap } from './framework.js';
import { LINES } from './lines.js';
import type { RunResult } from './run-combination.js';

const ASPECTS: readonly { readonly aspect: Aspect; readonly title: string }[] = [
  { aspect: 'event', title: 'one event each' },
  { aspect: 'route', title: 'route' },
  { aspect: 'metrics', title: 'metrics' },
  { aspect: 'outcome', title: 'outcome' },
  { aspect: 'address', title: 'address' },
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
  const head = ['framework', 'version', ...ASPECTS.map(({ title }) => title), 'ESM', 'runs'];
  return [
    table(head, rows),
    '',
    footnotes.text(),
    '',
    `${results.length} runs, chosen so that every two values meet: framework, OpenTelemetry, Node.js, module system,`,
    '`trustProxy` set or not, `record` as `server` or `request`. Node.js ' +
      `${listed(results.map(({ combination }) => combination.node))}; ` +
      'OpenTelemetry:',
    '',
    ...used(results).map((line) => `- ${LINES[line]?.title ?? line}`),
  ].join('\n');
}

function row(framework: Framework, results: readonly RunResult[], footnotes: Footnotes): string[] {
  const own = results.filter(({ combination }) => combination.framework === framework.name);
  const verdicts = own.map((result) => judge(framework, result.combination, result.findings));
  const confirmed = framework.gaps.filter((gap) =>
    verdicts.some((verdict) => verdict.confirmed.includes(gap)),
  );
  const faults = new Set(verdicts.flatMap(({ unexplained }) => unexplained.map(({ aspect }) => aspect)));
  const cell = (gaps: readonly Gap[], isFault: boolean): string => {
    if (isFault) return '**fault**';
    const word = gaps.length === 0 ? 'yes' : gaps.some(isTotal) ? 'no' : 'partly';
    return word + gaps.map((gap) => footnotes.mark(gap.why)).join(' ');
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
    String(own.length),
  ];
}

/** Nothing of the aspect arrives, anywhere. */
function isTotal({ probes, modules, when }: Gap): boolean {
  return probes === undefined && modules === undefined && when === undefined;
}

/** The explanations in the order in which they are needed first, each once. */
class Footnotes {
  readonly #texts: string[] = [];

  mark(text: string): string {
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
