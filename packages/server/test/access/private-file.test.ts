import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { replacePrivately } from '../../dist/access/private-file.js';
import { tempFolder } from '../support/temp-folder.js';

/** In blocks of 512 bytes: no file may be longer, and a write beyond stops there, as on a full disk. */
const FILE_BLOCKS = 8;

const REPLACE = `
  import(process.argv[1]).then(({ replacePrivately }) => {
    try {
      replacePrivately(process.argv[2], 'new'.repeat(3000));
    } catch (error) {
      process.stdout.write(error.code);
    }
  });`;

describe('a private file', () => {
  before(function () {
    if (process.platform === 'win32') this.skip();
  });

  it('stays as it was, with nothing beside it, where the disk has no room for all of the new one', () => {
    const folder = tempFolder();
    const path = join(folder, 'x.duckdb.tokens');
    replacePrivately(path, 'old');
    const module = new URL('../../dist/access/private-file.js', import.meta.url).href;
    const command = [process.execPath, '-e', REPLACE, module, path];
    const limited = ['-c', `ulimit -S -f ${FILE_BLOCKS}; exec "$@"`, 'sh', ...command];
    expect(execFileSync('sh', limited, { encoding: 'utf8' })).to.equal('EFBIG');
    expect(readFileSync(path, 'utf8')).to.equal('old');
    expect(readdirSync(folder)).to.deep.equal(['x.duckdb.tokens']);
  });
});
