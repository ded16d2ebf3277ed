import { expect } from 'chai';

import { verdictOf } from '../../page/dist/parts/verdict.js';

describe('how a request ended', () => {
  it('is no success when it was aborted or failed, whatever its status says', () => {
    expect(verdictOf({ status_code: 200, outcome: 'aborted' })).to.deep.equal({
      text: '200',
      colour: 's-4xx',
      word: 'aborted',
    });
    expect(verdictOf({ status_code: 200, outcome: 'error' })).to.include({ colour: 's-5xx', word: 'error' });
  });

  it('is told by the status where that says it all', () => {
    expect(verdictOf({ status_code: 200, outcome: 'completed' })).to.include({
      colour: 's-2xx',
      word: undefined,
    });
    expect(verdictOf({ status_code: 500, outcome: 'error' })).to.include({
      colour: 's-5xx',
      word: undefined,
    });
    expect(verdictOf({ status_code: 404 })).to.include({ text: '404', colour: 's-4xx' });
  });

  it('is told by the outcome where there is no status, and by a dash where there is neither', () => {
    expect(verdictOf({ outcome: 'aborted' })).to.deep.equal({
      text: 'aborted',
      colour: 's-4xx',
      word: undefined,
    });
    expect(verdictOf({})).to.include({ text: '–', colour: 's-none' });
  });
});
