import { setImmediate } from 'node:timers/promises';
import { Writable } from 'node:stream';
import { expect } from 'chai';
import { corkForTurn } from '../../dist/receive/cork.js';

describe('a stream that is corked for a turn', () => {
  it('gets what one turn writes at once, in order, and the next turn by itself', async () => {
    const writes: string[][] = [];
    const stream = new Writable({
      decodeStrings: false,
      write(chunk: string, _encoding, done) {
        writes.push([chunk]);
        done();
      },
      writev(chunks, done) {
        writes.push(chunks.map(({ chunk }) => String(chunk)));
        done();
      },
    });
    const answer = async (text: string, before: Promise<void>): Promise<void> => {
      await before;
      corkForTurn(stream);
      stream.write(text);
    };
    let answered = Promise.resolve();
    for (const text of ['a', 'b', 'c', 'd']) answered = answer(text, answered);
    await answered;
    await setImmediate();
    corkForTurn(stream);
    stream.write('e');
    await setImmediate();
    expect(writes).to.deep.equal([['a', 'b', 'c', 'd'], ['e']]);
    expect(stream.writableCorked).to.equal(0);
  });
});
