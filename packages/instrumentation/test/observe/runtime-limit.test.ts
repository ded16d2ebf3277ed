import { expect } from 'chai';
import { runtimeLimit } from '../../dist/esm/observe/runtime-limit.js';

describe('limits of the runtime', () => {
  it('are none on Node.js and on Deno', () => {
    expect(runtimeLimit()).to.equal(undefined);
    expect(runtimeLimit({ node: '26.3.0', deno: '2.9.6' })).to.equal(undefined);
  });

  it('are said of Bun, with the page that has the answer', () => {
    expect(runtimeLimit({ node: '26.0.0', bun: '1.4.5' })).to.match(
      /^Bun is not supported.*docs\/frameworks\.md/,
    );
  });
});
