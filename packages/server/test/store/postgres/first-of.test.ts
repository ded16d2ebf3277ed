import { setTimeout as sleep } from 'node:timers/promises';

import { expect } from 'chai';

import { firstOf } from '../../../dist/store/postgres/engine/first-of.js';
import { until } from '@cerberus-otel/test-support/deadline';

const NEVER = new Promise<string>(() => undefined);
const failing = (reason: string) => (): Promise<string> => Promise.reject(new Error(reason));

describe('the first of several attempts', () => {
  const discarded: string[] = [];
  /** One that is waited for alone for longer than any test takes. */
  const PATIENT = { headStartMillis: 600_000, againMillis: 600_000, discard: (): void => undefined };
  const HASTY = { headStartMillis: 1, againMillis: 1, discard: (late: string) => void discarded.push(late) };

  beforeEach(() => void discarded.splice(0));

  it('is that of the one which is asked first, where that answers; no other is asked', async () => {
    let asked = 0;
    const other = (): Promise<string> => {
      asked += 1;
      return Promise.resolve('other');
    };
    expect(await firstOf([() => sleep(20, 'preferred'), other], PATIENT)).to.equal('preferred');
    expect(asked).to.equal(0);
  });

  it('is asked of the next at once when one fails', async () => {
    expect(await firstOf([failing('a'), failing('b'), () => Promise.resolve('c')], PATIENT)).to.equal('c');
  });

  it('fails with every reason, in order, as soon as all have failed', async () => {
    const error = await firstOf([failing('a'), failing('b')], PATIENT).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(AggregateError);
    expect((error as AggregateError).errors.map(String)).to.deep.equal(['Error: a', 'Error: b']);
  });

  it('waits for none that says nothing, and asks one again that is not ready yet', async () => {
    let asked = 0;
    const slowlyReady = (): Promise<string> => {
      asked += 1;
      return asked < 5 ? Promise.reject(new Error('is a standby')) : Promise.resolve('promoted');
    };
    expect(await firstOf([() => NEVER, slowlyReady], HASTY)).to.equal('promoted');
    expect(asked).to.equal(5);
  });

  it('leaves what comes too late to who discards it', async () => {
    let late: (value: string) => void = () => undefined;
    const first = (): Promise<string> => new Promise((resolve) => (late = resolve));
    expect(await firstOf([first, () => Promise.resolve('second')], HASTY)).to.equal('second');
    late('late');
    await until('it is discarded', () => discarded.length > 0);
    expect(discarded).to.deep.equal(['late']);
  });
});
