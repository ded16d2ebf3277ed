// Events are first sent in the order of their acceptance, whatever happens in between; a repetition may repeat, never
// overtake.
import { expect } from 'chai';
import { quickExporter } from '../support/exporters.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';
import { numberedSpans } from '../support/spans.js';

const EVENTS = 900;

describe('order of first deliveries', () => {
  for (const mode of ['batch', 'event'] as const) {
    it(`is the order of acceptance through throttles and lost connections, ${mode} mode`, async () => {
      const backend = new BatchBackend();
      let frames = 0;
      backend.onFrame = (seq, _events, socket) => {
        frames += 1;
        if (frames % 6 !== 0) return true;
        socket.send(JSON.stringify({ type: 'nack', seq, code: 'throttle', retry_after_millis: 100 }));
        return false;
      };
      const server = await ScriptedServer.start(mode === 'batch' ? backend.script() : {});
      const proxy = await FaultProxy.start(() => server.port);
      const exporter = quickExporter(`ws://127.0.0.1:${proxy.port}/`, {
        protocol: mode,
        maxBatchEvents: 30,
        maxInFlightEvents: 40,
        initialBackoffMillis: 5,
        maxBackoffMillis: 20,
      });
      for (let round = 0; round < 9; round += 1) {
        exporter.export(numberedSpans(EVENTS / 9, (round * EVENTS) / 9), () => undefined);
        await new Promise((resolve) => void setTimeout(resolve, 15));
        if (round % 2 === 0) proxy.reset();
      }
      await exporter.forceFlush();
      const received = mode === 'batch' ? backend.stored : server.events;
      const firsts = [...new Set(received.map(({ endpoint }) => Number(String(endpoint).slice(1))))];
      expect(firsts).to.deep.equal(Array.from({ length: EVENTS }, (_, index) => index));
      expect(exporter.stats().reconnects).to.be.above(0);
    });
  }
});
