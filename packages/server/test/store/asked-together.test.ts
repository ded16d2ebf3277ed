import { expect } from 'chai';

import { AskedTogether } from '../../dist/store/asked-together.js';

/** Turns, one after the other, of which each gives its number. */
function turns(): <T>(task: (turn: number) => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let count = 0;
  return (task) => {
    const result = last.then(() => {
      count += 1;
      return task(count);
    });
    last = result.catch(() => undefined);
    return result;
  };
}

describe('those who ask together', () => {
  it('are answered together who ask before their turn comes, and later ones at the next turn', async () => {
    const read: unknown[] = [];
    const lookup = new AskedTogether((turn: number, questions: readonly string[]) => {
      read.push([turn, questions]);
      return Promise.resolve(questions.map((each) => (each === 'a' ? 7 : 0)));
    }, turns());
    expect(await Promise.all(['a', 'b', 'a'].map((each) => lookup.ask(each)))).to.deep.equal([7, 0, 7]);
    expect(await lookup.ask('a')).to.equal(7);
    expect(read).to.deep.equal([
      [1, ['a', 'b', 'a']],
      [2, ['a']],
    ]);
  });

  it('are answered in several turns where they are too many for one', async () => {
    const sizes: number[] = [];
    const lookup = new AskedTogether(
      (_: number, questions: readonly number[]) => {
        sizes.push(questions.length);
        return Promise.resolve(questions.map((each) => each * 2));
      },
      turns(),
      4,
    );
    const asked = Array.from({ length: 10 }, (_, n) => n);
    expect(await Promise.all(asked.map((n) => lookup.ask(n)))).to.deep.equal(asked.map((n) => n * 2));
    expect(sizes).to.deep.equal([4, 4, 2]);
  });

  it('fail together, and nobody else does', async () => {
    let failures = 2;
    const lookup = new AskedTogether(
      (_: undefined, questions: readonly string[]) => Promise.resolve(questions.map(() => 0)),
      async (task) => {
        failures -= 1;
        if (failures >= 0) throw new Error('no turn');
        return task(undefined);
      },
    );
    const outcomes = await Promise.allSettled(['a', 'b'].map((each) => lookup.ask(each)));
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    failures = 0;
    expect(await lookup.ask('a')).to.equal(0);
  });
});
