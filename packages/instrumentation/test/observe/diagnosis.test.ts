import { expect } from 'chai';
import { diagnose, type Observations } from '../../dist/esm/observe/diagnosis.js';

const EXPRESS = {
  name: 'express',
  instrumentation: '@opentelemetry/instrumentation-express',
  className: 'ExpressInstrumentation',
  command: 'npm install @opentelemetry/instrumentation-express@0.71',
  commandWithSdk: 'npm install @opentelemetry/sdk-node@0.223 @opentelemetry/instrumentation-express@0.71',
};
const healthy: Observations = {
  requests: 100,
  spans: 100,
  served: 90,
  routed: 90,
  framework: EXPRESS,
  setUpBy: 'code',
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

  it('finds missing routes only where a framework that has routes is used and something was served', () => {
    expect(seen({ routed: 0 })).to.deep.equal([
      'no request has a route although express is used. Run: npm install @opentelemetry/instrumentation-express@0.71 and ' +
        'then add `new ExpressInstrumentation()` of @opentelemetry/instrumentation-express to the instrumentations, before ' +
        'the application loads the framework (with ES modules, through the loader hook)',
    ]);
    expect(seen({ routed: 0, framework: undefined })).to.deep.equal([]);
    expect(seen({ routed: 0, served: 0 })).to.deep.equal([]);
    expect(seen({ routed: 1 })).to.deep.equal([]);
  });

  it('takes a few requests without a route for those of files where what names routes is installed', () => {
    const framework = { ...EXPRESS, command: undefined };
    expect(seen({ routed: 0, served: 4, framework })).to.deep.equal([]);
    expect(seen({ routed: 0, served: 5, framework })[0]).to.include('Add `new ExpressInstrumentation()`');
    expect(seen({ routed: 0, served: 1 })).to.have.length(1);
  });

  it('finds an SDK that is registered with another copy of the API', () => {
    expect(seen({ foreignApi: '1.8.0' })[0]).to.include('@opentelemetry/api 1.8.0');
  });

  it('finds a backend that acknowledges nothing, and says why', () => {
    const waiting = { accepted: 7, acked: 0, state: 'connecting', lastFailure: null };
    expect(seen({ delivery: waiting })[0])
      .to.include('none of 7 events')
      .and.include('connecting');
    const refused = { ...waiting, lastFailure: 'the connection failed with ECONNREFUSED' };
    expect(seen({ delivery: refused })[0]).to.include('ECONNREFUSED');
    expect(seen({ delivery: { ...waiting, accepted: 0 } })).to.deep.equal([]);
  });
});
