// An event on disk that ends connections costs no other event, although those that came meanwhile are in front of it then.
import { expect } from 'chai';
import { CerberusWsExporter } from '../../../dist/esm/index.js';
import { systemClock } from '../../../dist/esm/clock.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';
import { imbalance, QUICK } from '../../support/exporters.js';
import { BatchBackend } from '../../support/scripted-server.js';
import { numberedSpans, serverSpan } from '../../support/spans.js';
import { ignore, useSpooling } from '../../support/spooling.js';

describe('an event on disk that ends connections alone', () => {
  const spooling = useSpooling();

  for (const [reason, code, maxPoisonAttempts] of [
    ['too_large', 1009, 5],
    ['poison', 1011, 1],
  ] as const) {
    it(`is the one that is given up as ${reason}, whatever was accepted meanwhile`, async () => {
      const port = await spooling.freePort();
      const before = spooling.exporterTo(port, { protocol: 'batch', shutdownTimeoutMillis: 20 });
      before.export([serverSpan({ 'url.path': '/culprit' })], ignore);
      await before.shutdown();

      const backend = new BatchBackend();
      let exporter: CerberusWsExporter | undefined;
      let deaths = 0;
      backend.onFrame = (_seq, events, socket) => {
        if (!events.some(({ endpoint }) => endpoint === '/culprit')) return true;
        deaths += 1;
        if (deaths === 1) exporter?.export(numberedSpans(3), ignore);
        socket.close(code);
        return false;
      };
      await spooling.serve(backend.script(), port);
      exporter = spooling.exporterTo(port, { protocol: 'batch', maxPoisonAttempts });
      await until('all to be settled', () => {
        const { accepted, acked, dropped } = exporter.stats();
        return accepted === 4 && acked + dropped[reason] === 4;
      });
      expect(backend.stored.map(({ endpoint }) => endpoint)).to.have.members(['/0', '/1', '/2']);
      expect(exporter.stats().dropped[reason]).to.equal(1);
      expect(imbalance(exporter.stats())).to.equal(0);
    });
  }

  it('stays the one that is accused when another process leaves something meanwhile, in event mode', async () => {
    const other = spooling.exporterTo(1, { shutdownTimeoutMillis: 20 });
    other.export(numberedSpans(5), ignore);

    const stored: string[] = [];
    let deaths = 0;
    let isAway = false;
    await spooling.serve({
      refuses: () => (isAway ? { status: 503 } : undefined),
      onMessage: ({ endpoint }, socket) => {
        if (endpoint !== '/culprit') {
          stored.push(String(endpoint));
          socket.send('ok');
          return;
        }
        deaths += 1;
        // The second one that it ends alone: from then on it is accused.
        isAway = deaths === 2;
        socket.close(1011);
      },
    });
    let adopt: (() => void) | undefined;
    const clock = {
      ...systemClock,
      after(millis: number, callback: () => void) {
        if (millis !== 60_000) return systemClock.after(millis, callback);
        adopt = callback;
        return { cancel: ignore };
      },
    };
    const options = { ...QUICK, wsUrl: spooling.server.url, spoolDir: spooling.folder };
    const exporter = new CerberusWsExporter(
      { ...options, protocol: 'event', maxPoisonAttempts: 0 },
      { clock, env: { CERBERUS_WARNINGS: 'false' } },
    );
    afterTest(() => exporter.shutdown());
    await until('the folder to be looked through', () => adopt !== undefined);
    exporter.export([serverSpan({ 'url.path': '/culprit' })], ignore);
    await until('the accusation', () => isAway && exporter.stats().state === 'backoff');
    await other.shutdown();
    adopt?.();
    await until('what the other has left', () => exporter.stats().accepted === 6);
    isAway = false;
    await until('all others', () => exporter.stats().acked === 5);
    expect([...stored].toSorted()).to.deep.equal(['/0', '/1', '/2', '/3', '/4']);
    const { queued, inFlight, spooled } = exporter.stats();
    expect([queued + inFlight, spooled.events, imbalance(exporter.stats())]).to.deep.equal([1, 0, 0]);
  });
});
