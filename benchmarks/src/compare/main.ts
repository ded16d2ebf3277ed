// `npm run bench -- --compare`: what counting its requests costs an application, in two or three minutes. Many short turns in
// random order tell differences that long ones do not on a machine that has other things to do.
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { AGENT_SINKS, FRAMEWORKS, type Agent, type Framework } from '../application/names.ts';
import { ArgumentError, numberOf, readArguments, wordsOf } from '../arguments.ts';
import { added, ratioOfAdded, typical } from '../capture/added.ts';
import { startApplication, type Running, type TurnPlan } from '../capture/subject.ts';
import { takeTurns } from '../capture/turns.ts';
import { Child } from '../harness/child.ts';

const PLAN: TurnPlan = {
  saturatedMillis: 200,
  settleMillis: 300,
  pacedMillis: 500,
  perSecond: 1_000,
  warmUpMillis: 4_000,
};
const HALVES = ['saturated', 'paced'] as const;

const { framework, subjects, seconds, before } = readArguments(() => {
  const { values } = parseArgs({
    options: {
      framework: { type: 'string', default: 'node:http' },
      agents: { type: 'string', default: 'stand-alone,light,cerberus,otel' },
      seconds: { type: 'string', default: '120' },
      /** Another checkout, built, whose agents of the same names are measured beside. */
      before: { type: 'string' },
    },
  });
  const named = FRAMEWORKS.find((name) => name === values.framework);
  if (named === undefined) throw new ArgumentError(`--framework takes one of ${FRAMEWORKS.join(', ')}`);
  return {
    framework: named,
    subjects: wordsOf('agents', values.agents, Object.keys(AGENT_SINKS) as Agent[]),
    seconds: numberOf('seconds', values.seconds),
    before: values.before,
  };
});
const load = await Child.start('capture/load-process.js', []);
const applications = await startAll(framework);
const end = performance.now() + seconds * 1e3;
const turns = await takeTurns(
  applications.map(({ running }) => running),
  () => performance.now() >= end,
);
for (const half of HALVES) print(half);
await Promise.all(applications.map(({ running }) => running.stop()));
await load.stop();
process.exit();

interface Named {
  readonly name: string;
  readonly running: Running;
}

async function startAll(of: Framework): Promise<readonly Named[]> {
  const started: Named[] = [];
  const start = async (name: string, agent: Agent, from: typeof startApplication): Promise<void> => {
    started.push({ name, running: await from(of, agent, load, PLAN) });
  };
  await start('bare', 'bare', startApplication);
  for (const agent of subjects) {
    await start(agent, agent, startApplication);
    if (before !== undefined) await start(`${agent}, before`, agent, await startOfCheckout(before));
  }
  await start('otlp', 'otlp', startApplication);
  return started;
}

async function startOfCheckout(root: string): Promise<typeof startApplication> {
  const url = new URL('benchmarks/dist/capture/subject.js', pathToFileURL(`${root}/`));
  return ((await import(url.href)) as { startApplication: typeof startApplication }).startApplication;
}

function print(half: (typeof HALVES)[number]): void {
  const measured = applications.map(({ name }, index) => ({
    name,
    micros: (turns[index] ?? []).map((turn) => turn[half].cpuMicros / turn[half].requests),
  }));
  const [bare, ...others] = measured;
  const reference = others.at(-1);
  if (bare === undefined || reference === undefined) return;
  const rows = others.map(({ name, micros }) => {
    const pair = { bare: bare.micros, subject: micros };
    const { median, q1, q3 } = ratioOfAdded({ ...pair, reference: reference.micros });
    const micro = added(pair).median.toFixed(1).padStart(5);
    return `  ${name.padEnd(22)} +${micro} µs, ${median.toFixed(2)} (${q1.toFixed(2)} – ${q3.toFixed(2)}) of OTLP`;
  });
  const base = typical(bare.micros).toFixed(1);
  const head = `${framework}, ${half}: ${base} µs of CPU per request bare, ${bare.micros.length} turns`;
  process.stdout.write(`${[head, ...rows].join('\n')}\n`);
}
