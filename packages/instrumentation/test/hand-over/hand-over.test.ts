import { ROOT_CONTEXT } from '@opentelemetry/api';
import { expect } from 'chai';
import { setImmediate } from 'node:timers/promises';
import { CerberusSpanProcessor } from '../../dist/esm/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { RecordingReporter } from '../support/recording-reporter.js';
import { serverSpan } from '../support/spans.js';

describe('requests that end in one turn of the event loop', () => {
  let exporter: RecordingExporter;
  let processor: CerberusSpanProcessor;
  let served = 0;

  beforeEach(() => {
    served = 0;
    exporter = new RecordingExporter();
    processor = new CerberusSpanProcessor(
      { exporter, secretKey: 'k'.repeat(32) },
      { env: {}, clock: new FakeClock(), reporter: new RecordingReporter() },
    );
  });

  afterEach(() => processor.shutdown());

  function serve(requests: number): void {
    for (let request = 0; request < requests; request += 1) {
      const span = serverSpan({ 'url.path': `/${served}` });
      served += 1;
      processor.onStart(span, ROOT_CONTEXT);
      processor.onEnding(span);
      processor.onEnd(span);
    }
  }

  const paths = (): unknown[] => exporter.requests.map((request) => request['url.path']);
  const allServed = (): string[] => Array.from({ length: served }, (_, index) => `/${index}`);

  it('are handed over when it ends, in order, all but the first', async () => {
    serve(5);
    expect(paths()).to.deep.equal(['/0']);
    const { handedOver, waitingForKey, seen } = processor.stats();
    expect([handedOver, waitingForKey, seen]).to.deep.equal([1, 4, 5]);
    await setImmediate();
    expect(paths()).to.deep.equal(allServed());
    expect(processor.stats()).to.include({ handedOver: 5, waitingForKey: 0 });
  });

  it('are handed over by 64, that few spans have to be kept', () => {
    serve(1 + 64 + 3);
    expect(paths()).to.deep.equal(allServed().slice(0, 65));
  });

  it('are handed over by a flush and by a shutdown', async () => {
    serve(3);
    const flushed = processor.forceFlush();
    expect(paths()).to.deep.equal(allServed());
    await flushed;
    serve(3);
    await processor.shutdown();
    expect(paths()).to.deep.equal(allServed());
  });

  it('have an outcome each', async () => {
    const results = [0, 1, 0, 1];
    exporter.export = (_spans, done) => done({ code: results.shift() ?? 0 });
    serve(4);
    await setImmediate();
    expect(processor.stats()).to.include({ handedOver: 2, refused: 2 });
  });

  it('do not keep each other from being handed over', async () => {
    let calls = 0;
    exporter.export = (_spans, done) => {
      calls += 1;
      if (calls === 2) throw new Error('once');
      done({ code: 0 });
    };
    serve(4);
    await setImmediate();
    expect(processor.stats()).to.include({ handedOver: 3, refused: 1, hookFailures: 1 });
  });
});
