import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import {
  isShareSecret,
  MAX_SHARES,
  ShareBook,
  type NewShare,
} from '../../../dist/access/sharing/share-book.js';
import type { CerberusServerError } from '../../../dist/errors.js';
import type { ShareWish } from '../../../dist/access/sharing/share-record.js';
import { OWN_ID, TokenBook } from '../../../dist/access/token-book.js';
import { tempFolder } from '../../support/temp-folder.js';

const HOUR = 3_600_000;
const WISH: ShareWish = {
  scope: {
    view: 'endpoint',
    range: { last: '24h' },
    clientId: 'shop',
    endpoint: { method: 'GET', endpoint: '/users/:id' },
    filter: {},
    metric: undefined,
    sort: 'requests',
  },
  details: false,
  validMillis: HOUR,
};

describe('ShareBook', () => {
  let path: string;
  let now: number;
  let tokens: TokenBook;
  let lines: string[];

  beforeEach(() => {
    path = join(tempFolder(), 'x.duckdb.shares');
    now = Date.parse('2025-03-01T12:00:00Z');
    tokens = new TokenBook('own', { path: undefined, log: () => undefined });
    lines = [];
  });

  const open = (): ShareBook =>
    new ShareBook(tokens, {
      path,
      log: (level, line) => void lines.push(`${level} ${line}`),
      now: () => now,
    });

  async function add(book: ShareBook, wish = WISH, createdBy = OWN_ID): Promise<NewShare> {
    const made = await book.add(wish, createdBy);
    if (made === 'too_many') throw new Error('too many');
    return made;
  }

  it('makes up secrets of 256 bits that do not repeat, and knows nothing near them', async () => {
    const book = open();
    const secrets = new Set<string>();
    for (let each = 0; each < 50; each += 1) secrets.add((await add(book)).secret);
    expect(secrets.size).to.equal(50);
    for (const secret of secrets) {
      expect(isShareSecret(secret)).to.equal(true);
      expect(Buffer.from(secret.slice('share-'.length), 'base64url')).to.have.length(32);
    }
    const [secret = ''] = secrets;
    for (const other of [
      '',
      'share-',
      secret.slice(0, -1),
      `${secret}x`,
      secret.toUpperCase(),
      secret.slice(6),
    ])
      expect(book.find(other), other).to.equal(undefined);
  });

  it('knows a link after a restart, and writes its secret nowhere', async () => {
    const { secret, share } = await add(open());
    expect(share).to.include({ details: false, createdBy: OWN_ID, createdAt: now, expiresAt: now + HOUR });
    expect(open().find(secret)).to.deep.equal(share);
    const written = readFileSync(path, 'utf8');
    expect(written).not.to.include(secret).and.not.include(secret.slice('share-'.length));
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(existsSync(`${path}.part`)).to.equal(false);
    const [record = {}] = (JSON.parse(written) as { shares: Record<string, unknown>[] }).shares;
    for (const value of Object.values(record)) expect(open().find(String(value))).to.equal(undefined);
  });

  it('ends a link at its time, to the millisecond, also one that was made before a restart', async () => {
    const book = open();
    const { secret, share } = await add(book);
    now += HOUR - 1;
    expect([book.find(secret), open().find(secret)]).to.deep.equal([share, share]);
    now += 1;
    expect([book.find(secret), open().find(secret)]).to.deep.equal(['ended', 'ended']);
    expect(await book.list()).to.deep.equal([]);
    expect(await book.revoke(share.id)).to.equal(false);
  });

  it('ends a link at once when it is revoked, for good, and no other one', async () => {
    const book = open();
    const [mine, other] = [await add(book), await add(book)];
    expect(await book.revoke(mine.share.id)).to.equal(true);
    expect([book.find(mine.secret), book.find(other.secret)]).to.deep.equal(['ended', other.share]);
    expect([open().find(mine.secret), open().find(other.secret)]).to.deep.equal([undefined, other.share]);
    expect(await book.list()).to.deep.equal([other.share]);
    expect(await book.revoke(mine.share.id)).to.equal(false);
  });

  it('ends a link with the token with which it was made', async () => {
    const created = tokens.create({ name: 'anna', purpose: 'admin', application: undefined });
    if (created === 'too_many') throw new Error('too many');
    const book = open();
    const [hers, own] = [await add(book, WISH, created.info.id), await add(book)];
    expect(book.find(hers.secret)).to.deep.equal(hers.share);
    tokens.revoke(created.info.id);
    expect([book.find(hers.secret), book.find(own.secret)]).to.deep.equal(['ended', own.share]);
    expect(await book.list()).to.deep.equal([own.share]);
  });

  it(`holds ${MAX_SHARES} valid links, and room comes back when one ends`, async () => {
    const book = open();
    const first = await add(book, { ...WISH, validMillis: HOUR / 2 });
    for (let each = 1; each < MAX_SHARES; each += 1) await add(book);
    expect(await book.add(WISH, OWN_ID)).to.equal('too_many');
    now += HOUR / 2;
    await add(book);
    expect(await book.add(WISH, OWN_ID)).to.equal('too_many');
    expect(book.find(first.secret), 'is not forgotten at once').to.equal('ended');
    expect(readFileSync(path, 'utf8')).not.to.include(first.share.id);
  });

  it('makes none that cannot be kept, and revokes none where that cannot be kept', async () => {
    const book = open();
    const { secret, share } = await add(book);
    mkdirSync(`${path}.part`);
    const codes = [book.add(WISH, OWN_ID), book.revoke(share.id)].map((change) =>
      (change as Promise<unknown>).catch((error: unknown) => (error as CerberusServerError).code),
    );
    expect(await Promise.all(codes)).to.deep.equal(['CREDENTIALS_FILE', 'CREDENTIALS_FILE']);
    expect(await book.list()).to.deep.equal([share]);
    expect(book.find(secret)).to.deep.equal(share);
  });

  it('has no links where the file is damaged, which is said without repeating it', () => {
    for (const text of [
      '',
      '{',
      'share-secret',
      '{"version":3,"shares":[]}',
      '{"version":2,"shares":[{}]}',
      '{"version":1,"shares":[{}]}',
    ]) {
      writeFileSync(path, text);
      lines = [];
      expect(open().find('share-secret')).to.equal(undefined);
      expect(lines[0]).to.match(/^warn no share link is valid any more: .*\.shares cannot be used: /);
      expect(lines[0]).not.to.include('share-secret');
    }
  });

  it('takes the file away from other users', async () => {
    await add(open());
    chmodSync(path, 0o644);
    open();
    expect(statSync(path).mode & 0o777).to.equal(0o600);
  });
});
