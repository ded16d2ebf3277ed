// Who asks twice does not wait: the process ends at once, and leaves on disk what no backend has taken.
import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { send } from '../support/http-server.js';
import { filesIn } from '../support/left-spool.js';
import { RegisteredApp } from '../support/registered-app.js';

describe('a second signal under register', () => {
  for (const capture of ['light', 'otel'] as const) {
    it(`ends the process at once, and writes to the spool what is not delivered (${capture})`, async () => {
      const spoolDir = await mkdtemp(join(tmpdir(), 'cerberus-twice-'));
      afterTest(() => rm(spoolDir, { recursive: true }));
      const app = new RegisteredApp('plain-app.js', {
        CERBERUS_CAPTURE: capture,
        CERBERUS_WS_URL: 'ws://127.0.0.1:1/',
        CERBERUS_TOKEN: 'canary-token',
        CERBERUS_CLIENT_ID: 'twice',
        CERBERUS_SECRET_KEY: 'k'.repeat(32),
        CERBERUS_SPOOL_DIR: spoolDir,
        CERBERUS_SHUTDOWN_TIMEOUT_MILLIS: '60000',
      });
      await send(await app.port(), { target: '/users/7' });
      app.kill('SIGINT');
      await sleep(300);
      app.kill('SIGINT');
      expect(await app.ended).to.deep.equal({ code: null, signal: 'SIGINT' });
      expect((await filesIn(spoolDir)).filter((name) => name.endsWith('.seg'))).to.have.length(1);
    });
  }
});
