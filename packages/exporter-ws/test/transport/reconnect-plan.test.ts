import { expect } from 'chai';
import type { Disconnect } from '../../dist/esm/protocol/connection.js';
import {
  ReconnectPlan,
  type ConnectionSummary,
  type NextAttempt,
  type PlanConfig,
} from '../../dist/esm/transport/reconnect-plan.js';

const defaults: PlanConfig = {
  protocol: 'auto',
  acks: 'required',
  initialBackoffMillis: 1_000,
  maxBackoffMillis: 30_000,
  ackTimeoutMillis: 10_000,
};
const plan = (config: Partial<PlanConfig> = {}): ReconnectPlan =>
  new ReconnectPlan({ ...defaults, ...config });
const never: ConnectionSummary = {
  offered: true,
  mode: undefined,
  sentEvents: 0,
  answeredEvents: 0,
  waitedMillis: 0,
  narrowed: false,
};
const fruitless: ConnectionSummary = {
  offered: false,
  mode: 'event',
  sentEvents: 9,
  answeredEvents: 0,
  waitedMillis: 10_000,
  narrowed: false,
};
const moment = { now: 0, wallClockMillis: 0, random: 0.5 };
const next = (subject: ReconnectPlan, end: Disconnect, summary = never): NextAttempt =>
  subject.next(end, summary, moment);
const refusedWith = (status: number): Disconnect => ({
  kind: 'upgrade_refused',
  status,
  retryAfter: undefined,
});

