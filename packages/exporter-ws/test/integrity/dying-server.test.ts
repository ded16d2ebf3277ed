// A server that dies at every frame: whatever was accepted meanwhile is stored once it lives, in batch mode once.
import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';
import { imbalance, quickExporter } from '../support/exporters.js';
import { BatchBackend, ScriptedServer, type Script } from '../support/scripted-server.js';
import { numberedSpans } from '../support/spans.js';

/** How long it goes on dying, in seconds. In any case until it died fifty times. */
const SECONDS = Number(process.env['CERBERUS_DYING_SECONDS'] ?? 0);
const DEATHS = 50;

function die(socket: WebSocket): void {
  (socket as unknown as { _socket: { resetAndDestroy(): void } })._socket.resetAndDestroy();
}

describe('a server that dies at every frame', function () {
  this.timeout(60_000 + SECONDS * 2_000);
  let isDying: boolean;
  let deaths: number;

  beforeEach(() => {
    isDying = false;
    deaths = 0;
  });

  function backendOf(mode: 'batch' | 'event', stores: boolean): { script: Script; stored: () => string[] } {
    const batch = new BatchBackend();
    const events: string[] = [];
    batch.onFrame = (_seq, _events, socket) => {
      if (!isDying) return true;
      deaths += 1;
      die(socket);
      return stores;
    };
    if (mode === 'batch') {
      const stored = (): string[] => batch.stored.map(({ endpoint }) => String(endpoint));
      return { script: batch.script(), stored };
    }
    const dead = new WeakSet<WebSocket>();
    const onMessage: Script['onMessage'] = ({ endpoint }, socket) => {
      // What else had come together died with the first.
      if (dead.has(socket)) return;
      if (!isDying || stores) events.push(String(endpoint));
      if (!isDying) {
        socket.send('ok');
        return;
      }
      deaths += 1;
      dead.add(socket);
      die(socket);
    };
    return { script: { onMessage }, stored: () => events };
  }

  for (const mode of ['batch', 'event'] as const) {
    for (const stores of [false, true]) {
      it(`F42 loses nothing in ${mode} mode, ${stores ? 'if it had stored the frame' : 'if it had not'}`, async () => {
        const { script, stored } = backendOf(mode, stores);
        const server = await ScriptedServer.start(script);
        const exporter = quickExporter(server.url, {
          protocol: mode,
          maxQueueEvents: 100_000,
          maxQueueBytes: 64 * 1024 * 1024,
          ackTimeoutMillis: 5_000,
          forceFlushTimeoutMillis: 30_000,
        });
        let sent = 0;
        const send = (count: number): void => {
          exporter.export(numberedSpans(count, sent), () => undefined);
          sent += count;
        };
        send(1);
        await exporter.forceFlush();
        isDying = true;
        send(300);
        const unbalanced = new Set<number>();
        const traffic = setInterval(() => {
          send(1);
          unbalanced.add(imbalance(exporter.stats()));
        }, 5);
        afterTest(() => clearInterval(traffic));
        await sleep(SECONDS * 1_000);
        await until('enough deaths', () => deaths >= DEATHS, 30_000);
        isDying = false;
        clearInterval(traffic);
        await exporter.forceFlush();
        const { accepted, acked, dropped } = exporter.stats();
        expect([accepted, acked, dropped.poison]).to.deep.equal([sent, sent, 0]);
        expect(new Set(stored()).size).to.equal(sent);
        if (mode === 'batch') expect(stored()).to.have.length(sent);
        expect([...unbalanced].filter((value) => value !== 0)).to.deep.equal([]);
        if (SECONDS > 0) {
          const twice = stored().length - sent;
          process.stdout.write(
            `      ${SECONDS} s, ${deaths} deaths, ${sent} events, 0 lost, ${twice} stored again\n`,
          );
        }
      });
    }
  }
});
