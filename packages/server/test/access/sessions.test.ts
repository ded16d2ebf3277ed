import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { SESSION_SECONDS, Sessions } from '../../dist/access/sessions.js';
import type { Log } from '../../dist/log.js';
import { OWN_ID, TokenBook } from '../../dist/access/token-book.js';
import { tempFolder } from '../support/temp-folder.js';

const OWN = { id: OWN_ID };
const NOWHERE = { path: undefined, log: (): void => undefined };

function book(token = 'own'): TokenBook {
  return new TokenBook(token, { path: undefined, log: () => undefined });
}

describe('sessions', () => {
  it('are open from their beginning until their end', () => {
    const sessions = new Sessions(book(), NOWHERE);
    const [mine, other] = [sessions.begin(OWN), sessions.begin(OWN)];
    expect(sessions.find(mine)).to.include({ held: 'all' });
    sessions.end(mine);
    expect([sessions.find(mine)?.id, sessions.find(other)?.id]).to.deep.equal([undefined, OWN_ID]);
  });

  it('are unknown to whoever has no secret or a wrong one', () => {
    const sessions = new Sessions(book(), NOWHERE);
    const secret = sessions.begin(OWN);
    for (const wrong of [undefined, '', 'x', `${secret}x`, secret.toUpperCase()])
      expect(sessions.find(wrong), String(wrong)).to.equal(undefined);
  });

  it('have secrets of 256 bits that do not repeat', () => {
    const sessions = new Sessions(book(), NOWHERE);
    const secrets = new Set(Array.from({ length: 100 }, () => sessions.begin(OWN)));
    expect(secrets.size).to.equal(100);
    for (const secret of secrets) expect(Buffer.from(secret, 'base64url')).to.have.length(32);
  });

  it('end by themselves after a week', () => {
    let now = 0;
    const sessions = new Sessions(book(), { ...NOWHERE, now: () => now });
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
    const sessions = new Sessions(tokens, NOWHERE);
    const secret = sessions.begin(created.info);
    expect(sessions.find(secret)).to.include({ held: 'read' });
    tokens.revoke(created.info.id);
    expect(sessions.find(secret)).to.equal(undefined);
  });

  it('are no more than 1,000: the oldest gives way', () => {
    const sessions = new Sessions(book(), NOWHERE);
    const secrets = Array.from({ length: 1001 }, () => sessions.begin(OWN));
    expect(secrets.filter((secret) => sessions.find(secret) !== undefined)).to.deep.equal(secrets.slice(1));
  });

  describe('with a file', () => {
    let path: string;

    beforeEach(() => {
      path = join(tempFolder(), 'x.duckdb.sessions');
    });

    const open = (token = 'own', log: Log = NOWHERE.log): Sessions =>
      new Sessions(book(token), { path, log });

    it('outlive a restart, and stay ended when they were ended before it', () => {
      const sessions = open();
      const [mine, other] = [sessions.begin(OWN), sessions.begin(OWN)];
      sessions.end(other);
      expect(open().find(mine)).to.include({ held: 'all' });
      expect(open().find(other)).to.equal(undefined);
    });

    it('do not outlive a change of the token', () => {
      const secret = open().begin(OWN);
      expect(open('another').find(secret)).to.equal(undefined);
    });

    it('do not outlive their week', () => {
      const sessions = new Sessions(book(), {
        ...NOWHERE,
        path,
        now: () => Date.now() - SESSION_SECONDS * 1000,
      });
      expect(open().find(sessions.begin(OWN))).to.equal(undefined);
    });

    it('are written so that the file gives nobody a session, and only its owner reads it', () => {
      const secret = open().begin(OWN);
      expect(readFileSync(path, 'utf8')).not.to.include(secret);
      expect(statSync(path).mode & 0o777).to.equal(0o600);
      const written = (JSON.parse(readFileSync(path, 'utf8')) as { sessions: Record<string, string>[] })
        .sessions;
      for (const value of Object.values(written[0] ?? {})) expect(open().find(value)).to.equal(undefined);
    });

    it('go on in memory where the file cannot be written, which is said', () => {
      const lines: string[] = [];
      const sessions = open('own', (level, line) => void lines.push(`${level} ${line}`));
      mkdirSync(`${path}.part`);
      expect(sessions.find(sessions.begin(OWN))).to.include({ id: OWN_ID });
      expect(existsSync(path)).to.equal(false);
      expect(lines[0]).to.match(/^warn sessions of the page are not kept: /);
    });

    it('are none where the file is damaged, which is said', () => {
      for (const text of ['', '{', '{"version":1}', '{"version":1,"sessions":[{}]}']) {
        writeFileSync(path, text);
        const lines: string[] = [];
        const sessions = open('own', (level, line) => void lines.push(`${level} ${line}`));
        expect(lines[0]).to.match(/^warn everybody is signed out: .*\.sessions cannot be used: /);
        expect(sessions.find(sessions.begin(OWN))).to.include({ id: OWN_ID });
      }
    });
  });
});
