// A server of batch mode that takes long to its first word is no server of event mode: events wait for it, and are stored once.
import { MemoryStore, startServer, type ProducerClaim, type ProducerRef } from '@cerberus-otel/server';
import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock, type Clock } from '../../dist/esm/clock.js';
import { CerberusWsExporter } from '../../dist/esm/index.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { imbalance, QUICK, TOKEN } from '../support/exporters.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { numberedSpans } from '../support/spans.js';

/** Time passes ten times as fast for the exporter. */
const FAST = 10;
const fastClock: Clock = {
  ...systemClock,
  now: () => systemClock.now() * FAST,
  after: (millis, callback) => systemClock.after(millis / FAST, callback),
};

/** Longer than the exporter waits the first time, which is 5 s. */
const LATE_MILLIS = 7_000;

/** Is asked for the last number of a producer before each welcome. */
class HesitantStore extends MemoryStore {
  hesitations = 0;

  override async claim(producer: ProducerRef): Promise<ProducerClaim | undefined> {
    this.hesitations += 1;
    await sleep(LATE_MILLIS / FAST);
    return super.claim(producer);
  }
}

describe('a welcome that comes late', () => {
  it('F48 is waited for: nothing goes in event mode, and each event is stored once', async () => {
    const store = new HesitantStore();
    const server = await startServer({ store, token: TOKEN, port: 0 });
    afterTest(() => server.close());
    const proxy = await FaultProxy.start(() => server.port);
    const exporter = new CerberusWsExporter(
      {
        ...QUICK,
        wsUrl: `ws://127.0.0.1:${proxy.port}/ws/events`,
        connectTimeoutMillis: 10_000,
        ackTimeoutMillis: 10_000,
        pingIntervalMillis: 15_000,
        pingTimeoutMillis: 10_000,
        maxBatchEvents: 20,
        shutdownTimeoutMillis: 1_000,
      },
      { clock: fastClock, env: { CERBERUS_WARNINGS: 'false' } },
    );
    afterTest(() => exporter.shutdown());
    exporter.export(numberedSpans(50), () => undefined);
    await exporter.forceFlush();
    expect(store.hesitations).to.be.at.least(2);
    // Acknowledgements that are lost: in event mode the events would be stored again.
    proxy.set('drop-down');
    exporter.export(numberedSpans(50, 50), () => undefined);
    await sleep(100);
    proxy.reset();
    proxy.set('pass');
    await exporter.forceFlush();
    expect(exporter.stats()).to.include({ mode: 'batch', acked: 100, rejected: 0 });
    expect(imbalance(exporter.stats())).to.equal(0);
    const response = await fetch(`${server.url}/api/events?limit=1000`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const { events } = (await response.json()) as { events: { endpoint: string }[] };
    expect(events.length).to.equal(100);
    expect(new Set(events.map(({ endpoint }) => endpoint)).size).to.equal(100);
  });
});
