import { startOf } from '../application/agents.ts';
import type { Agent, Framework } from '../application/names.ts';
import { Child } from '../harness/child.ts';
import type { Subject } from '../harness/rounds.ts';
import { startSink, type RemoteSink } from '../sinks/kinds.ts';
import type { Sending } from './load-process.ts';
import { sinkOf } from './names.ts';
import type { Used } from './process.ts';

/** How long an application is under load in one turn. */
export interface TurnPlan {
  readonly saturatedMillis: number;
  /** At the steady rate, before that is measured: caches of a process that had no turn for a while are cold. */
  readonly settleMillis: number;
  readonly pacedMillis: number;
  /** Requests of the paced half. */
  readonly perSecond: number;
  /** Under load, before anything is measured. */
  readonly warmUpMillis: number;
}

/** What some requests cost. */
interface Cost {
  readonly requests: number;
  readonly cpuMicros: number;
  readonly garbageMicros: number;
}

/** One turn of an application: as many requests as it answers, then a steady rate. */
export interface Turn {
  readonly saturated: Cost;
  readonly paced: Cost;
  readonly rssBytes: number;
}

/** An application with an agent, warm, in a process of its own. */
export interface Running {
  readonly agent: Agent;
  readonly subject: Subject<Turn>;
  stop(): Promise<void>;
}

/** @throws Error when the agent does not start, breaks a request, or does not deliver every one of them */
export async function startApplication(
  framework: Framework,
  agent: Agent,
  load: Child,
  plan: TurnPlan,
): Promise<Running> {
  const wanted = sinkOf(agent);
  const sink = wanted === undefined ? undefined : await startSink(wanted.kind);
  let child: Child | undefined;
  const stop = async (): Promise<void> => {
    await child?.stop();
    await sink?.stop();
  };
  try {
    const sinkPort = sink?.port ?? 0;
    child = await Child.start(
      'capture/process.js',
      [framework, agent, String(sinkPort)],
      startOf(agent, sinkPort),
    );
    const port = await child.call<number>('port');
    const application = new Application(child, load, port, wanted?.isCounting === true ? sink : undefined);
    await application.turn({ ...plan, saturatedMillis: plan.warmUpMillis });
    return {
      agent,
      subject: { name: agent, measure: () => application.turn(plan) },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

class Application {
  readonly #child: Child;
  readonly #load: Child;
  readonly #port: number;
  readonly #counting: RemoteSink | undefined;
  #requests = 0;

  constructor(child: Child, load: Child, port: number, counting: RemoteSink | undefined) {
    this.#child = child;
    this.#load = load;
    this.#port = port;
    this.#counting = counting;
  }

  async turn({ saturatedMillis, settleMillis, pacedMillis, perSecond }: TurnPlan): Promise<Turn> {
    const saturated = await this.#under({ port: this.#port, millis: saturatedMillis });
    await this.#under({ port: this.#port, millis: settleMillis, perSecond });
    const paced = await this.#under({ port: this.#port, millis: pacedMillis, perSecond });
    return { saturated, paced, rssBytes: paced.rssBytes };
  }

  async #under(sending: Sending): Promise<Cost & Used> {
    await this.#child.call('start');
    const requests = await this.#load.call<number>('send', sending);
    const used = await this.#child.call<Used>('stop');
    this.#requests += requests;
    await this.#counting?.received(this.#requests);
    return { requests, ...used };
  }
}
