import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { nameOfApplication } from '../../dist/esm/config/package-name.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';

describe('nameOfApplication', () => {
  let folder: string;
  let before: string;

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'cerberus-')));
    before = process.cwd();
    afterTest(() => {
      process.chdir(before);
      rmSync(folder, { recursive: true, force: true });
    });
  });

  function write(name: string, content: string): string {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  it('is that of the package.json nearest to the file that was started', () => {
    write('package.json', '{"name":"outer"}');
    write('apps/shop/package.json', '{"name":"@acme/shop"}');
    expect(nameOfApplication(write('apps/shop/dist/main.js', ''))).to.equal('@acme/shop');
  });

  it('passes over a package.json without a name, or that is none', () => {
    write('package.json', '{"name":"outer"}');
    write('a/package.json', '{"type":"module"}');
    write('a/b/package.json', '{');
    write('a/b/c/package.json', '{"name":""}');
    expect(nameOfApplication(write('a/b/c/main.js', ''))).to.equal('outer');
  });

  it('follows a link to the file that was started', () => {
    write('apps/shop/package.json', '{"name":"shop"}');
    symlinkSync(write('apps/shop/main.js', ''), join(folder, 'link.js'));
    expect(nameOfApplication(join(folder, 'link.js'))).to.equal('shop');
  });

  it('is that of the working directory for an installed tool, for nothing, and for what is no file', () => {
    write('package.json', '{"name":"mine"}');
    write('node_modules/next/package.json', '{"name":"next"}');
    const tool = write('node_modules/next/dist/bin/next', '');
    process.chdir(folder);
    for (const entry of [tool, '', join(folder, 'gone.js')]) {
      expect(nameOfApplication(entry), entry).to.equal('mine');
    }
  });
});
