import { readFileSync } from 'node:fs';

import { expect } from 'chai';

import { VERSION } from '../../dist/observe/version.js';

describe('the version that a server says it has', () => {
  it('is the one of package.json', () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(VERSION).to.equal(manifest.version);
  });
});
