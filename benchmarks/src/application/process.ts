// An application with one route, and an agent that was loaded before it.
import type { AddressInfo } from 'node:net';
import { startMeter, type Usage } from '../harness/meter.ts';
import { answerCalls } from '../harness/subject.ts';
import { startAgent } from './agents.ts';
import { startFramework } from './frameworks.ts';
import type { Agent, Framework } from './names.ts';

const [framework, agent, port] = process.argv.slice(2) as [Framework, Agent, string];
const server = await startFramework(framework, await startAgent(agent, framework, Number(port)));
let requests = 0;
server.on('request', () => {
  requests += 1;
});
let stop: () => Usage = startMeter();

answerCalls({
  port: () => (server.address() as AddressInfo).port,
  start: () => {
    stop = startMeter();
  },
  stop: () => ({ usage: stop(), requests, rssBytes: process.memoryUsage.rss() }),
});
