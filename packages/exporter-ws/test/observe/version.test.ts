import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { AGENT, VERSION } from '../../dist/esm/observe/version.js';

describe('version', () => {
  it('is the one of package.json', () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(VERSION).to.equal(manifest.version);
    expect(AGENT).to.equal(`cerberus-otel-node/${manifest.version}`);
  });
});
