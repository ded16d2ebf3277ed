import { FRAMEWORKS, type Agent, type Framework } from '../application/names.ts';
import { Child } from '../harness/child.ts';
import { measureStartUp, type StartUp, type StartUpPlan } from '../start-up/part.ts';
import { agentsOf, OURS } from './names.ts';
import { startApplication, type Running, type Turn, type TurnPlan } from './subject.ts';
import { takeTurns } from './turns.ts';

/** How much is measured. */
export interface CapturePlan extends TurnPlan {
  /** How often all of it is measured, each time of new processes: two of the same differ, by what V8 happens to compile. */
  readonly rounds: number;
  /** Of each application, in each round. */
  readonly turns: number;
  readonly startUp: StartUpPlan;
}

/** One turn of one application. */
export interface CaptureTurn {
  /** CPU microseconds per request, saturated. */
  readonly saturatedMicros: number;
  /** The same at a steady rate. */
  readonly pacedMicros: number;
  /** Of the garbage collector, per request, saturated; some of it is in other threads and at the same time. */
  readonly garbageMicros: number;
  /** At the end of the turn. */
  readonly rssBytes: number;
}

/** Turns of one framework, by agent; those with the same index are neighbours. */
export interface CapturedApplication {
  readonly framework: Framework;
  readonly turns: ReadonlyMap<Agent, readonly CaptureTurn[]>;
}

/** Part `capture`. */
export interface CaptureResults {
  readonly perSecond: number;
  readonly applications: readonly CapturedApplication[];
  /** Agents that did not work, and why. */
  readonly leftOut: readonly { readonly agent: Agent; readonly reason: string }[];
  readonly startUp: readonly StartUp[];
}

/** Part `capture`: what it costs an application that its requests are counted, by who counts them. */
export async function measureCapture(plan: CapturePlan): Promise<CaptureResults> {
  const applications: CapturedApplication[] = [];
  const leftOut: { agent: Agent; reason: string }[] = [];
  for (const framework of FRAMEWORKS) {
    applications.push(await measureFramework(framework, plan, leftOut));
  }
  progress('start of a process');
  const startUp = await measureStartUp(plan.startUp);
  return { perSecond: plan.perSecond, applications, leftOut, startUp };
}

/** The turns of all rounds, one after the other. */
async function measureFramework(
  framework: Framework,
  plan: CapturePlan,
  leftOut: { agent: Agent; reason: string }[],
): Promise<CapturedApplication> {
  const turns = new Map<Agent, readonly CaptureTurn[]>();
  for (let round = 1; round <= plan.rounds; round += 1) {
    progress(`${framework}: round ${round} of ${plan.rounds}`);
    const agents = agentsOf(framework).filter((name) => !leftOut.some(({ agent }) => agent === name));
    for (const [agent, taken] of await measureRound(framework, agents, plan, leftOut))
      turns.set(agent, [...(turns.get(agent) ?? []), ...taken.map(ofRequest)]);
  }
  for (const { agent } of leftOut) turns.delete(agent);
  return { framework, turns };
}

async function measureRound(
  framework: Framework,
  agents: readonly Agent[],
  plan: CapturePlan,
  leftOut: { agent: Agent; reason: string }[],
): Promise<ReadonlyMap<Agent, readonly Turn[]>> {
  const load = await Child.start('capture/load-process.js', []);
  const running: Running[] = [];
  try {
    for (const agent of agents) {
      progress(`${framework}: ${agent} starts`);
      try {
        running.push(await startApplication(framework, agent, load, plan));
      } catch (error) {
        // Of ours and OpenTelemetry's each is needed, and a request that did not arrive is an error.
        if (OURS.includes(agent)) throw error;
        leftOut.push({ agent, reason: reasonOf(error) });
      }
    }
    const turns = await takeTurns(running, (taken) => taken === plan.turns);
    return new Map(running.map(({ agent }, index) => [agent, turns[index] ?? []]));
  } finally {
    await Promise.all(running.map((application) => application.stop()));
    await load.stop();
  }
}

function ofRequest({ saturated, paced, rssBytes }: Turn): CaptureTurn {
  return {
    saturatedMicros: saturated.cpuMicros / saturated.requests,
    pacedMicros: paced.cpuMicros / paced.requests,
    garbageMicros: saturated.garbageMicros / saturated.requests,
    rssBytes,
  };
}

function progress(what: string): void {
  process.stderr.write(`  ${what} …\n`);
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 200) ?? 'unknown';
}
