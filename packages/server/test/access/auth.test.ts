import { expect } from 'chai';

import { apiKeyOf, bearerOf, TokenCheck } from '../../dist/access/auth.js';

describe('TokenCheck', () => {
  const check = new TokenCheck('sk-right');

  it('accepts the token and nothing else', () => {
    expect(check.accepts('sk-right')).to.equal(true);
    const others = [
      'sk-righ',
      'sk-rightt',
      'SK-RIGHT',
      '',
      ' sk-right',
      undefined,
      null,
      7,
      ['sk-right'],
      { length: 8 },
    ];
    for (const other of others) expect(check.accepts(other), JSON.stringify(other)).to.equal(false);
  });
});

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
