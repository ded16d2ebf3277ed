import { expect } from 'chai';

import { SequenceLookup } from '../../../../dist/store/duckdb/writing/sequence-lookup.js';

describe('SequenceLookup', () => {
  it('answers those together who ask before their turn comes, and later ones at the next turn', async () => {
    const read: (readonly string[])[] = [];
    let turn: Promise<unknown> = Promise.resolve();
    const lookup = new SequenceLookup(
      (producers) => {
        read.push(producers);
        return Promise.resolve(new Map([['a', 7]]));
      },
      (task) => {
        const result = turn.then(task);
        turn = result;
        return result;
      },
    );
    expect(await Promise.all(['a', 'b', 'a'].map((each) => lookup.lastSeq(each)))).to.deep.equal([7, 0, 7]);
    expect(await lookup.lastSeq('a')).to.equal(7);
    expect(read).to.deep.equal([['a', 'b'], ['a']]);
  });

  it('fails for those who asked, and only for them', async () => {
    let failures = 2;
    const lookup = new SequenceLookup(
      () => Promise.resolve(new Map()),
      (task) => (failures-- > 0 ? Promise.reject(new Error('no turn')) : task()),
    );
    const outcomes = await Promise.allSettled(['a', 'b'].map((each) => lookup.lastSeq(each)));
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    failures = 0;
    expect(await lookup.lastSeq('a')).to.equal(0);
  });
});
