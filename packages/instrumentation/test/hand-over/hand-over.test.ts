import { ROOT_CONTEXT } from '@opentelemetry/api';
import { expect } from 'chai';
import { CerberusSpanProcessor } from '../../dist/esm/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { RecordingReporter } from '../support/recording-reporter.js';
import { serverSpan } from '../support/spans.js';

describe("requests for somebody else's exporter", () => {
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

  it('are handed over as they end, in order, and none waits', () => {
    serve(3);
    const paths = exporter.requests.map((request) => request['url.path']);
    expect(paths).to.deep.equal(['/0', '/1', '/2']);
    expect(processor.stats()).to.include({ handedOver: 3, waitingForKey: 0, seen: 3 });
  });

  it('have an outcome each', () => {
    const results = [0, 1, 0, 1];
    exporter.export = (_spans, done) => done({ code: results.shift() ?? 0 });
    serve(4);
    expect(processor.stats()).to.include({ handedOver: 2, refused: 2 });
  });

  it('do not keep each other from being handed over', () => {
    let calls = 0;
    exporter.export = (_spans, done) => {
      calls += 1;
      if (calls === 2) throw new Error('once');
      done({ code: 0 });
    };
    serve(4);
    expect(processor.stats()).to.include({ handedOver: 3, refused: 1, hookFailures: 1 });
  });
});
