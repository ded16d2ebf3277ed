import { expect } from 'chai';

import { SpanWindow } from '../../../dist/receive/otlp/span-window.js';

describe('window of spans', () => {
  const stored = Promise.resolve();

  it('knows at least the last ones, and at most twice as many', () => {
    const window = new SpanWindow(10);
    for (let index = 0; index < 1000; index += 1) {
      window.add([`${index}`], stored);
      for (let age = 0; age < Math.min(10, index); age += 1)
        expect(window.find(`${index - age}`), `${age} before ${index}`).to.equal(stored);
    }
    const known = Array.from({ length: 1000 }, (_, index) => window.find(`${index}`) !== undefined);
    expect(known.filter(Boolean).length).to.be.within(10, 20);
  });

  it('forgets what could not be stored, in whichever generation it is', async () => {
    const window = new SpanWindow(2);
    const failed = Promise.reject(new Error('full'));
    window.add(['a', 'b', 'c'], failed);
    window.add(['d'], stored);
    await failed.catch(() => undefined);
    expect(['a', 'b', 'c', 'd'].map((id) => window.find(id))).to.deep.equal([
      undefined,
      undefined,
      undefined,
      stored,
    ]);
  });
});
