// `npm run matrix`: every framework on Node.js, OpenTelemetry and module system chosen pairwise; writes the table of
// docs/frameworks.md. `npm run matrix -- koa hono` runs the frameworks whose example is named again, and takes what the
// others gave from their last run, `npm run matrix -- light` only the light captures (of frameworks that are named, too);
// `npm run matrix -- endings` only the ways in which an application ends, on each Node.js, and
// `npm run matrix -- runtimes` only what is no Node.js, `npm run matrix -- http-server` only HttpServerInstrumentation, and
// `npm run matrix -- newer-node` only the tests that Node.js 20 leaves out.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { combinations, NODES, type Combination } from './runs/combinations.js';
import { runEndings } from './parts/endings.js';
import { judge, type Framework, type Verdict } from './frameworks/framework.js';
import { FRAMEWORKS } from './frameworks/frameworks.js';
import { runHttpServer } from './parts/http-server.js';
import { keepResult, lastResults } from './runs/last-results.js';
import { runNewerNode } from './parts/newer-node.js';
import { replaceReport, report } from './runs/report.js';
import { runRuntimes } from './parts/runtimes.js';
import { runCombination, type RunResult } from './runs/run-combination.js';
import { REPOSITORY } from './examples/stage.js';

/** Frameworks that run at the same time; the runs of one follow each other, because they share a folder. */
const CONCURRENCY = 2;
const DOCUMENT = join(REPOSITORY, 'docs/frameworks.md');

function describe({ framework, capture, patched, ...setting }: Combination): string {
  const { line, node, modules, trustProxy, record } = setting;
  const proxy = trustProxy === undefined ? '' : ', trustProxy';
  const how = `${capture}${patched ? ', patched' : ''}`;
  return `${framework}: ${how}, ${line}, Node ${node}, ${modules}, record ${record}${proxy}`;
}

function tell({ combination }: RunResult, { unexplained, confirmed, stale }: Verdict): void {
  const faults = [
    ...unexplained.map(({ aspect, probe, message }) => `  ${aspect}, ${probe}: ${message}`),
    ...stale.map(({ aspect, why }) => `  ${aspect}: no longer so: ${why}`),
  ];
  const known = confirmed.length === 0 ? '' : ` (${confirmed.length} known gaps)`;
  const verdict = faults.length === 0 ? `ok${known}` : `\n${faults.join('\n')}`;
  process.stdout.write(`${describe(combination)}: ${verdict}\n`);
}

async function runFramework(framework: Framework, chosen: readonly Combination[]): Promise<void> {
  for (const combination of chosen) {
    const result = await runCombination(framework, combination);
    tell(result, judge(framework, combination, result.findings));
    await keepResult(result);
  }
}

async function runAll(frameworks: readonly Framework[], chosen: readonly Combination[]): Promise<void> {
  const waiting = [...frameworks];
  async function work(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { name } = next;
      await runFramework(
        next,
        chosen.filter(({ framework }) => framework === name),
      );
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
}

function isFault({ combination, findings }: RunResult): boolean {
  const framework = FRAMEWORKS.find(({ name }) => name === combination.framework);
  if (framework === undefined) return true;
  const { unexplained, stale } = judge(framework, combination, findings);
  return unexplained.length > 0 || stale.length > 0;
}

const wanted = process.argv.slice(2);
const isWanted = (part: string): boolean => wanted.length === 0 || wanted.includes(part);
const chosen = combinations(FRAMEWORKS);
const isLight = wanted.includes('light');
const named = FRAMEWORKS.filter(({ example }) => wanted.includes(example));
await runAll(
  named.length === 0 && isWanted('light') ? FRAMEWORKS : named,
  chosen.filter(({ capture }) => !isLight || capture !== 'standard'),
);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const badEndings = isWanted('endings') ? await runEndings(NODES, say) : 0;
const badRuntimes = isWanted('runtimes') ? await runRuntimes(say) : 0;
const badParts = isWanted('http-server') ? await runHttpServer(NODES, say) : 0;
const badTests = isWanted('newer-node') ? await runNewerNode(NODES, say) : 0;
const results = await lastResults(chosen);
const faults = results.filter(isFault).length;
const missing = chosen.length - results.length;
if (missing === 0) {
  const document = await readFile(DOCUMENT, 'utf8');
  await writeFile(DOCUMENT, replaceReport(document, report(FRAMEWORKS, results)));
}
process.stdout.write(`\n${results.length} runs, ${faults} with faults, ${missing} combinations never run\n`);
const isPart = ['light', 'endings', 'runtimes', 'http-server', 'newer-node'].some((part) =>
  wanted.includes(part),
);
const bad = faults + badEndings + badRuntimes + badParts + badTests;
process.exitCode = bad === 0 && (missing === 0 || isPart) ? 0 : 1;
