// Real processes that end in every usual way, and what the server has stored of them then. `LEAVING_ROUNDS=200` repeats the
// handler that everybody writes, with the flush interval of every day, which over TLS leaves something to chance: what
// docs/guarantees.md says of it was measured so.
import { expect } from 'chai';
import { Backend } from './leaving/backend.js';
import { ENDINGS, isPossible, PLAIN_HANDLER } from './leaving/endings.js';
import { runRound } from './leaving/round.js';

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
      this.timeout(60_000 + rounds * 5_000);
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
});
