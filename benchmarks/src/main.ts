// `npm run bench`: measures, prints tables, and with the full form writes docs/performance and what belongs to it.
import { parseArgs } from 'node:util';
import { measureApplications } from './application/part.ts';
import { measureCapture } from './capture/part.ts';
import { measureCluster } from './cluster/part.ts';
import { measureExporters } from './exporter/part.ts';
import { measureGrowth } from './growth/part.ts';
import { describeMachine } from './harness/machine.ts';
import { measureLifeCycle } from './life-cycle/part.ts';
import { measureOutage } from './outage/part.ts';
import { measureServer } from './server/part.ts';
import { measureStartUp } from './start-up/part.ts';
import { FULL, QUICK, type Plan } from './plans.ts';
import { markdownOf, targetsOf } from './report/document.ts';
import { publish, publishCapture } from './report/publish.ts';
import type { Results } from './report/results.ts';
import { isRegression, type Target } from './report/target.ts';
import { versions } from './versions.ts';

/** A ratio that is this many times worse than its target is a regression; anything less may be noise. */
const CHECK_SLACK = 1.5;

const PARTS: Readonly<Record<string, (plan: Plan) => Promise<Partial<Results>>>> = {
  1: async ({ exporter }) => ({ exporters: await measureExporters(exporter) }),
  2: async ({ lifeCycle }) => ({ lifeCycle: await measureLifeCycle(lifeCycle) }),
  3: async ({ application }) => ({ applications: await measureApplications(application) }),
  4: async ({ growth }) => ({ growth: await measureGrowth(growth) }),
  5: async ({ server }) => ({ server: await measureServer(server) }),
  6: async ({ outage }) => ({ outage: await measureOutage(outage) }),
  7: async ({ startUp }) => ({ startUp: await measureStartUp(startUp) }),
  cluster: async ({ cluster }) => ({ cluster: await measureCluster(cluster) }),
  capture: async ({ capture }) => ({ capture: await measureCapture(capture) }),
};

/** Of a run that is published. `cluster` needs PostgreSQL, and is written about by hand. */
const USUAL_PARTS = '1,2,3,4,5,6,7';
/** Published by itself: it is measured on several versions of Node.js. */
const CAPTURE_PART = 'capture';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    parts: { type: 'string', default: USUAL_PARTS },
    check: { type: 'boolean', default: false },
  },
});
const plan = values.quick ? QUICK : FULL;

const results = await measureParts();
process.stdout.write(`${markdownOf(results)}\n`);
if (values.check) await check(results);
else if (!values.quick && values.parts === USUAL_PARTS) publish(results);
else if (!values.quick && values.parts === CAPTURE_PART) publishCapture(results);

async function measureParts(): Promise<Results> {
  const measured: Mutable<Results> = {
    machine: describeMachine(new Date()),
    versions: versions(),
    quick: values.quick,
    rounds: plan.rounds,
  };
  for (const part of values.parts.split(',')) {
    process.stderr.write(`part ${part} …\n`);
    Object.assign(measured, await PARTS[part]?.(plan));
  }
  return measured;
}

/** A ratio that is worse once may be the machine's doing; one that is worse twice is a regression. */
async function check(first: Results): Promise<void> {
  const suspects = regressionsOf(first);
  if (suspects.length === 0) return;
  process.stdout.write(`\nworse than known: ${suspects.map(described).join('; ')}. Once more.\n`);
  const again = regressionsOf(await measureParts());
  const worse = again.filter(({ what }) => suspects.some((suspect) => suspect.what === what));
  for (const target of worse) process.stdout.write(`\nregression: ${described(target)}\n`);
  process.exitCode = worse.length === 0 ? 0 : 1;
}

function regressionsOf(all: Results): Target[] {
  return targetsOf(all).filter((target) => isRegression(target, CHECK_SLACK));
}

function described({ what, measured, limit, known = limit }: Target): string {
  return `${what} is ${measured.median.toFixed(2)}, known is ${known}`;
}
