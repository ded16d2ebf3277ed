// Promise: in batch mode every event is stored exactly once and in order, whatever fails on the way: commits that
// fail, commits that succeed but are reported as failed, throttling, cut connections, a second connection.

import { expect } from 'chai';
import fc from 'fast-check';

import { startServer } from '../../dist/server.js';
import { BatchSender } from '../support/senders/batch-sender.js';
import { ControlledStore, type Fault } from '../support/servers/controlled-store.js';
import { pause, within } from '@cerberus-otel/test-support/deadline';

const FRAMES = 60;
const TOKEN = 'once';

type Disturbance = 'cut' | 'overload' | 'second connection';

interface Schedule {
  /** What happens to the n-th append; none after the last. */
  readonly faults: readonly Fault[];
  readonly disturbances: readonly { readonly kind: Disturbance; readonly afterMillis: number }[];
}

const schedules: fc.Arbitrary<Schedule> = fc.record({
  faults: fc.array(fc.constantFrom<Fault>('none', 'none', 'none', 'fail', 'lost-answer'), { maxLength: 60 }),
  disturbances: fc.array(
    fc.record({
      kind: fc.constantFrom<Disturbance>('cut', 'overload', 'second connection'),
      afterMillis: fc.integer({ min: 0, max: 8 }),
    }),
    { minLength: 2, maxLength: 5 },
  ),
});

describe('batch mode under faults', () => {
  it('stores every event exactly once and in order', async function () {
    this.timeout(300_000);
    let throttles = 0;
    let reconnects = 0;
    await fc.assert(
      fc.asyncProperty(schedules, async (schedule) => {
        const senders = await run(schedule);
        throttles += senders.reduce((sum, sender) => sum + sender.throttles, 0);
        reconnects += senders.reduce((sum, sender) => sum + sender.connections - 1, 0);
      }),
      { numRuns: Number(process.env['CERBERUS_TEST_RUNS'] ?? 30) },
    );
    // The schedules have to hurt, or they show nothing.
    expect(throttles).to.be.greaterThan(10);
    expect(reconnects).to.be.greaterThan(10);
  });
});

async function run(schedule: Schedule): Promise<readonly BatchSender[]> {
  const store = new ControlledStore();
  let appended = 0;
  store.fault = (): Fault => schedule.faults[appended++] ?? 'none';
  const server = await startServer({
    port: 0,
    store,
    token: TOKEN,
    secretKey: 'k',
    throttleMillis: 3,
    maxInFlightFrames: 4,
  });
  const order: string[] = [];
  store.onCommit((events) => order.push(...events.map((event) => event.endpoint)));
  const senders = ['a', 'b'].map((producer) => senderOf(server.wsUrl, producer));
  const all = Promise.all(senders.map((each) => each.run()));
  try {
    for (const { kind, afterMillis } of schedule.disturbances) {
      await pause(afterMillis);
      await disturb(kind, store, senders, server.wsUrl);
    }
    await within('every acknowledgement', all, 10_000);
    for (const producer of ['a', 'b']) {
      const own = order.filter((endpoint) => endpoint.startsWith(`/${producer}/`));
      expect(own).to.deep.equal(framesOf(producer).flatMap((frame) => frame.map((event) => event.endpoint)));
    }
  } finally {
    for (const each of senders) each.stop();
    await within('the server to stop', server.close());
  }
  return senders;
}

async function disturb(
  kind: Disturbance,
  store: ControlledStore,
  senders: readonly BatchSender[],
  wsUrl: string,
): Promise<void> {
  if (kind === 'cut') {
    for (const each of senders) each.cut();
  } else if (kind === 'overload') {
    store.load = { appends: 1, events: 1, bytes: 1e12 };
    await pause(5);
    store.load = undefined;
  } else {
    // The same producer from elsewhere, with the same frames: each closes the other's connection for a while.
    const rival = senderOf(wsUrl, 'a');
    const rivalry = rival.run();
    await pause(10);
    rival.stop();
    await rivalry;
  }
}

function senderOf(wsUrl: string, producer: string): BatchSender {
  return new BatchSender({ wsUrl: () => wsUrl, token: TOKEN, producer, frames: framesOf(producer) });
}

function framesOf(producer: string): readonly (readonly { endpoint: string; method: string }[])[] {
  return Array.from({ length: FRAMES }, (_, frame) =>
    [0, 1].map((index) => ({ endpoint: `/${producer}/${frame + 1}/${index}`, method: 'GET' })),
  );
}
