import { measureAdded, type AddedPlan, type AddedToApplication } from '../application/added.ts';
import { FRAMEWORKS, type Agent, type Framework } from '../application/names.ts';
import { Child } from '../harness/child.ts';
import { interleave } from '../harness/rounds.ts';
import { measureStartUp, type StartUp, type StartUpPlan } from '../start-up/part.ts';
import { agentsOf, OURS } from './names.ts';
import { startApplication, type Cost, type Running, type Turn, type TurnPlan } from './subject.ts';

/** How much is measured. */
export interface CapturePlan extends TurnPlan {
  readonly rounds: number;
  /** Of each application in a round, there and back: A B C C B A. */
  readonly turns: number;
  readonly added: AddedPlan;
  readonly startUp: StartUpPlan;
}

/** One round of one application. */
export interface CaptureRound {
  /** CPU microseconds per request, saturated. */
  readonly saturatedMicros: number;
  /** The same at a steady rate. */
  readonly pacedMicros: number;
  /** Of the garbage collector, per request, saturated; some of it is in other threads and at the same time. */
  readonly garbageMicros: number;
  /** At the end of the round. */
  readonly rssBytes: number;
}

/** Rounds of one framework, by agent. */
export interface CapturedApplication {
  readonly framework: Framework;
  readonly rounds: ReadonlyMap<Agent, readonly CaptureRound[]>;
}

/** Part `capture`. */
export interface CaptureResults {
  readonly perSecond: number;
  readonly applications: readonly CapturedApplication[];
  /** Agents that did not work, and why. */
  readonly leftOut: readonly { readonly agent: Agent; readonly reason: string }[];
  readonly added: readonly AddedToApplication[];
  readonly startUp: readonly StartUp[];
}

/** Part `capture`: what it costs an application that its requests are counted, by who counts them. */
export async function measureCapture(plan: CapturePlan): Promise<CaptureResults> {
  const applications: CapturedApplication[] = [];
  const leftOut: { agent: Agent; reason: string }[] = [];
  for (const framework of FRAMEWORKS) {
    applications.push(await measureFramework(framework, plan, leftOut));
  }
  const added = await measureAddedToAll(plan.added);
  progress('start of a process');
  const startUp = await measureStartUp(plan.startUp);
  return { perSecond: plan.perSecond, applications, leftOut, added, startUp };
}

async function measureFramework(
  framework: Framework,
  plan: CapturePlan,
  leftOut: { agent: Agent; reason: string }[],
): Promise<CapturedApplication> {
  const load = await Child.start('capture/load-process.js', []);
  const running: Running[] = [];
  try {
    for (const agent of agentsOf(framework)) {
      progress(`${framework}: ${agent} starts`);
      try {
        running.push(await startApplication(framework, agent, load, plan));
      } catch (error) {
        // Of ours and OpenTelemetry's each is needed, and a request that did not arrive is an error.
        if (OURS.includes(agent)) throw error;
        leftOut.push({ agent, reason: reasonOf(error) });
      }
    }
    const rounds = new Map<Agent, CaptureRound[]>(running.map(({ agent }) => [agent, []]));
    const subjects = running.map(({ subject }) => subject);
    for (let round = 1; round <= plan.rounds; round += 1) {
      progress(`${framework}: round ${round} of ${plan.rounds}`);
      const turns = await interleave(subjects, plan.turns);
      for (const [agent, each] of rounds) each.push(roundOf(turns.get(agent) ?? []));
    }
    return { framework, rounds };
  } finally {
    await Promise.all(running.map((application) => application.stop()));
    await load.stop();
  }
}

/** With what follows the spans as the only difference, in one process each. */
async function measureAddedToAll(plan: AddedPlan): Promise<AddedToApplication[]> {
  const load = await Child.start('application/load-process.js', []);
  try {
    const added: AddedToApplication[] = [];
    for (const framework of FRAMEWORKS) {
      progress(`${framework}: what is added to instrumentation`);
      added.push(await measureAdded(framework, load, plan));
    }
    return added;
  } finally {
    await load.stop();
  }
}

function roundOf(turns: readonly Turn[]): CaptureRound {
  const perRequest = (part: 'saturated' | 'paced', what: 'cpuMicros' | 'garbageMicros'): number =>
    sum(turns, (turn) => turn[part][what]) / sum(turns, (turn) => turn[part].requests);
  return {
    saturatedMicros: perRequest('saturated', 'cpuMicros'),
    pacedMicros: perRequest('paced', 'cpuMicros'),
    garbageMicros: perRequest('saturated', 'garbageMicros'),
    rssBytes: turns.at(-1)?.rssBytes ?? NaN,
  };
}

function sum(turns: readonly Turn[], of: (turn: Turn) => Cost[keyof Cost]): number {
  return turns.reduce((total, turn) => total + of(turn), 0);
}

function progress(what: string): void {
  process.stderr.write(`  ${what} …\n`);
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 200) ?? 'unknown';
}
