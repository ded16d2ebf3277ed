import { expect } from 'chai';

import { GuessLimit } from '../../dist/access/guess-limit.js';

describe('the limit of wrong tokens', () => {
  let now: number;
  let limit: GuessLimit;

  beforeEach(() => {
    now = 5000;
    limit = new GuessLimit(() => now);
  });

  function guess(times: number, address = 'a'): readonly number[] {
    return Array.from({ length: times }, () => limit.wrong(address));
  }

  it('takes ten of an address in a minute', () => {
    expect(guess(10)).to.deep.equal(Array(10).fill(0));
    expect(guess(2)).to.deep.equal([60, 60]);
    expect(limit.wrong('b'), 'another address').to.equal(0);
  });

  it('begins anew when the minute is over', () => {
    guess(10);
    now += 59_500;
    expect(guess(1)).to.deep.equal([1]);
    now += 500;
    expect(limit.isOver('a')).to.equal(false);
    expect(guess(10)).to.deep.equal(Array(10).fill(0));
  });

  it('takes a hundred from all addresses, and slows down nobody who has shown the right one', () => {
    limit.right('known');
    for (let index = 0; index < 99; index += 1) limit.wrong(`address ${index}`);
    expect(limit.isOver('new')).to.equal(false);
    limit.wrong('one more');
    expect([limit.isOver('new'), limit.isOver('known')]).to.deep.equal([true, false]);
    expect(limit.wrong('new')).to.equal(60);
    guess(10, 'known');
    expect(limit.isOver('known'), 'its own guesses count').to.equal(true);
  });

  it('takes ten of an address in a minute from all servers that share a database, until their minute is over', () => {
    const told: string[] = [];
    limit.onWrong((address) => told.push(address));
    expect(limit.wrong('a')).to.equal(0);
    limit.heard({ millisLeft: 20_000, total: 11, of: (address) => (address === 'a' ? 10 : 1) });
    expect([limit.wrong('a'), limit.wrong('b')]).to.deep.equal([20, 0]);
    expect(told).to.deep.equal(['a', 'a', 'b']);
    now += 20_000;
    expect(limit.isOver('a')).to.equal(false);
    limit.right('known');
    limit.heard({ millisLeft: 20_000, total: 100, of: () => 0 });
    expect([limit.isOver('a'), limit.isOver('known')]).to.deep.equal([true, false]);
  });

  it('remembers a thousand addresses that showed the right one, the latest', () => {
    for (let index = 0; index <= 1000; index += 1) limit.right(`known ${index}`);
    for (let index = 0; index < 100; index += 1) limit.wrong(`address ${index}`);
    expect([limit.isOver('known 0'), limit.isOver('known 1')]).to.deep.equal([true, false]);
  });
});
