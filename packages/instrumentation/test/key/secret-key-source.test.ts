import { setImmediate as tick } from 'node:timers/promises';
import { expect } from 'chai';
import { pseudonym, secretKeyOf } from '../../dist/esm/enrich/ip-hasher.js';
import type { KeyAnswer } from '../../dist/esm/key/secret-key-fetch.js';
import { FetchedKey, fixedKey } from '../../dist/esm/key/secret-key-source.js';
import { FakeClock } from '../support/fake-clock.js';
import { RecordingReporter } from '../support/recording-reporter.js';

const LONG = 'k'.repeat(32);
const failed: KeyAnswer = { outcome: 'failed', reason: 'status 500' };
const good = (secretKey = LONG): KeyAnswer => ({ outcome: 'key', secretKey });

describe('FetchedKey', () => {
  let clock: FakeClock;
  let reporter: RecordingReporter;
  let acquired: number;
  let signals: AbortSignal[];
  let answers: ((answer: KeyAnswer) => void)[];
  let source: FetchedKey;

  beforeEach(() => {
    clock = new FakeClock();
    reporter = new RecordingReporter();
    acquired = 0;
    signals = [];
    answers = [];
    source = new FetchedKey({
      clock,
      reporter,
      onAcquired: () => {
        acquired += 1;
      },
      fetchKey(signal) {
        signals.push(signal);
        return new Promise((resolve) => {
          answers.push(resolve);
        });
      },
    });
  });

  async function answer(index: number, value: KeyAnswer): Promise<void> {
    answers[index]?.(value);
    await tick();
  }

  const currentHash = (): string | undefined => source.current && pseudonym(source.current, 'x');

  it('asks nobody and sets no timer before it is started', () => {
    expect([answers.length, clock.waits.length, source.acquiring]).to.deep.equal([0, 0, false]);
  });

  it('starts once', () => {
    source.start();
    source.start();
    expect(answers).to.have.length(1);
    expect(source.acquiring).to.equal(true);
  });

  it('has the key when the answer came, and says so once', async () => {
    source.start();
    await answer(0, good());
    expect(currentHash()).to.equal(pseudonym(secretKeyOf(LONG), 'x'));
    expect([source.acquiring, acquired]).to.deep.equal([false, 1]);
    expect(reporter.conditions).to.deep.equal([]);
  });

  it('ends each attempt after 5 s', async () => {
    source.start();
    clock.advance(4999);
    expect(signals[0]?.aborted).to.equal(false);
    clock.advance(1);
    expect(signals[0]?.aborted).to.equal(true);
    await answer(0, failed);
  });

  it('lets nobody wait for longer than 5 s, and still takes the key afterwards', async () => {
    source.start();
    clock.advance(5000);
    expect([source.acquiring, acquired]).to.deep.equal([false, 1]);
    await answer(0, good());
    expect(source.current).to.not.equal(undefined);
    expect(acquired).to.equal(1);
  });

  it('goes on waiting when the first attempt fails at once and the next one brings the key', async () => {
    source.start();
    await answer(0, failed);
    expect(source.acquiring).to.equal(true);
    clock.advance(1000);
    await answer(1, good());
    expect([source.acquiring, acquired]).to.deep.equal([false, 1]);
  });

  it('tries again after growing waits, at most every 5 min', async () => {
    source.start();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 14; attempt += 1) {
      await answer(attempt, failed);
      const wait = clock.waits.at(-1) ?? 0;
      // The window of the first 5 s is a timer too.
      waits.push(clock.waits.length > 1 && attempt < 2 ? Math.min(...clock.waits) : wait);
      clock.advance(wait);
    }
    expect(answers).to.have.length.of.at.least(14);
    expect(waits.at(-1)).to.be.within(150_000, 300_000);
    expect(waits[0]).to.be.within(500, 1000);
  });

  it('reports a failure when it begins and when it ends, not in between', async () => {
    source.start();
    await answer(0, failed);
    clock.advance(1000);
    await answer(1, failed);
    expect(reporter.codes).to.deep.equal(['CERBERUS_NO_KEY']);
    expect(reporter.conditions[0]?.message).to.include('status 500').and.include('no address');
    clock.advance(10_000);
    await answer(2, good());
    expect(reporter.lines).to.deep.equal(['the secret key could be fetched again']);
  });

  it('says when the credentials were refused', async () => {
    source.start();
    await answer(0, { outcome: 'refused', reason: 'status 401' });
    expect(reporter.codes).to.deep.equal(['CERBERUS_CREDENTIALS_REFUSED']);
  });

  it('says that the credentials are refused, once, also by a backend that could not be reached before', async () => {
    const refused: KeyAnswer = { outcome: 'refused', reason: 'status 403' };
    source.start();
    for (const [index, said] of [failed, refused, failed, refused].entries()) {
      await answer(index, said);
      clock.advance(300_000);
    }
    expect(reporter.codes).to.deep.equal(['CERBERUS_NO_KEY', 'CERBERUS_CREDENTIALS_REFUSED']);
  });

  it('asks again every 5 min, give or take 10 %', async () => {
    for (const [random, wait] of [
      [0, 270_000],
      [0.5, 300_000],
      [0.999_999, 330_000],
    ] as const) {
      clock.randomValue = random;
      if (answers.length === 0) source.start();
      await answer(answers.length - 1, good());
      expect(Math.round(clock.waits[0] ?? 0)).to.equal(wait);
      clock.advance(330_000);
    }
    expect(answers).to.have.length(4);
  });

  it('keeps the old key while a refresh fails', async () => {
    source.start();
    await answer(0, good());
    clock.advance(300_000);
    await answer(1, failed);
    expect(currentHash()).to.equal(pseudonym(secretKeyOf(LONG), 'x'));
    expect(reporter.conditions).to.deep.equal([]);
    expect(reporter.lines[0]).to.include('the old one stays in use');
  });

  it('takes a changed key without a restart, and says so', async () => {
    source.start();
    await answer(0, good());
    clock.advance(300_000);
    await answer(1, good('n'.repeat(32)));
    expect(currentHash()).to.equal(pseudonym(secretKeyOf('n'.repeat(32)), 'x'));
    expect(reporter.lines).to.deep.equal(['the backend has a new secret key: pseudonyms change']);
  });

  it('warns once about a short key, however often it is refreshed', async () => {
    source.start();
    await answer(0, good('short-1'));
    clock.advance(300_000);
    await answer(1, good('short-2'));
    expect(reporter.codes).to.deep.equal(['CERBERUS_SECRET_KEY_SHORT']);
    expect(JSON.stringify(reporter)).to.not.include('short-');
  });

  it('leaves no timer and no request behind when it is stopped', async () => {
    source.start();
    source.stop();
    expect(signals[0]?.aborted).to.equal(true);
    await answer(0, good());
    await source.attempt();
    expect([clock.waits, acquired, source.current]).to.deep.equal([[], 0, undefined]);
    source.start();
    expect(answers).to.have.length(1);
  });

  it('keeps its key after it was stopped, for what is still to be hashed', async () => {
    source.start();
    await answer(0, good());
    source.stop();
    expect(source.current).to.not.equal(undefined);
    expect(clock.waits).to.deep.equal([]);
  });
});

describe('fixedKey', () => {
  it('is there from the start and is not worth waiting for', async () => {
    const source = fixedKey(LONG, new RecordingReporter());
    source.start();
    await source.attempt();
    source.stop();
    expect(source.acquiring).to.equal(false);
    expect(source.current).to.not.equal(undefined);
    expect(fixedKey(undefined, new RecordingReporter()).current).to.equal(undefined);
  });
});
