// An application with one route, and an agent that was loaded before it.
import type { AddressInfo } from 'node:net';
import { startAgent } from '../application/agents.ts';
import { startFramework } from '../application/frameworks.ts';
import type { Agent, Framework } from '../application/names.ts';
import { startGarbageMeter } from '../harness/garbage.ts';
import { startMeter } from '../harness/meter.ts';
import { answerCalls } from '../harness/subject.ts';

/** What a process used between two moments. */
export interface Used {
  readonly cpuMicros: number;
  readonly garbageMicros: number;
  /** At the end. */
  readonly rssBytes: number;
}

const [framework, agent, port] = process.argv.slice(2) as [Framework, Agent, string];
const attachment = await startAgent(agent, framework, Number(port));
const server = await startFramework(framework, attachment);
// Connections are kept between two rounds.
server.keepAliveTimeout = 0;
await attachment.ready?.();
let stop = startMeters();

answerCalls({
  port: () => (server.address() as AddressInfo).port,
  start: () => {
    stop = startMeters();
  },
  /** What was collected is delivered first: that, too, is what a request costs. */
  async stop(): Promise<Used> {
    await attachment.flush?.();
    return stop();
  },
});

function startMeters(): () => Used {
  const garbage = startGarbageMeter();
  const meter = startMeter();
  return () => {
    const { cpuMicros } = meter();
    return { cpuMicros, garbageMicros: garbage(), rssBytes: process.memoryUsage.rss() };
  };
}
