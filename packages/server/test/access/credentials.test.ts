import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { resolveCredentials } from '../../dist/access/credentials.js';
import { CerberusServerError } from '../../dist/errors.js';
import { smallDisk } from '../support/databases/small-disk.js';
import { removeTempFolders, tempFolder } from '../support/temp-folder.js';

describe('resolveCredentials', () => {
  let db: string;

  beforeEach(() => {
    db = join(tempFolder(), 'x.duckdb');
  });

  afterEach(removeTempFolders);

  const none = { token: undefined, secretKey: undefined };

  it('takes what it is given', () => {
    expect(resolveCredentials({ token: 't', secretKey: 'k', db })).to.deep.equal({
      token: 't',
      tokenOrigin: { kind: 'given' },
      secretKey: 'k',
    });
    expect(existsSync(`${db}.token`)).to.equal(false);
  });

  it('makes up each of the two only where it is not given', () => {
    const { token, tokenOrigin } = resolveCredentials({ token: undefined, secretKey: 'k', db });
    expect(tokenOrigin).to.deep.equal({ kind: 'file', path: `${db}.token`, isNew: true });
    expect(readFileSync(`${db}.token`, 'utf8')).to.equal(`${token}\n`);
    expect(existsSync(`${db}.secret-key`)).to.equal(false);
  });

  it('makes up others every time where there is no file', () => {
    const [one, two] = [
      resolveCredentials({ ...none, db: undefined }),
      resolveCredentials({ ...none, db: undefined }),
    ];
    expect(new Set([one.token, one.secretKey, two.token, two.secretKey]).size).to.equal(4);
  });

  it('reads what an operator wrote, with or without a line break', () => {
    writeFileSync(`${db}.token`, 'my-token');
    writeFileSync(`${db}.secret-key`, 'my-key\r\n');
    expect(resolveCredentials({ ...none, db })).to.deep.equal({
      token: 'my-token',
      tokenOrigin: { kind: 'file', path: `${db}.token`, isNew: false },
      secretKey: 'my-key',
    });
  });

  it('leaves nothing where the disk is full, so that the next start makes both up', function () {
    const disk = smallDisk(1);
    if (disk === undefined) return this.skip();
    const onDisk = join(disk.folder, 'x.duckdb');
    const rest = join(disk.folder, 'rest');
    expect(() => writeFileSync(rest, Buffer.alloc(2_000_000))).to.throw('ENOSPC');
    expect(() => resolveCredentials({ ...none, db: onDisk })).to.throw(CerberusServerError, 'ENOSPC');
    expect(readdirSync(disk.folder)).to.deep.equal(['rest']);
    rmSync(rest);
    expect(resolveCredentials({ ...none, db: onDisk }).tokenOrigin).to.deep.include({ isNew: true });
  });

  it('takes the file away from other users', () => {
    writeFileSync(`${db}.token`, 'my-token');
    chmodSync(`${db}.token`, 0o644);
    resolveCredentials({ ...none, db });
    expect(statSync(`${db}.token`).mode & 0o777).to.equal(0o600);
  });

  it('refuses a file that holds no credential, without repeating it', () => {
    for (const text of ['', '\n', 'two words', 'two\nlines', 'x'.repeat(600)]) {
      writeFileSync(`${db}.token`, text);
      expect(() => resolveCredentials({ ...none, db }))
        .to.throw(/\.token must hold one line/)
        .with.property('code', 'CREDENTIALS_FILE');
    }
  });

  it('says which file it cannot use', () => {
    mkdirSync(`${db}.token`);
    expect(() => resolveCredentials({ ...none, db })).to.throw(/x\.duckdb\.token cannot be used/);
  });
});
