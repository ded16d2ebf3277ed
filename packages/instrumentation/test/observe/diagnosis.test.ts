import { expect } from 'chai';
import { diagnose, type Observations } from '../../dist/esm/observe/diagnosis.js';

const healthy: Observations = {
  requests: 100,
  spans: 100,
  served: 90,
  routed: 90,
  frameworks: new Map([['express', '@opentelemetry/instrumentation-express']]),
  foreignApi: undefined,
  delivery: { accepted: 100, acked: 90, state: 'ready', lastFailure: null },
};
const seen = (parts: Partial<Observations>): string[] => diagnose({ ...healthy, ...parts });

describe('diagnosis', () => {
  it('finds nothing where all is well', () => {
    expect(seen({})).to.deep.equal([]);
    expect(seen({ requests: 0, spans: 0, served: 0, routed: 0 })).to.deep.equal([]);
    expect(seen({ delivery: undefined })).to.deep.equal([]);
  });

  it('finds requests without any span, and names the loader hook', () => {
    const [finding, ...others] = seen({ spans: 0, served: 0, routed: 0 });
    expect(others).to.deep.equal([]);
    expect(finding)
      .to.match(/^100 requests came in and none got a SERVER span/)
      .and.include('hook.mjs');
  });

  it('finds a sampler that leaves requests out, from 5 requests and 5 % on', () => {
    expect(seen({ spans: 70 })[0])
      .to.match(/^30 of 100 requests got no span/)
      .and.include('CerberusSampler');
    expect(seen({ spans: 95 })).to.have.length(1);
    expect(seen({ spans: 96 })).to.deep.equal([]);
    expect(seen({ requests: 10, spans: 6 })).to.deep.equal([]);
  });

  it('finds missing routes only where a framework that has routes is loaded and something was served', () => {
    expect(seen({ routed: 0 })[0])
      .to.include('express')
      .and.include('@opentelemetry/instrumentation-express');
    expect(seen({ routed: 0, frameworks: new Map() })).to.deep.equal([]);
    expect(seen({ routed: 0, served: 0 })).to.deep.equal([]);
    expect(seen({ routed: 1 })).to.deep.equal([]);
  });

  it('finds an SDK that is registered with another copy of the API', () => {
    expect(seen({ foreignApi: '1.8.0' })[0]).to.include('@opentelemetry/api 1.8.0');
  });

  it('finds a backend that acknowledges nothing, and says why', () => {
    const waiting = { accepted: 7, acked: 0, state: 'connecting', lastFailure: null };
    expect(seen({ delivery: waiting })[0])
      .to.include('one of 7 events')
      .and.include('connecting');
    const refused = { ...waiting, lastFailure: 'the connection failed with ECONNREFUSED' };
    expect(seen({ delivery: refused })[0]).to.include('ECONNREFUSED');
    expect(seen({ delivery: { ...waiting, accepted: 0 } })).to.deep.equal([]);
  });
});
