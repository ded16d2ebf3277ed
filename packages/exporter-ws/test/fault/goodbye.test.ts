// A peer that says goodbye and does not hang up: the connection is not used any more, and the next one comes soon.
import { expect } from 'chai';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { CerberusWsExporter, CerberusWsExporterOptions } from '../../dist/esm/index.js';
import type { Connection } from '../../dist/esm/protocol/connection.js';
import { openConnection } from '../../dist/esm/transport/ws-connection.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { closeExporters, imbalance, quickExporter } from '../support/exporters.js';
import { FakeClock } from '../support/fake-clock.js';
import { acceptance, frame, RawServer } from '../support/raw-server.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';
import { numberedSpans } from '../support/spans.js';

const ignore = (): void => undefined;
const WELCOME = frame(0x81, Buffer.from('{"type":"welcome","last_seq":0}'));
/** No timeout may be what ends the connection. */
const PATIENT = { ackTimeoutMillis: 60_000, pingIntervalMillis: 60_000, shutdownTimeoutMillis: 8_000 };

function goodbye(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return frame(0x88, payload);
}

for (const mode of ['batch', 'event'] as const) {
  describe(`goodbye of a peer that does not hang up, ${mode} mode`, () => {
    let backend: BatchBackend;
    let server: ScriptedServer;
    let front: RawServer;
    let exporter: CerberusWsExporter;
    /** The connection that takes everything and answers nothing. */
    let mute: Socket;
    const arrived = (): number => (mode === 'batch' ? backend.stored : server.events).length;

    /** Sends five events into a mute connection; all further ones lead to a backend that works. */
    async function start(options: CerberusWsExporterOptions = {}): Promise<void> {
      backend = new BatchBackend();
      server = await ScriptedServer.start(mode === 'batch' ? backend.script() : {});
      front = await RawServer.start((socket, head) => {
        if (front.connections === 1) {
          mute = socket;
          const subprotocol = mode === 'batch' ? 'cerberus.batch.v1' : undefined;
          socket.write(acceptance(head, subprotocol));
          if (mode === 'batch') socket.write(WELCOME);
          return;
        }
        const link = connect(server.port, '127.0.0.1', () => link.write(head, 'latin1'));
        link.on('error', ignore);
        socket.pipe(link).pipe(socket);
      });
      exporter = quickExporter(front.url, { protocol: mode, ...PATIENT, ...options });
      exporter.export(numberedSpans(5), ignore);
      await until('events in flight', () => exporter.stats().inFlight === 5);
    }

    afterEach(async () => {
      expect(imbalance(exporter.stats())).to.equal(0);
      await closeExporters();
    });

    it('F46 not ready from then on, and delivered over the next connection', async () => {
      await start();
      const states = new Set<string>();
      mute.write(goodbye(1001));
      await until('another state', () => exporter.stats().state !== 'ready');
      expect(front.connections).to.equal(1);
      exporter.export(numberedSpans(5, 5), ignore);
      const sample = setInterval(() => {
        if (front.connections === 1) states.add(exporter.stats().state);
      }, 1);
      await until('a second connection', () => front.connections === 2);
      clearInterval(sample);
      expect([...states]).to.not.include('ready');
      await exporter.forceFlush();
      expect(arrived()).to.equal(10);
      expect(exporter.stats()).to.include({ acked: 10, reconnects: 1 });
      await until('one connection left', () => front.sockets.size === 1);
    });

    it('F46 in a shutdown: delivered within its time, although the goodbye asks to wait for longer', async () => {
      await start();
      const shutdown = exporter.shutdown();
      mute.write(goodbye(1012));
      await shutdown;
      expect(arrived()).to.equal(5);
      expect(exporter.stats()).to.deep.include({ acked: 5, state: 'closed' });
    });

    it('F46 before a shutdown: delivered within its time, which neither the goodbye nor the backoff takes', async () => {
      await start({ initialBackoffMillis: 60_000, maxBackoffMillis: 60_000 });
      mute.write(goodbye(1012));
      await until('another state', () => exporter.stats().state !== 'ready');
      await exporter.shutdown();
      expect(arrived()).to.equal(5);
      expect(exporter.stats()).to.deep.include({ acked: 5, state: 'closed' });
    });

    it('F46 credentials refused in the goodbye: suspended all the same', async () => {
      await start();
      mute.write(goodbye(4401));
      await until('a suspension', () => exporter.stats().state === 'suspended');
      expect(exporter.stats()).to.include({ queued: 5, inFlight: 0 });
    });
  });
}

describe('connection to a peer that says goodbye and does not hang up', () => {
  const clock = new FakeClock();
  let lines: string[];
  let connection: Connection;

  beforeEach(async () => {
    lines = [];
    const front = await RawServer.start((socket, head) => {
      socket.write(acceptance(head));
      socket.write(goodbye(1012));
    });
    const config = { token: 'sk-1', connectTimeoutMillis: 5_000 };
    const without = {
      certificates: {},
      proxy: { server: undefined, unusable: undefined },
      agent: undefined,
    };
    const wsUrl = new URL(front.url);
    connection = openConnection(WebSocket, { ...config, ...without, wsUrl }, undefined, clock, {
      onOpen: () => lines.push('open'),
      onMessage: ignore,
      onReceived: ignore,
      onLife: ignore,
      onTaken: ignore,
      onClosing: () => lines.push('closing'),
      onEnd: (end) => lines.push(JSON.stringify(end)),
    });
    await until('the goodbye', () => lines.includes('closing'));
    expect(lines).to.deep.equal(['open', 'closing']);
  });

  for (const [name, act] of [
    ['ends with its code a second later', () => clock.pass(1_000)],
    ['ends with its code at once when there is no time', () => connection.cutShort()],
  ] as const) {
    it(`F46 ${name}`, async () => {
      act();
      await until('the end', () => lines.length === 3);
      expect(lines[2]).to.equal('{"kind":"closed","code":1012}');
    });
  }
});
