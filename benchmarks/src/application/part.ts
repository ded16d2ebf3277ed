import { setTimeout } from 'node:timers/promises';
import { Child } from '../harness/child.ts';
import type { Usage } from '../harness/meter.ts';
import { interleave, type Subject } from '../harness/rounds.ts';
import { startSink, type RemoteSink } from '../sinks/kinds.ts';
import type { Load } from './load-process.ts';
import { measureAdded, type AddedPlan, type AddedToApplication } from './added.ts';
import { startOf } from './agents.ts';
import { AGENT_SINKS, CORE_AGENTS, FRAMEWORKS, OTHER_AGENTS, type Agent, type Framework } from './names.ts';

/** How much is measured. */
export interface ApplicationPlan {
  readonly rounds: number;
  readonly seconds: number;
  /** Of the fixed rate, at which nothing has to be dropped. */
  readonly perSecond: number;
  readonly added: AddedPlan;
}

/** One round of one application. */
interface ApplicationRound {
  readonly requestsPerSecond: number;
  /** At the fixed rate. */
  readonly cpuMicros: number;
  readonly p50Millis: number;
  readonly p99Millis: number;
  readonly rssBytes: number;
}

/** An application with an agent. */
export interface ApplicationResult {
  readonly framework: Framework;
  readonly agent: Agent;
  readonly rounds: readonly ApplicationRound[];
  /** Of all requests, at saturation and at the fixed rate; for the two whose events are counted. */
  readonly delivered?: number;
}

/** An agent that did not start, and why. */
interface LeftOut {
  readonly agent: Agent;
  readonly reason: string;
}

interface Application {
  readonly framework: Framework;
  readonly agent: Agent;
  readonly subject: Subject<ApplicationRound>;
  readonly delivered: () => Promise<number | undefined>;
  readonly stop: () => Promise<void>;
}

interface Stopped {
  readonly usage: Usage;
  readonly requests: number;
  readonly rssBytes: number;
}

/** A BatchSpanProcessor exports every five seconds. */
const LAST_EXPORT_MILLIS = 7_000;

/** Everything about whole applications. */
export interface ApplicationResults {
  readonly results: readonly ApplicationResult[];
  readonly leftOut: readonly LeftOut[];
  readonly added: readonly AddedToApplication[];
}

/** Part 3: what a whole application costs, by the agent in it. */
export async function measureApplications(plan: ApplicationPlan): Promise<ApplicationResults> {
  const load = await Child.start('application/load-process.js', []);
  const applications: Application[] = [];
  const leftOut: LeftOut[] = [];
  const core = FRAMEWORKS.flatMap((framework) => CORE_AGENTS.map((agent) => ({ framework, agent })));
  const others = OTHER_AGENTS.map((agent) => ({ framework: 'Express' as const, agent }));
  try {
    for (const { framework, agent } of [...core, ...others]) {
      try {
        applications.push(await startApplication(framework, agent, load, plan));
      } catch (error) {
        leftOut.push({ agent, reason: reasonOf(error) });
      }
    }
    const subjects = applications.map(({ subject }) => subject);
    const rounds = await interleave(subjects, plan.rounds);
    await setTimeout(LAST_EXPORT_MILLIS);
    const results: ApplicationResult[] = [];
    for (const { framework, agent, subject, delivered } of applications) {
      const share = await delivered();
      const result = { framework, agent, rounds: rounds.get(subject.name) ?? [] };
      results.push(share === undefined ? result : { ...result, delivered: share });
    }
    for (const application of applications.splice(0)) await application.stop();
    const added: AddedToApplication[] = [];
    for (const framework of FRAMEWORKS) added.push(await measureAdded(framework, load, plan.added));
    return { results, leftOut, added };
  } finally {
    for (const application of applications) await application.stop();
    await load.stop();
  }
}

async function startApplication(
  framework: Framework,
  agent: Agent,
  load: Child,
  plan: ApplicationPlan,
): Promise<Application> {
  const kind = AGENT_SINKS[agent];
  const sink = kind === undefined ? undefined : await startSink(kind);
  let child: Child | undefined;
  const stop = async (): Promise<void> => {
    await child?.stop();
    await sink?.stop();
  };
  try {
    const port = sink?.port ?? 0;
    child = await Child.start(
      'application/process.js',
      [framework, agent, String(port)],
      startOf(agent, port),
    );
    const measure = await measureOf(child, load, plan);
    // Once unmeasured, so that code is compiled and connections are open; an agent that breaks requests fails here.
    await measure();
    const started = child;
    return {
      framework,
      agent,
      subject: { name: `${framework}: ${agent}`, measure },
      delivered: () => deliveredShare(agent, framework, started, sink),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function measureOf(
  child: Child,
  load: Child,
  { seconds, perSecond }: ApplicationPlan,
): Promise<() => Promise<ApplicationRound>> {
  const url = `http://127.0.0.1:${await child.call<number>('port')}/orders/7`;
  return async () => {
    const saturated = await load.call<Load>('run', { url, seconds });
    const before = await child.call<Stopped>('stop');
    await child.call('start');
    const fixed = await load.call<Load>('run', { url, seconds, perSecond });
    const after = await child.call<Stopped>('stop');
    return {
      requestsPerSecond: saturated.requestsPerSecond,
      cpuMicros: after.usage.cpuMicros / (after.requests - before.requests),
      p50Millis: fixed.p50Millis,
      p99Millis: fixed.p99Millis,
      rssBytes: after.rssBytes,
    };
  };
}

/** Events that arrived per request; only Cerberus and OTLP without spans below the request can be counted like that. */
async function deliveredShare(
  agent: Agent,
  framework: Framework,
  child: Child,
  sink: RemoteSink | undefined,
): Promise<number | undefined> {
  const countable = agent === 'cerberus' || (agent === 'otlp' && framework === 'node:http');
  if (!countable || sink === undefined) return undefined;
  const { requests } = await child.call<Stopped>('stop');
  return (await sink.counts()).events / requests;
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 200) ?? 'unknown';
}
