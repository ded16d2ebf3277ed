// accepted = acked + rejected + dropped + queued + inFlight, at every instant, whatever the backend does.
import { expect } from 'chai';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { imbalance, quickExporter } from '../support/exporters.js';
import { BatchBackend, ScriptedServer, type Script } from '../support/scripted-server.js';
import { numberedSpans } from '../support/spans.js';

/** A backend that hangs up, throttles, refuses and acknowledges by turns; `received` are the paths that it keeps. */
function moody(mode: 'batch' | 'event', received: unknown[]): Script {
  let count = 0;
  if (mode === 'event') {
    return {
      onMessage: (message, socket) => {
        // What it had read when it hung up it does not count, so that there were 96 answers whenever it hangs up. The other kind is
        // in event-mode.test.ts, "breaks up a window".
        if (socket.readyState !== socket.OPEN) return;
        count += 1;
        if (count % 97 === 0) socket.terminate();
        else if (count % 31 === 0) socket.send('{"error":"no"}');
        else {
          received.push(message['endpoint']);
          socket.send('ok');
        }
      },
    };
  }
  const backend = new BatchBackend();
  backend.onFrame = (seq, events, socket) => {
    count += 1;
    if (count % 5 === 0) socket.terminate();
    if (count % 7 === 0)
      socket.send(JSON.stringify({ type: 'nack', seq, code: 'throttle', retry_after_millis: 100 }));
    const stored = count % 5 !== 0 && count % 7 !== 0;
    if (stored) received.push(...events.map((event) => event['endpoint']));
    return stored;
  };
  return backend.script();
}

describe('conservation of events', () => {
  for (const mode of ['batch', 'event'] as const) {
    it(`holds at every step of a bad day, ${mode} mode, and nothing accepted is lost`, async () => {
      const received: unknown[] = [];
      const server = await ScriptedServer.start(moody(mode, received));
      const exporter = quickExporter(server.url, {
        protocol: mode,
        maxBatchEvents: 10,
        maxQueueEvents: 300,
        ackTimeoutMillis: 200,
      });
      const seen = new Set<number>();
      const sample = setInterval(() => seen.add(imbalance(exporter.stats())), 1);
      afterTest(() => clearInterval(sample));
      let failures = 0;
      for (let round = 0; round < 20; round += 1) {
        exporter.export(numberedSpans(25, round * 25), ({ code }) => void (failures += code));
        seen.add(imbalance(exporter.stats()));
        await new Promise((resolve) => void setTimeout(resolve, 5));
      }
      await exporter.forceFlush();
      clearInterval(sample);
      const { accepted, acked, rejected, refused } = exporter.stats();
      expect(seen).to.deep.equal(new Set([0]));
      expect(accepted + refused.queue_full).to.equal(500);
      expect(acked + rejected).to.equal(accepted);
      expect(failures > 0).to.equal(refused.queue_full > 0);
      expect(new Set(received).size).to.be.at.least(acked);
      if (mode === 'batch') expect(received).to.have.length(acked);
    });
  }
});
