import { expect } from 'chai';
import type { Origin } from '../../dist/esm/enrich/client-address.js';
import { ForwardingHint } from '../../dist/esm/enrich/forwarding-hint.js';
import { RecordingReporter } from '../support/recording-reporter.js';

const origin = (header: Partial<Origin> = {}): Origin => ({
  peer: undefined,
  encrypted: undefined,
  unixSocket: false,
  xForwardedFor: '',
  xForwardedProto: '',
  forwarded: '',
  ...header,
});

function reported(
  forwarded: number,
  of: number,
  header: Partial<Origin> = { xForwardedFor: '203.0.113.77' },
): RecordingReporter {
  const reporter = new RecordingReporter();
  const hint = new ForwardingHint(reporter);
  for (let index = 0; index < of; index += 1) hint.observe(origin(index < forwarded ? header : {}));
  return reporter;
}

describe('ForwardingHint', () => {
  it('names the option once when most of the first 100 requests were forwarded', () => {
    const { conditions } = reported(300, 300);
    expect(conditions).to.have.length(1);
    expect(conditions[0]?.code).to.equal('CERBERUS_FORWARDED_HEADERS');
    expect(conditions[0]?.message).to.include('`trustProxy` is not set').and.include('CERBERUS_TRUST_PROXY');
  });

  it('notices both headers', () => {
    expect(reported(100, 100, { forwarded: 'for=203.0.113.77' }).conditions).to.have.length(1);
  });

  it('is silent for half of them, and before there are 100', () => {
    expect(reported(50, 100).conditions).to.have.length(0);
    expect(reported(51, 100).conditions).to.have.length(1);
    expect(reported(99, 99).conditions).to.have.length(0);
  });

  it('shows no address', () => {
    expect(JSON.stringify(reported(100, 100).conditions)).to.not.include('203.0.113');
  });
});