describe('reconnect plan', () => {
  it('doubles the backoff until something is settled', () => {
    const subject = plan();
    const delays = [1, 2, 3].map(() => next(subject, { kind: 'closed', code: 1006 }).delayMillis);
    expect(delays).to.deep.equal([500, 1_000, 2_000]);
    subject.established('batch', 0);
    expect(next(subject, { kind: 'closed', code: 1006 }).delayMillis).to.equal(4_000);
    subject.settled();
    expect(next(subject, { kind: 'closed', code: 1006 }).delayMillis).to.equal(500);
  });

  it('offers batch mode unless told otherwise', () => {
    expect([
      plan().offersBatch(0),
      plan({ protocol: 'batch' }).offersBatch(0),
      plan({ protocol: 'event' }).offersBatch(0),
    ]).to.deep.equal([true, true, false]);
  });

  for (const end of [
    { kind: 'not_batch', why: 'x' },
    refusedWith(400),
    refusedWith(404),
  ] satisfies Disconnect[]) {
    it(`tries event mode at once after ${JSON.stringify(end)}`, () => {
      const subject = plan();
      expect(next(subject, end)).to.include({ state: 'connecting', delayMillis: 0 });
      expect(subject.offersBatch(0)).to.equal(false);
    });
  }

  for (const end of [
    refusedWith(401),
    refusedWith(403),
    refusedWith(408),
    refusedWith(429),
    refusedWith(500),
    { kind: 'closed', code: 1006 },
    { kind: 'timeout', what: 'connect' },
    { kind: 'timeout', what: 'welcome' },
  ] satisfies Disconnect[]) {
    it(`takes ${JSON.stringify(end)} for no answer to the offer`, () => {
      const subject = plan();
      expect(next(subject, end).state).to.not.equal('connecting');
      expect(subject.offersBatch(0)).to.equal(true);
    });
  }

  it('remembers event mode for one hour once it was established', () => {
    const subject = plan();
    next(subject, { kind: 'not_batch', why: 'x' });
    subject.established('event', 1_000);
    expect([
      subject.offersBatch(1_000),
      subject.offersBatch(3_600_999),
      subject.offersBatch(3_601_000),
    ]).to.deep.equal([false, false, true]);
  });

  it('offers batch mode again when event mode failed too', () => {
    const subject = plan();
    next(subject, refusedWith(404));
    expect(next(subject, refusedWith(404), { ...never, offered: false }).state).to.equal('suspended');
    expect(subject.offersBatch(0)).to.equal(true);
  });

  it('does not take a slow welcome of a server that has spoken batch mode for an event-mode server', () => {
    const subject = plan();
    subject.established('batch', 0);
    expect(next(subject, { kind: 'timeout', what: 'welcome' }).state).to.equal('backoff');
    expect(next(subject, refusedWith(404)).state).to.equal('suspended');
    expect(subject.offersBatch(0)).to.equal(true);
    expect(next(subject, { kind: 'not_batch', why: 'x' }).state).to.equal('connecting');
  });

  it('waits longer for a welcome that was late, until one comes', () => {
    const subject = plan();
    const late: Disconnect = { kind: 'timeout', what: 'welcome' };
    const waits = [1, 2, 3, 4].map(() => {
      const { welcomeTimeoutMillis } = subject;
      next(subject, late);
      return welcomeTimeoutMillis;
    });
    expect(waits).to.deep.equal([5_000, 10_000, 20_000, 30_000]);
    subject.established('batch', 0);
    expect(subject.welcomeTimeoutMillis).to.equal(5_000);
  });

  it('says what may be wrong when no welcome comes three times in a row, and goes on', () => {
    const subject = plan();
    const late: Disconnect = { kind: 'timeout', what: 'welcome' };
    const attempts = [1, 2, 3].map(() => next(subject, late));
    expect(attempts.map(({ state, condition }) => [state, condition])).to.deep.equal([
      ['backoff', undefined],
      ['backoff', undefined],
      ['backoff', 'CERBERUS_NEVER_ACKNOWLEDGED'],
    ]);
    expect(attempts[2]?.why).to.include('CERBERUS_PROTOCOL=event');
    expect(subject.offersBatch(0)).to.equal(true);
  });

  it('takes no welcome for an answer where the backend is said to answer nothing', () => {
    const subject = plan({ acks: 'none' });
    expect(next(subject, { kind: 'timeout', what: 'welcome' }).state).to.equal('connecting');
    expect(subject.offersBatch(0)).to.equal(false);
  });

  it('never falls back with protocol batch', () => {
    const subject = plan({ protocol: 'batch' });
    expect(next(subject, { kind: 'not_batch', why: 'x' }).state).to.equal('suspended');
    expect(next(subject, { kind: 'timeout', what: 'welcome' }).state).to.equal('backoff');
    expect(subject.offersBatch(0)).to.equal(true);
  });

  it('suspends after three connections that took events and answered none, and names acks none', () => {
    const subject = plan();
    const end: Disconnect = { kind: 'timeout', what: 'acknowledgement' };
    expect([next(subject, end, fruitless).state, next(subject, end, fruitless).state]).to.deep.equal([
      'backoff',
      'backoff',
    ]);
    const third = next(subject, end, fruitless);
    expect(third).to.include({ state: 'suspended', condition: 'CERBERUS_NEVER_ACKNOWLEDGED' });
    expect(third.why).to.include("acks: 'none'");
    expect(third.delayMillis).to.be.at.least(60_000);
  });

  it('says of a connection that took no events why it ended, also after such as were never answered', () => {
    const subject = plan();
    for (let round = 0; round < 3; round += 1)
      next(subject, { kind: 'timeout', what: 'acknowledgement' }, fruitless);
    const { why, state, condition } = next(subject, { kind: 'failed', code: 'ECONNREFUSED' });
    expect([state, condition]).to.deep.equal(['backoff', undefined]);
    expect(why).to.include('ECONNREFUSED').and.not.include('acknowledged none');
  });

  it('says so but goes on with the usual backoff in batch mode, where sending again doubles nothing', () => {
    const subject = plan();
    const end: Disconnect = { kind: 'timeout', what: 'acknowledgement' };
    const batch: ConnectionSummary = { ...fruitless, offered: true, mode: 'batch' };
    const attempts = Array.from({ length: 9 }, () => next(subject, end, batch));
    expect(attempts.map(({ state }) => state)).to.deep.equal(Array.from({ length: 9 }, () => 'backoff'));
    expect(attempts.map(({ condition }) => condition).slice(1, 3)).to.deep.equal([
      undefined,
      'CERBERUS_NEVER_ACKNOWLEDGED',
    ]);
    expect(Math.max(...attempts.map(({ delayMillis }) => delayMillis))).to.equal(15_000);
  });

  it('takes silence, or TLS that fails, for a fault and not for a setting once something was delivered', () => {
    const subject = plan({ protocol: 'event' });
    subject.settled();
    const silent: Disconnect = { kind: 'timeout', what: 'acknowledgement' };
    const broken: Disconnect = { kind: 'failed', code: 'EPROTO' };
    for (let time = 0; time < 9; time += 1) {
      expect(next(subject, silent, fruitless).state).to.equal('backoff');
      expect(next(subject, broken).state).to.equal('backoff');
    }
  });

  it('does not count a connection that broke soon, or one with an answer', () => {
    const subject = plan();
    const end: Disconnect = { kind: 'closed', code: 1006 };
    for (let time = 0; time < 9; time += 1) {
      expect(next(subject, end, { ...fruitless, waitedMillis: 100 }).state).to.equal('backoff');
      expect(next(subject, end, { ...fruitless, answeredEvents: 1 }).state).to.equal('backoff');
    }
  });

  it('suspends on the third failure of TLS in a row, not on one that broke an established connection', () => {
    const subject = plan({ protocol: 'batch' });
    const end: Disconnect = { kind: 'failed', code: 'EPROTO' };
    subject.established('batch', 0);
    expect(next(subject, end, { ...never, mode: 'batch' }).state).to.equal('backoff');
    const refused: Disconnect = { kind: 'failed', code: 'ECONNREFUSED' };
    const states = [end, end, refused, end, end, end].map((each) => next(subject, each).state);
    expect(states).to.deep.equal(['backoff', 'backoff', 'backoff', 'backoff', 'backoff', 'suspended']);
  });

  it('does not double the backoff for a connection after which fewer events go together', () => {
    const subject = plan();
    const end: Disconnect = { kind: 'closed', code: 1011 };
    const delays = [true, true, false, false].map(
      (narrowed) => next(subject, end, { ...never, mode: 'batch', narrowed }).delayMillis,
    );
    expect(delays).to.deep.equal([500, 500, 500, 1_000]);
  });

  it('waits briefly while a shutdown waits, whatever the backend asks for', () => {
    const subject = plan();
    const restart: Disconnect = { kind: 'closed', code: 1012 };
    const busy: Disconnect = { kind: 'upgrade_refused', status: 503, retryAfter: '60' };
    next(subject, restart);
    subject.hurry();
    const delays = [restart, busy, restart, busy, restart, restart, restart].map(
      (end) => next(subject, end).delayMillis,
    );
    expect(delays).to.deep.equal([25, 50, 100, 200, 400, 500, 500]);
    expect(next(subject, { kind: 'closed', code: 4401 }).state).to.equal('suspended');
  });
});
