// Promise: nothing of ours keeps a process alive. A program that is done ends as if Cerberus were not there, also while
// the backend that should give out the key hangs.
import { expect } from 'chai';
import { runChild } from '../support/child.js';
import { startKeyServer } from '../support/key-server.js';

describe('the end of a process', () => {
  it('does not wait for a key endpoint that hangs', async () => {
    const keyServer = await startKeyServer(() => undefined);
    try {
      const { report, code, millis } = await runChild('asks-for-key.js', { BACKEND_URL: keyServer.url });
      expect(keyServer.asked).to.have.length(1);
      expect(code).to.equal(0);
      expect(report['waiting']).to.equal(1);
      // From the report to the end of the process; an attempt to get the key may take 5 s.
      expect(millis).to.be.below(1000);
    } finally {
      await keyServer.close();
    }
  });

  it('does not wait for a key endpoint that cannot be connected to', async () => {
    // TEST-NET-1 (RFC 5737): no answer, or none that helps.
    const { code, millis } = await runChild('asks-for-key.js', {
      BACKEND_URL: 'http://192.0.2.1:9',
      CERBERUS_ALLOW_INSECURE_TRANSPORT: 'true',
      CERBERUS_WARNINGS: 'false',
      NO_WAIT: 'true',
    });
    expect(code).to.equal(0);
    expect(millis).to.be.below(1000);
  });

  it('does not wait for a key endpoint that answered, nor for the next refresh', async () => {
    const keyServer = await startKeyServer((response) => response.end('{"secret_key":"k"}'));
    try {
      const { code, report, millis } = await runChild('asks-for-key.js', { BACKEND_URL: keyServer.url });
      expect([code, report['waiting']]).to.deep.equal([0, 0]);
      expect(millis).to.be.below(1000);
    } finally {
      await keyServer.close();
    }
  });
});
