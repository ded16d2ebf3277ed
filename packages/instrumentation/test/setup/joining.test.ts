// A tracer provider that is set up already, of which we know the inside.
import { SpanKind } from '@opentelemetry/api';
import { AlwaysOffSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';
import { insideOf } from '../../dist/esm/sdk/provider-in-place.js';
import type { SpanProcessorLike } from '../../dist/esm/sdk/sdk-types.js';
import { joinProvider } from '../../dist/esm/setup/joining.js';

class Counting implements SpanProcessorLike {
  started = 0;
  onStart(): void {
    this.started += 1;
  }
  onEnd(): void {
    // Nothing is counted here.
  }
  async forceFlush(): Promise<void> {
    // Nothing is held.
  }
  async shutdown(): Promise<void> {
    // Nor here.
  }
}

describe('a provider that is joined', () => {
  it('hands spans of tracers that were there before to the processor that joins', () => {
    const [theirs, ours] = [new Counting(), new Counting()];
    const provider = new BasicTracerProvider({ spanProcessors: [theirs] });
    const tracer = provider.getTracer('before');
    expect(joinProvider(provider, ours, 'server')).to.equal(true);
    tracer.startSpan('a').end();
    expect([theirs.started, ours.started]).to.deep.equal([1, 1]);
  });

  it('records unsampled spans as it is asked for', () => {
    for (const [record, started] of [
      ['server', 1],
      ['request', 2],
    ] as const) {
      const ours = new Counting();
      const provider = new BasicTracerProvider({ sampler: new AlwaysOffSampler() });
      expect(joinProvider(provider, ours, record)).to.equal(true);
      const tracer = provider.getTracer('of a library');
      tracer.startSpan('request', { kind: SpanKind.SERVER }).end();
      tracer.startSpan('handler').end();
      expect(ours.started, record).to.equal(started);
    }
  });

  for (const part of ['options', 'tracers', 'processors'] as const) {
    it(`is as it was where its ${part} cannot be changed`, () => {
      const [theirs, ours] = [new Counting(), new Counting()];
      const provider = new BasicTracerProvider({ spanProcessors: [theirs] });
      const tracer = provider.getTracer('before');
      const inside = insideOf(provider);
      if (inside === undefined) throw new Error('another SDK than this test knows');
      const { sampler } = inside.options;
      Object.freeze(part === 'tracers' ? tracer : inside[part]);
      expect(joinProvider(provider, ours, 'server')).to.equal(false);
      tracer.startSpan('a').end();
      provider.getTracer('after').startSpan('b').end();
      expect([theirs.started, ours.started]).to.deep.equal([2, 0]);
      expect(inside.options.sampler).to.equal(sampler);
      for (const { _sampler } of inside.tracers.values()) expect(_sampler).to.equal(sampler);
    });
  }
});
