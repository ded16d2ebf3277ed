// `npm run bench`: measures, prints tables, and with the full form writes docs/performance and what belongs to it.
import { parseArgs } from 'node:util';
import { readArguments, wordsOf } from './arguments.ts';
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
import { checkTargets } from './report/check.ts';
import { markdownOf, targetsOf } from './report/document.ts';
import { publish, publishCapture } from './report/publish.ts';
import type { Results } from './report/results.ts';
import { versions } from './versions.ts';

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

const { values, parts } = readArguments(() => {
  const { values: given } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      parts: { type: 'string', default: USUAL_PARTS },
      check: { type: 'boolean', default: false },
    },
  });
  return { values: given, parts: wordsOf('parts', given.parts, Object.keys(PARTS)) };
});
const plan = values.quick ? QUICK : FULL;

const results = await measureParts();
process.stdout.write(`${markdownOf(results)}\n`);
if (values.check) await check(results);
else if (!values.quick && parts.join() === USUAL_PARTS) publish(results);
else if (!values.quick && parts.join() === CAPTURE_PART) publishCapture(results);

async function measureParts(): Promise<Results> {
  const measured: Mutable<Results> = {
    machine: describeMachine(new Date()),
    versions: versions(),
    quick: values.quick,
    rounds: plan.rounds,
  };
  for (const part of parts) {
    process.stderr.write(`part ${part} …\n`);
    Object.assign(measured, await PARTS[part]?.(plan));
  }
  return measured;
}

async function check(first: Results): Promise<void> {
  const { passed, said } = await checkTargets(targetsOf(first), async () => targetsOf(await measureParts()));
  process.stdout.write(`\n${said.join('\n')}\n`);
  process.exitCode = passed ? 0 : 1;
}
