import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { expect } from 'chai';
import {
  CerberusConfigError,
  HttpServerInstrumentation,
  withCerberus,
  type CerberusOptions,
  type SpanProcessorLike,
} from '../../dist/esm/index.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';

interface Made {
  readonly spanProcessors?: SpanProcessorLike[];
  readonly instrumentations?: readonly unknown[];
}

/** Everything that a set-up needs, and nothing that sends. */
const BASE: CerberusOptions = {
  wsUrl: 'ws://127.0.0.1:9/ws',
  token: 'canary-token',
  clientId: 'c',
  secretKey: 'k'.repeat(32),
  strict: true,
};

describe('the capture of withCerberus', () => {
  const http = new HttpInstrumentation({ enabled: false });

  afterEach(() => {
    delete process.env['CERBERUS_CAPTURE'];
  });

  function made(configuration: Made, capture?: CerberusOptions['capture']): readonly unknown[] | undefined {
    const options = capture === undefined ? BASE : { ...BASE, capture };
    const { instrumentations, spanProcessors = [] } = withCerberus<Made>(
      { spanProcessors: [], ...configuration },
      options,
    );
    for (const processor of spanProcessors) afterTest(() => processor.shutdown());
    for (const each of instrumentations ?? []) if (each instanceof HttpServerInstrumentation) each.disable();
    return instrumentations;
  }

  for (const capture of [undefined, 'auto', 'otel'] as const) {
    it(`leaves the instrumentations as they are with ${capture ?? 'nothing'}`, () => {
      expect(made({ instrumentations: [http] }, capture)).to.deep.equal([http]);
      expect(made({}, capture)).to.equal(undefined);
    });
  }

  it('adds HttpServerInstrumentation with `light`, to the others or alone', () => {
    const both = made({ instrumentations: [http] }, 'light');
    expect(both?.[0]).to.equal(http);
    expect(both?.[1]).to.be.instanceOf(HttpServerInstrumentation);
    expect(made({}, 'light')).to.have.length(1);
  });

  it('is that of the environment where code says none', () => {
    process.env['CERBERUS_CAPTURE'] = 'LIGHT';
    expect(made({})).to.have.length(1);
    expect(made({}, 'otel')).to.equal(undefined);
  });

  it('is refused by name when it is none', () => {
    expect(() => made({}, 'heavy' as 'light'))
      .to.throw(CerberusConfigError, 'one of auto, light, otel')
      .with.property('option', 'capture');
  });
});
