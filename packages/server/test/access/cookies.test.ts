import { expect } from 'chai';

import { cookieOf, setCookie } from '../../dist/access/cookies.js';

describe('cookies', () => {
  it('are found by their whole name', () => {
    const headers = { cookie: 'a=1; session=x=y=; session_2=z' };
    expect(cookieOf(headers, 'session')).to.equal('x=y=');
    expect(cookieOf(headers, 'session_2')).to.equal('z');
    for (const name of ['ession', 'sess', '', 'b']) expect(cookieOf(headers, name), name).to.equal(undefined);
    expect(cookieOf({}, 'session')).to.equal(undefined);
  });

  it('are set so that no script reads them and no other site sends them', () => {
    const set = setCookie('s', 'v', { maxAgeSeconds: 60, secure: false });
    expect(set).to.equal('s=v; HttpOnly; SameSite=Strict; Max-Age=60');
    expect(setCookie('s', 'v', { maxAgeSeconds: 0, secure: true })).to.match(/Max-Age=0; Secure$/);
  });
});
