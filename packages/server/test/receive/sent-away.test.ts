import { expect } from 'chai';

import { Counters } from '../../dist/observe/counters.js';
import { ServerMetrics } from '../../dist/observe/metrics.js';
import { BatchSession } from '../../dist/receive/batch-session.js';
import { ProducerRegistry } from '../../dist/receive/producer-registry.js';
import { Receiver } from '../../dist/receive/receiver.js';
import { ControlledStore } from '../support/servers/controlled-store.js';
import { pause, until } from '@cerberus-otel/test-support/deadline';
import { wireEvent } from '../support/events/events.js';

/** What a session said, and the code with which it ended the connection. */
interface Heard {
  readonly said: string[];
  readonly codes: number[];
}

function connect(store: ControlledStore, sendAwayAfterMillis: number): [BatchSession, Heard] {
  const heard: Heard = { said: [], codes: [] };
  const peer = {
    send: (text: string): void => void heard.said.push(text),
    close: (code: number): void => void heard.codes.push(code),
    pause() {},
    resume() {},
    guessed() {},
    authenticated() {},
  };
  const limits = {
    maxPendingBytes: 1e6,
    maxPendingEvents: 1000,
    maxEventAgeDays: 30,
    maxEventAheadMillis: 0,
    sendAwayAfterMillis,
  };
  const receiver = new Receiver(store, new Counters(), new ServerMetrics(), limits, () => {});
  const session = new BatchSession(
    peer,
    receiver,
    new ProducerRegistry(),
    { maxFrameBytes: 10_000, maxInFlightFrames: 4, throttleMillis: 1, helloTimeoutMillis: 10_000 },
    { grant: { id: 'x', held: 'ingest', application: undefined }, tokens: { holds: () => true } },
  );
  return [session, heard];
}

function tell(session: BatchSession, message: object): void {
  session.receive(Buffer.from(JSON.stringify(message)), false);
}

describe('a sender, while the database is out of reach', () => {
  const sendAway = 50;
  let store: ControlledStore;

  beforeEach(() => {
    store = new ControlledStore();
    store.fault = () => 'fail';
  });

  async function failTwice(sendAwayAfterMillis: number): Promise<Heard> {
    const [session, heard] = connect(store, sendAwayAfterMillis);
    tell(session, { type: 'hello', client_id: 'my-app', producer: 'p' });
    await until('it is welcome', () => heard.said.length === 1);
    for (const expected of [2, 3]) {
      tell(session, { type: 'events', seq: 1, events: [wireEvent()] });
      await until('it is answered', () => heard.said.length === expected || heard.codes.length > 0);
      await pause(2 * sendAway);
    }
    session.disconnected();
    return heard;
  }

  it('is throttled at first, and after a time sent away with 1012, to look for another server', async () => {
    const { said, codes } = await failTwice(sendAway);
    expect(said.map((text) => (JSON.parse(text) as { code?: string }).code)).to.deep.equal([
      undefined,
      'throttle',
    ]);
    expect(codes).to.deep.equal([1012]);
  });

  it('is only throttled where there is no other server', async () => {
    const { said, codes } = await failTwice(Infinity);
    expect(said).to.have.length(3);
    expect(codes).to.deep.equal([]);
  });
});
