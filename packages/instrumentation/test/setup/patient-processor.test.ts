import { ROOT_CONTEXT } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';
import type { SdkSpan, SpanProcessorLike } from '../../dist/esm/sdk/sdk-types.js';
import { PatientProcessor } from '../../dist/esm/setup/patient-processor.js';

/** A processor that notes what is called; `shutdown` is the caller's. */
function processor(log: string[], name: string, shutdown: () => Promise<void>): SpanProcessorLike {
  const note =
    (hook: string): ((...args: unknown[]) => void) =>
    (...args) =>
      void log.push(`${name}.${hook}(${args.length})`);
  return {
    onStart: note('onStart'),
    onEnding: note('onEnding'),
    onEnd: note('onEnd'),
    forceFlush: async () => note('forceFlush')(),
    shutdown,
  };
}

const span = {} as SdkSpan;

describe('patient processor', () => {
  it('settles its shutdown after our own, with the rejection of the other', async () => {
    const log: string[] = [];
    let finish = (): void => undefined;
    const own = processor(log, 'own', () => new Promise<void>((resolve) => void (finish = resolve)));
    const other = processor(log, 'other', async () => {
      throw new Error('no endpoint');
    });
    const shutdown = new PatientProcessor(other, own).shutdown().then(
      () => log.push('resolved'),
      (error: unknown) => log.push(String(error)),
    );
    await new Promise((resolve) => void setTimeout(resolve, 20));
    expect(log).to.deep.equal([]);
    finish();
    await shutdown;
    expect(log).to.deep.equal(['Error: no endpoint']);
  });

  it('starts both shutdowns at once', async () => {
    const log: string[] = [];
    const own = processor(log, 'own', async () => void log.push('own'));
    const other = processor(log, 'other', async () => void log.push('other'));
    await new PatientProcessor(other, own).shutdown();
    expect(log).to.deep.equal(['other', 'own']);
  });

  it('takes a shutdown that gives no promise for done, and one that throws at once for a rejection', async () => {
    const log: string[] = [];
    const own = processor(log, 'own', async () => void log.push('own'));
    const synchronous = processor(log, 'other', (() => undefined) as never);
    const provider = new BasicTracerProvider({
      spanProcessors: [new PatientProcessor(synchronous, own)],
    });
    await provider.shutdown();
    const throwing = processor(log, 'other', () => {
      throw new Error('no endpoint');
    });
    await new PatientProcessor(throwing, own).shutdown().catch((error: unknown) => log.push(String(error)));
    expect(log).to.deep.equal(['own', 'own', 'Error: no endpoint']);
  });

  it('passes every hook on', async () => {
    const log: string[] = [];
    const other = processor(log, 'other', async () => undefined);
    const patient = new PatientProcessor(other, other);
    patient.onStart(span, ROOT_CONTEXT);
    patient.onEnding(span);
    patient.onEnd(span);
    await patient.forceFlush();
    expect(log).to.deep.equal([
      'other.onStart(2)',
      'other.onEnding(1)',
      'other.onEnd(1)',
      'other.forceFlush(0)',
    ]);
  });

  it('does without a hook that the other does not have', () => {
    const { onEnding: _, ...other } = processor([], 'other', async () => undefined);
    expect(() => new PatientProcessor(other, other).onEnding(span)).to.not.throw();
  });
});
