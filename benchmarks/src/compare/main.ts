// `npm run bench -- --compare`: what counting its requests costs an application, in two or three minutes. Many short turns in
// random order tell differences that long ones do not on a machine that has other things to do.
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { FRAMEWORKS, type Agent, type Framework } from '../application/names.ts';
import { startApplication, type Running, type Turn, type TurnPlan } from '../capture/subject.ts';
import { Child } from '../harness/child.ts';
import { ratioOfAdded, typical } from './statistics.ts';

const PLAN: TurnPlan = { saturatedMillis: 200, pacedMillis: 400, perSecond: 1_000, warmUpMillis: 4_000 };
const HALVES = ['saturated', 'paced'] as const;

const { values } = parseArgs({
  options: {
    framework: { type: 'string', default: 'node:http' },
    agents: { type: 'string', default: 'stand-alone,light,cerberus,otel' },
    seconds: { type: 'string', default: '120' },
    /** Another checkout, built, whose agents of the same names are measured beside. */
    before: { type: 'string' },
  },
});
const framework = FRAMEWORKS.find((name) => name === values.framework);
if (framework === undefined) throw new Error(`--framework is one of ${FRAMEWORKS.join(', ')}`);

const subjects = values.agents.split(',') as Agent[];
const load = await Child.start('capture/load-process.js', []);
const applications = await startAll(framework);
const turns = new Map<Running, Turn[]>(applications.map(({ running }) => [running, []]));
const end = performance.now() + Number(values.seconds) * 1e3;
while (performance.now() < end) {
  for (const { running } of shuffled(applications)) {
    turns.get(running)?.push(await running.subject.measure());
  }
}
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
    if (values.before !== undefined)
      await start(`${agent}, before`, agent, await startOfCheckout(values.before));
  }
  await start('otlp', 'otlp', startApplication);
  return started;
}

async function startOfCheckout(root: string): Promise<typeof startApplication> {
  const url = new URL('benchmarks/dist/capture/subject.js', pathToFileURL(`${root}/`));
  return ((await import(url.href)) as { startApplication: typeof startApplication }).startApplication;
}

function shuffled<T>(all: readonly T[]): readonly T[] {
  return all
    .map((each) => ({ each, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ each }) => each);
}

function print(half: (typeof HALVES)[number]): void {
  const microsOf = ({ running }: Named): number[] =>
    (turns.get(running) ?? []).map((turn) => turn[half].cpuMicros / turn[half].requests);
  const [bare, ...others] = applications.map((named) => ({ name: named.name, micros: microsOf(named) }));
  const reference = others.at(-1);
  if (bare === undefined || reference === undefined) return;
  const base = typical(bare.micros);
  const rows = others.map(({ name, micros }) => {
    const measured = { bare: bare.micros, subject: micros, reference: reference.micros };
    const { ratio, low, high } = ratioOfAdded(measured);
    const added = (typical(micros) - base).toFixed(1);
    return `  ${name.padEnd(22)} +${added.padStart(5)} µs, ${ratio.toFixed(2)} (${low.toFixed(2)} – ${high.toFixed(2)}) of OTLP`;
  });
  const head = `${framework}, ${half}: ${base.toFixed(1)} µs of CPU per request bare, ${bare.micros.length} turns`;
  process.stdout.write(`${[head, ...rows].join('\n')}\n`);
}
