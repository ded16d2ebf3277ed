import { expect } from 'chai';
import fc from 'fast-check';
import {
  evidenceOf,
  retryAfterMillis,
  retryDelay,
  suspensionDelay,
  verdictOn,
} from '../../dist/esm/transport/disconnect-policy.js';

const now = Date.parse('2026-01-01T00:00:00Z');
const closed = (code: number): unknown => verdictOn({ kind: 'closed', code }, now);
const refused = (status: number, retryAfter?: string): unknown =>
  verdictOn({ kind: 'upgrade_refused', status, retryAfter }, now);
const failed = (code: string): unknown => verdictOn({ kind: 'failed', code }, now);

describe('disconnect policy', () => {
  it('suspends on refused credentials', () => {
    const suspended = { action: 'suspend', code: 'CERBERUS_CREDENTIALS_REFUSED' };
    for (const code of [1008, 4401, 4403]) expect(closed(code), String(code)).to.deep.equal(suspended);
    for (const status of [401, 403]) expect(refused(status), String(status)).to.deep.equal(suspended);
  });

  it('has a verdict for every close code', () => {
    for (const code of [
      1000, 1001, 1002, 1003, 1005, 1006, 1007, 1009, 1010, 1011, 1013, 1014, 3000, 4000, 4400, 4409, 4999,
    ]) {
      expect(closed(code), String(code)).to.deep.equal({ action: 'retry' });
    }
    expect(closed(1012)).to.deep.equal({ action: 'retry', minMillis: 5_000, maxMillis: 30_000 });
  });

  it('takes an end for evidence against what was in flight, unless it says why it came', () => {
    const codes = [1000, 1002, 1003, 1005, 1006, 1007, 1010, 1011, 1014, 3000, 4000, 4400, 4999];
    for (const code of codes) expect(evidenceOf({ kind: 'closed', code }), String(code)).to.equal('fault');
    for (const code of [1001, 1008, 1012, 1013, 4401, 4403, 4408, 4409])
      expect(evidenceOf({ kind: 'closed', code }), String(code)).to.equal('none');
    expect(evidenceOf({ kind: 'closed', code: 1009 })).to.equal('too_large');
    expect(evidenceOf({ kind: 'failed', code: 'ECONNRESET' })).to.equal('fault');
    expect(evidenceOf({ kind: 'timeout', what: 'acknowledgement' })).to.equal('fault');
    for (const what of ['connect', 'welcome', 'ping'] as const)
      expect(evidenceOf({ kind: 'timeout', what }), what).to.equal('none');
  });

  it('suspends on answers to the upgrade that waiting does not change, redirects among them', () => {
    for (const status of [200, 301, 302, 307, 400, 404, 426]) {
      expect(refused(status), String(status)).to.deep.equal({
        action: 'suspend',
        code: 'CERBERUS_SUSPENDED',
      });
    }
  });

  it('retries after 408, 429 and 5xx when the server says', () => {
    for (const status of [408, 429, 500, 502, 503])
      expect(refused(status)).to.deep.equal({ action: 'retry' });
    expect(refused(503, '7')).to.deep.equal({ action: 'retry', minMillis: 7_000, maxMillis: 7_000 });
  });

  it('suspends on certificates that are no good and retries on the network', () => {
    for (const code of [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'CERT_HAS_EXPIRED',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ]) {
      expect(failed(code), code).to.deep.equal({ action: 'suspend', code: 'CERBERUS_SUSPENDED' });
    }
    for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ECONNRESET', 'WS_ERR_INVALID_UTF8']) {
      expect(failed(code), code).to.deep.equal({ action: 'retry' });
    }
  });

  it('suspends on other failures of TLS only when they are repeated: one may be a byte that changed on the way', () => {
    for (const code of ['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_UNSUPPORTED_PROTOCOL']) {
      expect(failed(code), code).to.deep.equal({ action: 'suspend_if_repeated', code: 'CERBERUS_SUSPENDED' });
    }
  });

  it('never suspends on bytes that changed on the way', () => {
    for (const code of [
      'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
      'ERR_SSL_SSLV3_ALERT_BAD_RECORD_MAC',
      'ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR',
    ]) {
      expect(failed(code), code).to.deep.equal({ action: 'retry' });
    }
  });

  it('reads Retry-After as seconds or as a date, at most five minutes', () => {
    expect(retryAfterMillis('7', now)).to.equal(7_000);
    expect(retryAfterMillis('99999999999', now)).to.equal(300_000);
    expect(retryAfterMillis('Thu, 01 Jan 2026 00:00:09 GMT', now)).to.equal(9_000);
    for (const value of [
      undefined,
      '',
      '-1',
      '0',
      'soon',
      '1.5',
      '0x10',
      'Wed, 31 Dec 2025 00:00:00 GMT',
      '2026-01-01',
    ]) {
      expect(retryAfterMillis(value, now), String(value)).to.equal(undefined);
    }
  });

  it('never waits less than the backoff and never more than a timer can', () => {
    const limits = { initialMillis: 1_000, maxMillis: 30_000 };
    expect(retryDelay({ minMillis: 7_000, maxMillis: 7_000 }, 0, limits, 0.9)).to.equal(7_000);
    expect(retryDelay({ minMillis: 1, maxMillis: 1 }, 9, limits, 0.5)).to.equal(15_000);
    expect(retryDelay({ minMillis: 5_000, maxMillis: 30_000 }, 0, limits, 0)).to.equal(5_000);
    expect(retryDelay({ minMillis: 5_000, maxMillis: 30_000 }, 0, limits, 0.999)).to.be.closeTo(30_000, 50);
  });

  it('suspends for one to five minutes', () => {
    fc.assert(
      fc.property(
        fc.nat(100),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, random) => {
          const millis = suspensionDelay(attempt, random);
          return millis >= 60_000 && millis <= 300_000;
        },
      ),
    );
    expect(suspensionDelay(0, 0.999)).to.be.at.most(120_000);
  });
});
