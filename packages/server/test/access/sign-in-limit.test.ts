import { expect } from 'chai';

import { SignInLimit } from '../../dist/access/sign-in-limit.js';

describe('the limit of failed sign-ins', () => {
  let now: number;
  let limit: SignInLimit;

  beforeEach(() => {
    now = 5000;
    limit = new SignInLimit(() => now);
  });

  function fail(times: number, address = 'a'): void {
    for (let index = 0; index < times; index += 1) limit.failed(address);
  }

  it('lets ten of an address fail in a minute', () => {
    fail(9);
    expect(limit.waitSeconds('a')).to.equal(0);
    fail(1);
    expect(limit.waitSeconds('a')).to.equal(60);
    expect(limit.waitSeconds('b'), 'another address').to.equal(0);
  });

  it('lets them try again when the minute is over', () => {
    fail(10);
    now += 59_500;
    expect(limit.waitSeconds('a')).to.equal(1);
    now += 500;
    expect(limit.waitSeconds('a')).to.equal(0);
    fail(9);
    expect(limit.waitSeconds('a'), 'the count began anew').to.equal(0);
  });

  it('stops everybody after a hundred, from however many addresses', () => {
    for (let index = 0; index < 99; index += 1) limit.failed(`address ${index}`);
    expect(limit.waitSeconds('new')).to.equal(0);
    limit.failed('one more');
    expect(limit.waitSeconds('new')).to.equal(60);
  });
});
