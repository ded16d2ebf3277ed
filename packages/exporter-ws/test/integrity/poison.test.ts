// An event that ends connections holds up nobody: all the others get through, it is tried again, and given up only when
// others were acknowledged in between. A backend that fails at everything makes nothing be given up.
import { expect } from 'chai';
import type { WebSocket } from 'ws';
import type { CerberusWsExporter, CerberusWsExporterOptions } from '../../dist/esm/index.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { closeExporters, imbalance, quickExporter } from '../support/exporters.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';
import { numberedSpans } from '../support/spans.js';

const COUNT = 300;
const CULPRIT = '/150';
/** PROTOCOL.md, "An event that ends connections", for a window of 512. */
const MOST_DELIVERIES = 12;

type Hurt = (socket: WebSocket) => void;
const reset: Hurt = (socket) => {
  (socket as unknown as { _socket: { resetAndDestroy(): void } })._socket.resetAndDestroy();
};
const HURTS: Record<string, Hurt> = {
  'closes with 1011': (socket) => socket.close(1011),
  'closes with 1000': (socket) => socket.close(1000),
  'closes with 1009': (socket) => socket.close(1009),
  'resets the link at once, answers included': reset,
  'resets the link after its answers were read': (socket) => void setTimeout(() => reset(socket), 30),
  'falls silent': (socket) => socket.pause(),
};

