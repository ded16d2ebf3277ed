import { expect } from 'chai';

import { SESSION_SECONDS, Sessions } from '../../dist/access/sessions.js';

describe('sessions', () => {
  it('are open from their beginning until their end', () => {
    const sessions = new Sessions();
    const [mine, other] = [sessions.begin(), sessions.begin()];
    expect(sessions.isOpen(mine)).to.equal(true);
    sessions.end(mine);
    expect([sessions.isOpen(mine), sessions.isOpen(other)]).to.deep.equal([false, true]);
  });

  it('are unknown to whoever has no secret or a wrong one', () => {
    const sessions = new Sessions();
    const secret = sessions.begin();
    for (const wrong of [undefined, '', 'x', `${secret}x`, secret.toUpperCase()])
      expect(sessions.isOpen(wrong), String(wrong)).to.equal(false);
  });

  it('have secrets of 256 bits that do not repeat', () => {
    const sessions = new Sessions();
    const secrets = new Set(Array.from({ length: 100 }, () => sessions.begin()));
    expect(secrets.size).to.equal(100);
    for (const secret of secrets) expect(Buffer.from(secret, 'base64url')).to.have.length(32);
  });

  it('end by themselves after a week', () => {
    let now = 0;
    const sessions = new Sessions(() => now);
    const secret = sessions.begin();
    now = SESSION_SECONDS * 1000 - 1;
    expect(sessions.isOpen(secret)).to.equal(true);
    now += 1;
    expect(sessions.isOpen(secret)).to.equal(false);
  });

  it('are no more than 1,000: the oldest gives way', () => {
    const sessions = new Sessions();
    const secrets = Array.from({ length: 1001 }, () => sessions.begin());
    expect(secrets.filter((secret) => sessions.isOpen(secret))).to.deep.equal(secrets.slice(1));
  });
});
