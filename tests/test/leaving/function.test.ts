// What has no server of Node.js makes its spans itself: AWS Lambda and its like.
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Backend } from './backend.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';

const FOLDER = fileURLToPath(new URL('../../apps/leaving/', import.meta.url));

describe('a function without a server', function () {
  this.timeout(60_000);

  it('has each call stored when flush() has resolved, though the process is killed then', async () => {
    const backend = await Backend.start();
    afterTest(() => backend.stop());
    const env = {
      PATH: process.env['PATH'],
      OTEL_TRACES_EXPORTER: 'none',
      ...backend.env('loopback', 'function'),
    };
    const signal = await new Promise((resolve) => {
      const args = ['--import', './in-code.mjs', 'function.mjs'];
      execFile(process.execPath, args, { cwd: FOLDER, env }, (error) => resolve(error?.signal));
    });
    expect(signal).to.equal('SIGKILL');
    expect(await backend.stored('function', 2)).to.equal(2);
  });
});