describe('an event that ends connections', () => {
  let server: ScriptedServer;
  let exporter: CerberusWsExporter;
  let traffic: NodeJS.Timeout | undefined;
  let sent = 0;
  /** How often each path arrived. */
  let arrivals: Map<string, number>;
  /** What was stored, as often as it was. */
  let stored: string[];

  beforeEach(() => {
    sent = 0;
    arrivals = new Map();
    stored = [];
  });

  afterEach(async () => {
    clearInterval(traffic);
    await closeExporters();
    await server.stop();
  });

  async function start(
    mode: 'batch' | 'event',
    chokes: (path: string) => boolean,
    hurt: Hurt,
    options: CerberusWsExporterOptions = {},
  ): Promise<void> {
    const arrived = (path: string): void => void arrivals.set(path, (arrivals.get(path) ?? 0) + 1);
    const hurting = new WeakSet<WebSocket>();
    const hurtOnce = (socket: WebSocket): void => {
      if (!hurting.has(socket)) hurt(socket);
      hurting.add(socket);
    };
    const backend = new BatchBackend();
    backend.onFrame = (_seq, events, socket) => {
      const paths = events.map(({ endpoint }) => String(endpoint));
      for (const path of paths) arrived(path);
      if (hurting.has(socket)) return false;
      if (!paths.some(chokes)) {
        stored.push(...paths);
        return true;
      }
      hurtOnce(socket);
      return false;
    };
    server = await ScriptedServer.start(
      mode === 'batch'
        ? backend.script()
        : {
            onMessage: ({ endpoint }, socket) => {
              const path = String(endpoint);
              arrived(path);
              if (hurting.has(socket)) return;
              if (chokes(path)) hurtOnce(socket);
              else {
                stored.push(path);
                socket.send('ok');
              }
            },
          },
    );
    exporter = quickExporter(server.url, { protocol: mode, ...options });
  }

  function send(count: number): void {
    exporter.export(numberedSpans(count, sent), () => undefined);
    sent += count;
  }

  /** The application goes on, one request after the other. */
  function goOn(): void {
    traffic = setInterval(() => {
      send(1);
      expect(imbalance(exporter.stats())).to.equal(0);
    }, 5);
  }

  for (const mode of ['batch', 'event'] as const) {
    for (const [name, hurt] of Object.entries(HURTS)) {
      it(`F41 holds up nobody in ${mode} mode when the backend ${name}`, async () => {
        await start(mode, (path) => path === CULPRIT, hurt, { ackTimeoutMillis: 150 });
        send(COUNT);
        goOn();
        const { dropped } = exporter.stats();
        const reason = name.includes('1009') ? 'too_large' : 'poison';
        await until('the culprit to be given up', () => exporter.stats().dropped[reason] === 1, 15_000);
        clearInterval(traffic);
        await exporter.forceFlush();
        const stats = exporter.stats();
        expect(stats.acked).to.equal(sent - 1);
        expect(stats.dropped).to.deep.equal({ ...dropped, [reason]: 1 });
        const innocent = Array.from({ length: sent }, (_, index) => `/${index}`).filter(
          (path) => path !== CULPRIT,
        );
        expect(new Set(stored)).to.deep.equal(new Set(innocent));
        if (mode === 'batch') expect(stored).to.have.length(innocent.length);
        else {
          arrivals.delete(CULPRIT);
          expect(Math.max(...arrivals.values())).to.be.at.most(MOST_DELIVERIES);
        }
      });
    }

    it(`holds up nobody in ${mode} mode when one event in ten is such a one`, async () => {
      const chokes = (path: string): boolean => path.endsWith('7');
      await start(mode, chokes, HURTS['closes with 1011'] as Hurt);
      send(100);
      const innocent = Array.from({ length: 100 }, (_, index) => `/${index}`).filter((path) => !chokes(path));
      await until('all others', () => exporter.stats().acked === innocent.length, 15_000);
      expect(new Set(stored)).to.deep.equal(new Set(innocent));
    });

    it(`keeps such an event for ever in ${mode} mode with maxPoisonAttempts 0`, async () => {
      await start(mode, (path) => path === CULPRIT, HURTS['closes with 1011'] as Hurt, {
        maxPoisonAttempts: 0,
      });
      send(COUNT);
      goOn();
      await until('further attempts', () => (arrivals.get(CULPRIT) ?? 0) >= 20, 15_000);
      expect(exporter.stats().dropped.poison).to.equal(0);
      expect(exporter.stats().acked).to.be.at.least(COUNT - 1);
    });

    it(`F42 gives nothing up in ${mode} mode while the backend fails at every event`, async () => {
      let failing = true;
      await start(mode, () => failing, HURTS['closes with 1011'] as Hurt);
      send(COUNT);
      await until('forty connections', () => server.connections >= 40, 15_000);
      const { acked, dropped } = exporter.stats();
      expect([acked, dropped.poison]).to.deep.equal([0, 0]);
      failing = false;
      await until('all of them', () => exporter.stats().acked === COUNT, 15_000);
      expect(new Set(stored).size).to.equal(COUNT);
      if (mode === 'batch') expect(stored).to.have.length(COUNT);
    });

    it(`delivers an event in ${mode} mode that is digested in the end`, async () => {
      await start(
        mode,
        (path) => path === CULPRIT && (arrivals.get(CULPRIT) ?? 0) < 14,
        HURTS['closes with 1011'] as Hurt,
        { maxPoisonAttempts: 0 },
      );
      send(COUNT);
      goOn();
      await until('the culprit to be stored', () => stored.includes(CULPRIT), 15_000);
      clearInterval(traffic);
      await exporter.forceFlush();
      expect(exporter.stats()).to.deep.include({ acked: sent });
      expect(exporter.stats().dropped.poison).to.equal(0);
    });
  }

  it('takes no answer for that of another event when the backend stops answering in the middle', async () => {
    server = await ScriptedServer.start({
      onMessage: ({ endpoint }, socket, connection) => {
        const path = String(endpoint);
        // On the first two connections it swallows all from some event on, and answers late, to a link that is gone.
        const silent = connection <= 2 && Number(path.slice(1)) >= connection * 50;
        if (silent) setTimeout(() => socket.send('ok'), 300);
        else {
          stored.push(path);
          socket.send('ok');
        }
      },
    });
    exporter = quickExporter(server.url, { protocol: 'event', ackTimeoutMillis: 150 });
    send(COUNT);
    await until('half of the second connection', () => exporter.stats().acked === 100);
    expect(new Set(stored).size).to.equal(100);
    await exporter.forceFlush();
    expect(exporter.stats().acked).to.equal(COUNT);
    expect(new Set(stored).size).to.equal(COUNT);
  });

  it('lets forceFlush wait for the event that is set aside, and not for later ones', async () => {
    await start('event', (path) => path === '/3', HURTS['closes with 1011'] as Hurt, {
      maxPoisonAttempts: 0,
      forceFlushTimeoutMillis: 1_500,
    });
    send(10);
    await until('the others', () => exporter.stats().acked === 9, 10_000);
    const flushed = exporter.forceFlush().then(
      () => 'settled',
      (error: { pending: number }) => error.pending,
    );
    goOn();
    expect(await flushed).to.equal(1);
  });

  it('drops and counts at shutdown what is set aside', async () => {
    await start('event', (path) => path === '/3', HURTS['closes with 1011'] as Hurt, {
      maxPoisonAttempts: 0,
    });
    send(10);
    await until('the others', () => exporter.stats().acked === 9, 10_000);
    await exporter.shutdown();
    const stats = exporter.stats();
    expect([stats.dropped.shutdown_timeout, imbalance(stats)]).to.deep.equal([1, 0]);
  });
});
