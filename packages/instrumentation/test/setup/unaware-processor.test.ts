import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { AlwaysOffSampler, AlwaysOnSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';
import { CerberusSampler, type SpanProcessorLike } from '../../dist/esm/index.js';
import { UnawareProcessor } from '../../dist/esm/setup/unaware-processor.js';

describe('unaware processor', () => {
  let calls: string[];
  let other: SpanProcessorLike;

  beforeEach(() => {
    calls = [];
    other = {
      onStart: () => void calls.push('onStart'),
      onEnding: () => void calls.push('onEnding'),
      onEnd: () => void calls.push('onEnd'),
      forceFlush: async () => void calls.push('forceFlush'),
      shutdown: async () => void calls.push('shutdown'),
    };
  });

  async function traced(sampled: boolean, processor: SpanProcessorLike): Promise<void> {
    const delegate = sampled ? new AlwaysOnSampler() : new AlwaysOffSampler();
    const provider = new BasicTracerProvider({
      sampler: new CerberusSampler(delegate),
      spanProcessors: [processor],
    });
    provider.getTracer('test').startSpan('GET', { kind: SpanKind.SERVER }, ROOT_CONTEXT).end();
    await provider.forceFlush();
    await provider.shutdown();
  }

  it('sees a sampled span, and every flush', async () => {
    await traced(true, new UnawareProcessor(other));
    expect(calls).to.deep.equal(['onStart', 'onEnding', 'onEnd', 'forceFlush', 'shutdown']);
  });

  it('sees nothing of a span that exists only because of CerberusSampler', async () => {
    await traced(false, new UnawareProcessor(other));
    expect(calls).to.deep.equal(['forceFlush', 'shutdown']);
    calls.length = 0;
    await traced(false, other);
    expect(calls, 'what it is kept from').to.include('onEnd');
  });

  it('does without a hook that the other does not have', async () => {
    const { onEnding: _, ...without } = other;
    await traced(true, new UnawareProcessor(without));
    expect(calls).to.include('onEnd');
  });
});
