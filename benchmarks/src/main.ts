// `npm run bench`: measures, prints tables, and with the full form writes docs/performance.md and what belongs to it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureApplications } from './application/part.ts';
import { measureExporters } from './exporter/part.ts';
import { measureGrowth } from './growth/part.ts';
import { describeMachine } from './harness/machine.ts';
import { measureLifeCycle } from './life-cycle/part.ts';
import { measureOutage } from './outage/part.ts';
import { measureServer } from './server/part.ts';
import { FULL, QUICK, type Plan } from './plans.ts';
import { markdownOf, targetsOf, withGenerated } from './report/document.ts';
import { plotName, plotOf } from './report/plot.ts';
import { toJson, type Results } from './report/results.ts';
import { isRegression } from './report/targets.ts';
import { versions } from './versions.ts';

/** A ratio that is this many times worse than its target is a regression; anything less may be noise. */
const CHECK_SLACK = 1.5;
const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));

const PARTS: Readonly<Record<string, (plan: Plan) => Promise<Partial<Results>>>> = {
  1: async ({ exporter }) => ({ exporters: await measureExporters(exporter) }),
  2: async ({ lifeCycle }) => ({ lifeCycle: await measureLifeCycle(lifeCycle) }),
  3: async ({ application }) => ({ applications: await measureApplications(application) }),
  4: async ({ growth }) => ({ growth: await measureGrowth(growth) }),
  5: async ({ server }) => ({ server: await measureServer(server) }),
  6: async ({ outage }) => ({ outage: await measureOutage(outage) }),
};

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    parts: { type: 'string', default: '1,2,3,4,5,6' },
    check: { type: 'boolean', default: false },
  },
});
const plan = values.quick ? QUICK : FULL;

const results: Mutable<Results> = {
  machine: describeMachine(new Date()),
  versions: versions(),
  quick: values.quick,
  rounds: plan.rounds,
};
for (const part of values.parts.split(',')) {
  process.stderr.write(`part ${part} …\n`);
  Object.assign(results, await PARTS[part]?.(plan));
}
process.stdout.write(`${markdownOf(results)}\n`);
if (values.check) check(results);
else if (!values.quick && values.parts.split(',').length === Object.keys(PARTS).length) write(results);

function write(all: Results): void {
  mkdirSync(`${DOCS}performance`, { recursive: true });
  writeFileSync(`${DOCS}performance/results.json`, toJson(all));
  for (const growth of all.growth ?? []) {
    writeFileSync(`${DOCS}performance/${plotName(growth.what)}`, plotOf(growth));
  }
  const file = `${DOCS}performance.md`;
  writeFileSync(file, withGenerated(readFileSync(file, 'utf8'), markdownOf(all)));
}

function check(all: Results): void {
  const worse = targetsOf(all).filter((target) => isRegression(target, CHECK_SLACK));
  for (const { what, measured, limit, known = limit } of worse) {
    process.stdout.write(`\nregression: ${what} is ${measured.median.toFixed(2)}, it was ${known}\n`);
  }
  process.exitCode = worse.length === 0 ? 0 : 1;
}
