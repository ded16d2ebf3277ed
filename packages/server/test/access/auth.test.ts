import { expect } from 'chai';

import { apiKeyOf, bearerOf } from '../../dist/access/auth.js';

describe('bearerOf', () => {
  it('reads the credentials of the Bearer scheme', () => {
    for (const authorization of ['Bearer abc', 'bearer abc', 'BEARER  abc ']) {
      expect(bearerOf({ authorization })).to.equal('abc');
    }
  });

  it('reads nothing else', () => {
    for (const authorization of ['', 'abc', 'Basic abc', 'Bearer', 'Bearer ', 'Bearer a b', 'xBearer abc']) {
      expect(bearerOf({ authorization }), authorization).to.equal(undefined);
    }
    expect(bearerOf({})).to.equal(undefined);
  });
});

describe('apiKeyOf', () => {
  it('reads the header, unless it is empty', () => {
    expect(apiKeyOf({ 'x-api-key': 'abc' })).to.equal('abc');
    expect(apiKeyOf({ 'x-api-key': '' })).to.equal(undefined);
    expect(apiKeyOf({})).to.equal(undefined);
  });
});
