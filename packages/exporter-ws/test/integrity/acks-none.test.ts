// With `acks: 'none'` an event counts as delivered when the socket took it, and no earlier.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { WebSocketServer } from 'ws';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';
import { quickExporter } from '../support/exporters.js';
import { numberedSpans } from '../support/spans.js';

const EVENTS = 2_500;
const ignore = (): void => undefined;

describe("acks: 'none'", () => {
  it('does not count what a reset kept the socket from taking, and sends it again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cerberus-socket-'));
    afterTest(() => rm(folder, { recursive: true, force: true }));
    // The system takes less for a socket of this machine than is written at once.
    const path = join(folder, 'socket');
    const http = createServer();
    const backend = new WebSocketServer({ server: http });
    const heard = new Set<string>();
    const links: Socket[] = [];
    backend.on('connection', (socket, { socket: link }) => {
      links.push(link);
      if (links.length === 1) link.pause();
      socket.on('error', ignore);
      socket.on('message', (data: Buffer) => {
        const { endpoint } = JSON.parse(data.toString()) as { endpoint: string };
        heard.add(endpoint);
      });
    });
    http.listen(path);
    await once(http, 'listening');
    afterTest(() => {
      for (const link of links) link.destroy();
      http.close();
    });
    const agent = new Agent();
    Object.assign(agent, { createConnection: () => connect(path) });
    const exporter = quickExporter('ws://localhost/', {
      protocol: 'event',
      acks: 'none',
      agent,
      maxInFlightEvents: EVENTS,
      pingIntervalMillis: 60_000,
      ackTimeoutMillis: 60_000,
    });
    exporter.export(numberedSpans(EVENTS), ignore);
    await until('all to be written', () => exporter.stats().inFlight === EVENTS);
    expect(exporter.stats().acked).to.equal(0);
    for (const link of links) link.destroy();
    await until('all of them', () => heard.size === EVENTS);
    await exporter.forceFlush();
    expect(exporter.stats()).to.include({ acked: EVENTS, reconnects: 1 });
  });
});
