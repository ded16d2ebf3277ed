import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { parseTokenRequest } from '../../dist/access/token-record.js';
import { TokenBook, verdictOn } from '../../dist/access/token-book.js';
import { tempFolder } from '../support/temp-folder.js';

const INGEST = { name: 'the shop', purpose: 'ingest', application: 'shop' } as const;

describe('TokenBook', () => {
  let path: string;
  let lines: string[];
  let now: number;

  beforeEach(() => {
    path = join(tempFolder(), 'x.duckdb.tokens');
    lines = [];
    now = Date.parse('2025-03-01T12:00:00Z');
  });

  function open(own = 'sk-right'): TokenBook {
    return new TokenBook(own, {
      path,
      log: (level, line) => void lines.push(`${level} ${line}`),
      now: () => now,
    });
  }

  function create(
    book: TokenBook,
    request: Parameters<TokenBook['create']>[0] = INGEST,
  ): { token: string; id: string } {
    const created = book.create(request);
    if (created === 'too_many') throw new Error('too many');
    return { token: created.token, id: created.info.id };
  }

  it("knows the server's own token, which is for everything, and nothing near it", () => {
    const book = open();
    const grant = book.find('sk-right');
    expect(grant).to.deep.equal({ id: 'own', held: 'all', application: undefined });
    for (const purpose of ['ingest', 'read', 'admin'] as const)
      expect(verdictOn(grant, purpose)).to.equal('ok');
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
    for (const other of others) expect(book.find(other), JSON.stringify(other)).to.equal(undefined);
  });

  it('makes up tokens of 256 bits, knows them after a restart, and writes none of them down', () => {
    const { token, id } = create(open());
    expect(Buffer.from(token.slice(3), 'base64url')).to.have.length(32);
    expect(readFileSync(path, 'utf8')).not.to.include(token.slice(3));
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(open().find(token)).to.deep.equal({ id, held: 'ingest', application: 'shop' });
    expect(existsSync(`${path}.part`)).to.equal(false);
  });

  it('asks for an application with a name, or for none: an empty text is none of them', () => {
    expect(parseTokenRequest({ ...INGEST, application: '' })).to.match(/^`application` must be/);
    for (const application of [undefined, null])
      expect(parseTokenRequest({ ...INGEST, application })).to.include({ application: undefined });
  });

  it('knows two tokens of one application at once, and only the other when one is revoked, for good', () => {
    const book = open();
    const [old, fresh] = [create(book), create(book)];
    const grant = book.find(old.token);
    expect([book.find(old.token)?.id, book.find(fresh.token)?.id]).to.deep.equal([old.id, fresh.id]);
    expect(book.revoke(old.id)).to.equal(true);
    for (const each of [book, open()])
      expect([each.find(old.token), each.find(fresh.token)?.id]).to.deep.equal([undefined, fresh.id]);
    expect(grant !== undefined && book.holds(grant)).to.equal(false);
    expect(book.revoke(old.id)).to.equal(false);
  });

  it("does not revoke the server's own token", () => {
    const book = open();
    expect(book.revoke('own')).to.equal(false);
    expect(book.find('sk-right')).to.have.property('id', 'own');
  });

  it('lists what it knows of each, and when it was used last', () => {
    const book = open();
    const { token, id } = create(book);
    now += 5000;
    book.find(token);
    const [own, issued] = book.list();
    expect(own).to.include({ id: 'own', purpose: 'all', createdAt: undefined, lastUsedAt: undefined });
    expect(issued).to.deep.equal({ ...INGEST, id, createdAt: now - 5000, lastUsedAt: now });
    book.close();
    expect(open().list()[1], 'kept').to.include({ id, lastUsedAt: now });
  });

  it('does not write for each use', () => {
    const book = open();
    const { token } = create(book);
    const before = readFileSync(path, 'utf8');
    for (let use = 0; use < 1000; use += 1) book.find(token);
    expect(readFileSync(path, 'utf8')).to.equal(before);
    book.close();
    expect(readFileSync(path, 'utf8')).not.to.equal(before);
  });

  it("warns once when an application sends with the server's own token", () => {
    const book = open();
    const { token } = create(book);
    book.findSender(token);
    book.findSender('wrong');
    book.find('sk-right');
    expect(lines).to.deep.equal([]);
    for (let use = 0; use < 3; use += 1) book.findSender('sk-right');
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(/^warn an application sends with the server's own token/);
  });

  it('is for no more than 1,000 tokens', function () {
    const book = new TokenBook('own', { path: undefined, log: () => undefined });
    for (let index = 0; index < 1000; index += 1) create(book);
    expect(book.create(INGEST)).to.equal('too_many');
  });

  it('refuses a file that it did not write, without repeating it', () => {
    for (const text of [
      '',
      '{',
      'sk-secret',
      '[]',
      '{"version":2,"tokens":[]}',
      '{"version":1,"tokens":[{}]}',
    ]) {
      writeFileSync(path, text);
      expect(() => open(), text)
        .to.throw(/\.tokens cannot be used: /)
        .with.property('code', 'CREDENTIALS_FILE');
      expect(() => open()).not.to.throw(/secret/);
    }
  });

  it('refuses a file in which a token has lost what it needs', () => {
    create(open());
    const written = JSON.parse(readFileSync(path, 'utf8')) as { tokens: Record<string, unknown>[] };
    expect(written.tokens).to.have.length(1);
    expect(() => open()).not.to.throw();
    for (const lost of [
      { id: undefined },
      { id: '' },
      { id: '../x' },
      { id: 'x'.repeat(65) },
      { created_at: 'soon' },
      { hash: 'abc' },
    ]) {
      const tokens = [{ ...written.tokens[0], ...lost }];
      writeFileSync(path, JSON.stringify({ ...written, tokens }));
      expect(() => open(), JSON.stringify(lost)).to.throw(/cannot be used: a token has no /);
    }
  });

  it('takes the file away from other users', () => {
    create(open());
    chmodSync(path, 0o644);
    open();
    expect(statSync(path).mode & 0o777).to.equal(0o600);
  });
});
