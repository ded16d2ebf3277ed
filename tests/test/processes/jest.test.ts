// `jest --detectOpenHandles` lists what a test leaves open: nothing of ours. Fake timers of a test, which in jest are fake ticks too, hold nothing up.
import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { startServer } from '@cerberus-otel/server';

const JEST = createRequire(import.meta.url).resolve('jest/bin/jest');
const FOLDER = fileURLToPath(new URL('../../apps/jest/', import.meta.url));

describe('jest --detectOpenHandles', function () {
  this.timeout(120_000);

  it('names nothing after a shutdown, which ends also while timers are fake', async () => {
    const server = await startServer({ port: 0, db: ':memory:', token: 't', secretKey: 'k'.repeat(32) });
    try {
      const child = spawn(
        process.execPath,
        [JEST, '--detectOpenHandles', '--no-cache', '--rootDir', FOLDER],
        {
          cwd: FOLDER,
          env: { PATH: process.env['PATH'], APP_WS_URL: server.wsUrl, CERBERUS_WARNINGS: 'false' },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      let output = '';
      const collect = (chunk: Buffer): void => void (output += chunk.toString());
      child.stdout.on('data', collect);
      child.stderr.on('data', collect);
      const [code] = (await once(child, 'close')) as [number | null];
      expect(code, output).to.equal(0);
      expect(output).to.include('Tests:       2 passed').and.not.include('open handle');
    } finally {
      await server.close();
    }
  });
});
