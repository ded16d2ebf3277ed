// Spans stay reachable for longer than their requests: in a queue, in a context, in the log of a test. The processor must not
// make each of them hold its whole request, with sockets and headers, for as long.
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { REQUEST, type RequestSpan } from '../../dist/esm/capture/request-record.js';
import { CerberusSpanProcessor, type SdkSpan } from '../../dist/esm/index.js';
import { listen, send } from '../support/http-server.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { startTracing } from '../support/tracing.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const REQUESTS = 20;

describe('a request that is over', () => {
  it('can be collected although its span is still held', async () => {
    const spans: SdkSpan[] = [];
    const keeper = {
      onStart() {},
      onEnd: (span: SdkSpan) => void spans.push(span),
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    };
    const exporter = new RecordingExporter();
    const processor = new CerberusSpanProcessor(
      { exporter, secretKey: 'k'.repeat(32), ignorePaths: ['/ignored'] },
      { env: {} },
    );
    const tracing = startTracing({ processors: [processor, keeper] });
    const responses: WeakRef<object>[] = [];
    const server = await listen((_request, response) => {
      responses.push(new WeakRef(response));
      response.end();
    });
    try {
      for (let index = 0; index < REQUESTS; index += 1) {
        await send(server.port, { target: index % 4 === 0 ? '/ignored' : '/x' });
      }
      let held = REQUESTS;
      // What Node itself still holds of the last ones goes within a few turns.
      for (let turn = 0; turn < 50 && held > 1; turn += 1) {
        await setImmediate();
        collectGarbage();
        held = responses.filter((response) => response.deref() !== undefined).length;
      }
      expect(spans).to.have.length(REQUESTS);
      expect(held, 'responses that are still held').to.be.at.most(1);
      const recorded = spans.filter((span) => (span as RequestSpan)[REQUEST] !== undefined);
      expect(recorded, 'spans that still hold a record').to.have.length(0);
    } finally {
      await server.close();
      await tracing.stop();
    }
  });
});
