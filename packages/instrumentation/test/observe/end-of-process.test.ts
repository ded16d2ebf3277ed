// Who tries it out sends one request and ends the application: the diagnosis must not wait for a hundred.
import { expect } from 'chai';
import { runChild } from '../support/child.js';

describe('the diagnosis at the end of a process', () => {
  for (const mode of ['exit', 'shutdown', 'by itself']) {
    it(`is said once, also of a single request (${mode})`, async () => {
      const { code, stderr } = await runChild('short-life.js', { MODE: mode });
      expect(code).to.equal(0);
      expect(
        stderr.match(/\[CERBERUS_DOCTOR\] CerberusWarning: 1 request came in and none got a SERVER span/g),
      ).to.have.length(1);
    });
  }

  it('is not said where warnings are off', async () => {
    const { stderr } = await runChild('short-life.js', { MODE: 'exit', CERBERUS_WARNINGS: 'false' });
    expect(stderr).to.equal('');
  });
});
