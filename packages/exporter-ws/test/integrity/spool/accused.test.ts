// An event on disk that ends connections costs no other event, although those that came meanwhile are in front of it then.
import { expect } from 'chai';
import type { CerberusWsExporter } from '../../../dist/esm/index.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { imbalance } from '../../support/exporters.js';
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
});
