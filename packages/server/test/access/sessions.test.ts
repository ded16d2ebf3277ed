import { expect } from 'chai';

import { SESSION_SECONDS, Sessions } from '../../dist/access/sessions.js';
import { OWN_ID, TokenBook } from '../../dist/access/token-book.js';

const OWN = { id: OWN_ID };

function book(token = 'own'): TokenBook {
  return new TokenBook(token, { path: undefined, log: () => undefined });
}

describe('sessions', () => {
  it('are open from their beginning until their end', () => {
    const sessions = new Sessions(book());
    const [mine, other] = [sessions.begin(OWN), sessions.begin(OWN)];
    expect(sessions.find(mine)).to.include({ held: 'all' });
    sessions.end(mine);
    expect([sessions.find(mine)?.id, sessions.find(other)?.id]).to.deep.equal([undefined, OWN_ID]);
  });

  it('are unknown to whoever has no secret or a wrong one', () => {
    const sessions = new Sessions(book());
    const secret = sessions.begin(OWN);
    for (const wrong of [undefined, '', 'x', `${secret}x`, secret.toUpperCase()])
      expect(sessions.find(wrong), String(wrong)).to.equal(undefined);
  });

  it('have secrets of 256 bits that do not repeat', () => {
    const sessions = new Sessions(book());
    const secrets = new Set(Array.from({ length: 100 }, () => sessions.begin(OWN)));
    expect(secrets.size).to.equal(100);
    for (const secret of secrets) expect(Buffer.from(secret, 'base64url')).to.have.length(32);
  });

  it('end by themselves after a week', () => {
    let now = 0;
    const sessions = new Sessions(book(), () => now);
    const secret = sessions.begin(OWN);
    now = SESSION_SECONDS * 1000 - 1;
    expect(sessions.find(secret)).to.include({ id: OWN_ID });
    now += 1;
    expect(sessions.find(secret)).to.equal(undefined);
  });

  it('end with the token that they were begun with, and may do what it may', () => {
    const tokens = book();
    const created = tokens.create({ name: 'a reader', purpose: 'read', application: undefined });
    if (created === 'too_many') throw new Error('too many');
    const sessions = new Sessions(tokens);
    const secret = sessions.begin(created.info);
    expect(sessions.find(secret)).to.include({ held: 'read' });
    tokens.revoke(created.info.id);
    expect(sessions.find(secret)).to.equal(undefined);
  });

  it('are no more than 1,000: the oldest gives way', () => {
    const sessions = new Sessions(book());
    const secrets = Array.from({ length: 1001 }, () => sessions.begin(OWN));
    expect(secrets.filter((secret) => sessions.find(secret) !== undefined)).to.deep.equal(secrets.slice(1));
  });
});
