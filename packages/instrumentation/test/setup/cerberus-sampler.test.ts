import { ROOT_CONTEXT, SpanKind, type SpanContext, trace } from '@opentelemetry/api';
import { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler } from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';
import { CerberusConfigError, CerberusSampler, type SamplerLike } from '../../dist/esm/index.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';

const NOT_RECORD = 0;
const RECORD = 1;
const SAMPLED = 2;

function decision(sampler: SamplerLike, kind: SpanKind, parent?: SpanContext): number {
  const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
  return sampler.shouldSample(context, 'a'.repeat(32), 'name', kind, {}, []).decision;
}

describe('CerberusSampler', () => {
  const KINDS = [SpanKind.SERVER, SpanKind.INTERNAL, SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER];

  it('records every SERVER span, and only these, without sampling them', () => {
    const sampler = new CerberusSampler(new AlwaysOffSampler());
    expect(KINDS.map((kind) => decision(sampler, kind))).to.deep.equal([
      RECORD,
      NOT_RECORD,
      NOT_RECORD,
      NOT_RECORD,
      NOT_RECORD,
    ]);
  });

  it('records INTERNAL spans too where whole requests are asked for', () => {
    const sampler = new CerberusSampler(new AlwaysOffSampler(), { record: 'request' });
    expect(KINDS.map((kind) => decision(sampler, kind))).to.deep.equal([
      RECORD,
      RECORD,
      NOT_RECORD,
      NOT_RECORD,
      NOT_RECORD,
    ]);
  });

  it('leaves what the delegate samples as it is', () => {
    const sampler = new CerberusSampler(new AlwaysOnSampler());
    expect(KINDS.map((kind) => decision(sampler, kind))).to.deep.equal(KINDS.map(() => SAMPLED));
  });

  it('records the request of a client that asks not to be traced', () => {
    const sampler = new CerberusSampler(new ParentBasedSampler({ root: new AlwaysOnSampler() }));
    const remote = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), isRemote: true };
    expect(decision(sampler, SpanKind.SERVER, { ...remote, traceFlags: 0 })).to.equal(RECORD);
    expect(decision(sampler, SpanKind.SERVER, { ...remote, traceFlags: 1 })).to.equal(SAMPLED);
  });

  it('keeps the attributes and the trace state of the delegate, and marks what exists only because of it', () => {
    const result = { decision: NOT_RECORD, attributes: { a: 1 } };
    const sampler = new CerberusSampler({ shouldSample: () => result, toString: () => 'Mine' });
    expect(sampler.shouldSample(ROOT_CONTEXT, '', '', SpanKind.SERVER, {}, [])).to.deep.equal({
      decision: RECORD,
      attributes: { a: 1, 'cerberus.recorded_only': true },
    });
    expect(sampler.toString()).to.equal('CerberusSampler{Mine}');
  });

  it('refuses what is no sampler, and an unknown word', () => {
    expect(() => new CerberusSampler(undefined as never))
      .to.throw('shouldSample')
      .with.property('code', 'OPTION_INVALID');
    expect(() => new CerberusSampler(new AlwaysOnSampler(), { record: 'all' as never })).to.throw(
      '`record` must be one of server, request',
    );
  });

  it('refuses options that are none, an option that there is not, and what throws when it is read', () => {
    const thrower = new Proxy(new AlwaysOnSampler(), {
      get() {
        throw new Error('on purpose');
      },
    });
    for (const [option, make] of [
      ['options', () => new CerberusSampler(new AlwaysOnSampler(), null as never)],
      ['recrod', () => new CerberusSampler(new AlwaysOnSampler(), { recrod: 'request' } as never)],
      ['sampler', () => new CerberusSampler(thrower)],
    ] as const)
      expect(make).to.throw(CerberusConfigError).with.property('option', option);
  });

  it('records INTERNAL spans too where the environment asks for whole requests, and code does not say otherwise', () => {
    process.env['CERBERUS_RECORD'] = 'Request';
    afterTest(() => void delete process.env['CERBERUS_RECORD']);
    expect(decision(new CerberusSampler(new AlwaysOffSampler()), SpanKind.INTERNAL)).to.equal(RECORD);
    const inCode = new CerberusSampler(new AlwaysOffSampler(), { record: 'server' });
    expect(decision(inCode, SpanKind.INTERNAL)).to.equal(NOT_RECORD);
  });
});
