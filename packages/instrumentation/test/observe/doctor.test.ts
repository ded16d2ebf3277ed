import { expect } from 'chai';
import { Doctor } from '../../dist/esm/observe/doctor.js';
import { FakeClock } from '../support/fake-clock.js';
import { RecordingReporter } from '../support/recording-reporter.js';

const isIgnored = (path: string): boolean => path === '/health';
const isRelieved = (): boolean => false;

describe('Doctor', () => {
  let clock: FakeClock;
  let reporter: RecordingReporter;
  let doctor: Doctor;

  beforeEach(() => {
    clock = new FakeClock();
    reporter = new RecordingReporter();
    doctor = new Doctor({ clock, reporter, isIgnored, isRelieved, delivery: () => undefined });
  });

  afterEach(() => doctor.conclude());

  const requests = (count: number, spans = 0): void => {
    for (let index = 0; index < count; index += 1) {
      doctor.requestArrived('/');
      if (index < spans) doctor.spanStarted('/');
    }
  };

  it('does nothing, and sets no timer, before the first request', () => {
    expect(clock.waits).to.deep.equal([]);
    expect(doctor.watching).to.equal(true);
  });

  it('speaks once after 30 s', () => {
    requests(3);
    clock.advance(29_999);
    expect(reporter.codes).to.deep.equal([]);
    clock.advance(1);
    expect(reporter.codes).to.deep.equal(['CERBERUS_DOCTOR']);
    expect(reporter.conditions[0]?.message).to.match(/^3 requests/);
    requests(200);
    clock.advance(100_000);
    expect(reporter.codes).to.have.length(1);
    expect(doctor.watching).to.equal(false);
  });

  it('speaks earlier after 100 requests, but gives the backend 5 s to answer', () => {
    clock.advance(50);
    requests(101);
    clock.advance(4_999);
    expect(reporter.codes).to.deep.equal([]);
    clock.advance(1);
    expect(reporter.codes).to.have.length(1);

    const late = new Doctor({ clock, reporter, isIgnored, isRelieved, delivery: () => undefined });
    late.requestArrived('/');
    clock.advance(20_000);
    for (let count = 0; count < 100; count += 1) late.requestArrived('/');
    clock.advance(1);
    expect(reporter.codes).to.have.length(2);
  });

  it('is silent where all is well', () => {
    requests(100, 100);
    clock.advance(30_000);
    expect(reporter.codes).to.deep.equal([]);
  });

  it('sees what the exporter says', () => {
    const delivery = { accepted: 5, acked: 0, state: 'suspended', lastFailure: 'status 401' };
    const other = new Doctor({ clock, reporter, isIgnored, isRelieved, delivery: () => delivery });
    other.requestArrived('/');
    other.spanStarted('/');
    clock.advance(30_000);
    expect(reporter.conditions[0]?.message).to.include('status 401');
  });

  it('speaks when no request will come any more, of those that came, and once', () => {
    requests(1);
    doctor.conclude();
    expect(reporter.conditions[0]?.message).to.match(/^1 request /);
    doctor.conclude();
    clock.advance(30_000);
    expect(reporter.codes).to.have.length(1);
    expect(clock.waits).to.deep.equal([]);
  });

  it('is silent at the end of a process that had no request', () => {
    doctor.conclude();
    expect(reporter.codes).to.deep.equal([]);
    expect(doctor.watching).to.equal(false);
  });

  it('takes no missing acknowledgement for a fault at the end, but a failure', () => {
    for (const [lastFailure, expected] of [
      [null, 0],
      ['status 401', 1],
    ] as const) {
      const delivery = { accepted: 5, acked: 0, state: 'ready', lastFailure };
      const other = new Doctor({ clock, reporter, isIgnored, isRelieved, delivery: () => delivery });
      other.requestArrived('/');
      other.spanStarted('/');
      other.conclude();
      expect(reporter.codes).to.have.length(expected);
    }
  });

  it("is silent where requests are another processor's to count", () => {
    const relieved = new Doctor({
      isIgnored,
      clock,
      reporter,
      delivery: () => undefined,
      isRelieved: () => true,
    });
    relieved.requestArrived('/');
    relieved.conclude();
    expect(reporter.codes).to.deep.equal([]);
  });

  it('troubles nobody when it fails', () => {
    const failing = new Doctor({
      isIgnored,
      clock,
      reporter,
      isRelieved,
      delivery: () => {
        throw new Error('no');
      },
    });
    failing.requestArrived('/');
    clock.advance(30_000);
    expect(reporter.codes).to.deep.equal([]);
    expect(clock.waits).to.deep.equal([]);
  });
});
