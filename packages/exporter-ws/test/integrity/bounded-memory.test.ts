// In an outage memory is flat once the queue is full, every refused event is counted by its reason, and one line says
// when that begins and one when it ends.
import { expect } from 'chai';
import type { FinishedSpan } from '../../dist/esm/index.js';
import { imbalance, quickExporter } from '../support/exporters.js';
import { growth, runOutage, type Outage } from '../support/outage.js';
import { acceptance, RawServer } from '../support/raw-server.js';
import { ScriptedServer } from '../support/scripted-server.js';
import { numberedSpans, serverSpan } from '../support/spans.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { diag, DiagLogLevel } from '@opentelemetry/api';

const SECONDS = 5;
const MAX_QUEUE_EVENTS = 10_000;

function expectBounded({ usedMiB, stats, messages }: Outage): void {
  const { accepted, queued, inFlight, refused } = stats;
  expect(usedMiB.length, 'samples with a full queue').to.be.at.least(3);
  // The queue holds 8 MiB at most; a leak of what is refused would add two MiB a second.
  expect(growth(usedMiB), `MiB in use: ${usedMiB.join(' ')}`).to.be.below(4);
  expect(queued + inFlight).to.be.at.most(MAX_QUEUE_EVENTS);
  expect(accepted).to.equal(queued + inFlight + stats.acked);
  expect(refused.queue_full).to.be.above(1_000);
  expect(messages.filter((line) => line.includes('the queue is full'))).to.have.length(1);
}

describe('bounded memory', function () {
  this.timeout(60_000);

  it('holds against a backend that accepts the connection and never reads', async () => {
    const server = await RawServer.start((socket, head) => {
      socket.write(acceptance(head));
      socket.pause();
    });
    expectBounded(await runOutage(server.url, SECONDS));
  });

  it('holds against a backend that is down', async () => {
    expectBounded(await runOutage('ws://127.0.0.1:1/', SECONDS));
  });

  it('says once that the queue is full and once that there is room again', async () => {
    const lines = linesAboutTheQueue();
    let answering = false;
    const waiting: (() => void)[] = [];
    const server = await ScriptedServer.start({
      onMessage: (_message, socket) => {
        if (answering) socket.send('ok');
        else waiting.push(() => socket.send('ok'));
      },
    });
    const exporter = quickExporter(server.url, {
      protocol: 'event',
      maxQueueEvents: 100,
      ackTimeoutMillis: 60_000,
    });
    for (let round = 0; round < 5; round += 1) exporter.export(numberedSpans(50), () => undefined);
    await new Promise((resolve) => void setTimeout(resolve, 100));
    answering = true;
    for (const answer of waiting) answer();
    await exporter.forceFlush();
    exporter.export(numberedSpans(5), () => undefined);
    await exporter.forceFlush();
    const stats = exporter.stats();
    expect([stats.accepted, stats.refused.queue_full, imbalance(stats)]).to.deep.equal([105, 150, 0]);
    expect(lines.map((line) => line.slice(0, 30))).to.deep.equal([
      'Cerberus refuses events: the q',
      'the queue has room again; 150 ',
    ]);
  });

  it('says it once, too, of a queue that is full of bytes and stays so while single events leave it', async () => {
    const lines = linesAboutTheQueue();
    const waiting: (() => void)[] = [];
    const server = await ScriptedServer.start({
      onMessage: (_message, socket) => void waiting.push(() => socket.send('ok')),
    });
    const long = (): FinishedSpan[] => [serverSpan({ 'url.path': `/${'x'.repeat(1_000)}` })];
    const exporter = quickExporter(server.url, {
      protocol: 'event',
      maxQueueBytes: 20_000,
      ackTimeoutMillis: 60_000,
    });
    for (let round = 0; round < 50; round += 1) exporter.export(long(), () => undefined);
    for (let acked = 1; acked <= 10; acked += 1) {
      await until('an event is there to be answered', () => waiting.length > 0);
      waiting.shift()?.();
      await until('it is settled', () => exporter.stats().acked === acked);
      for (let round = 0; round < 3; round += 1) exporter.export(long(), () => undefined);
    }
    expect(exporter.stats().refused.queue_full).to.be.above(40);
    expect(lines.map((line) => line.slice(0, 30))).to.deep.equal(['Cerberus refuses events: the q']);
  });
});

/** What is said of it from now on, until the test is over. */
function linesAboutTheQueue(): string[] {
  const lines: string[] = [];
  const note = (...parts: unknown[]): void => {
    const message = String(parts[1]);
    if (message.includes('queue')) lines.push(message);
  };
  diag.setLogger(
    { error: note, warn: note, info() {}, debug() {}, verbose() {} },
    { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true },
  );
  afterTest(() => diag.disable());
  return lines;
}
