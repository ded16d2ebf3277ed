// Real processes that end in every usual way, and what the server has stored of them then. `LEAVING_ROUNDS=200` repeats the
// handler that everybody writes, with the flush interval of every day, which over TLS leaves something to chance: what
// docs/guarantees.md says of it was measured so.
import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Backend } from './backend.js';
import { ENDINGS, isPossible, PLAIN_HANDLER } from './endings.js';
import { LeavingApp } from './leaving-app.js';
import { runRound } from './round.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';

const MEASURED = process.env['LEAVING_ROUNDS'];
const ROUNDS = Number(MEASURED ?? 4);
const EVERY_DAY = { env: { CERBERUS_FLUSH_INTERVAL_MILLIS: '250' } };

describe('an application that leaves', function () {
  this.timeout(60_000);
  let backend: Backend;

  before(async () => {
    backend = await Backend.start();
  });
  after(() => backend.stop());

  for (const ending of ENDINGS) {
    const { title, expected } = ending;
    it(`leaves nothing behind: ${title}`, async function () {
      if (!isPossible(ending) && process.env['CERBERUS_REQUIRE_ALL_TESTS'] !== 'true') this.skip();
      const rounds = PLAIN_HANDLER.includes(ending) ? ROUNDS : 1;
      this.timeout(MEASURED === undefined ? 60_000 + rounds * 5_000 : 0);
      let lost = 0;
      for (let round = 0; round < rounds; round += 1) {
        const outcome = await runRound(backend, { ...ending, ...(MEASURED !== undefined && EVERY_DAY) });
        expect([outcome.code, outcome.signal], outcome.output).to.deep.equal([
          expected.code,
          expected.signal,
        ]);
        if (outcome.stored !== outcome.served) lost += 1;
      }
      expect(lost, 'rounds in which a request was lost').to.equal(0);
    });
  }

  it('over TLS and with a spool loses nothing whatever the moment: the next life sends the rest, once', async () => {
    const spool = await mkdtemp(join(tmpdir(), 'cerberus-leaving-'));
    afterTest(() => rm(spool, { recursive: true }));
    const env = { ...backend.env('TLS', 'spooling'), CERBERUS_SPOOL_DIR: spool, ...EVERY_DAY.env };
    const lives = 3;
    for (let life = 1; life <= lives; life += 1) {
      const app = await LeavingApp.start({ setUp: 'in code', env: { ...env, HANDLER: 'plain' } });
      afterTest(() => app.kill('SIGKILL'));
      for (let index = 1; index < 6; index += 1) await app.ask(`/${index}`);
      const last = app.ask('/slow');
      await app.said('slow');
      app.kill('SIGTERM');
      await last;
      expect(await app.ended, app.output).to.deep.equal({ code: 0, signal: null });
    }
    const app = await LeavingApp.start({ setUp: 'in code', env });
    afterTest(() => app.kill('SIGKILL'));
    await app.ask('/last');
    const served = lives * 6 + 1;
    expect(await backend.stored('spooling', served, 15_000)).to.equal(served);
    // Nothing comes twice after that.
    app.kill('SIGTERM');
    await app.ended;
    expect(await backend.stored('spooling', served + 1, 200)).to.equal(served);
  });
});
