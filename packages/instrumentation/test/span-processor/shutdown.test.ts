// What a processor does for its exporter at the end.
import { expect } from 'chai';

import { setMetric } from '../../dist/esm/index.js';
import { send } from '../support/http-server.js';
import { useObservedServer } from '../support/observed-server.js';

describe('CerberusSpanProcessor', () => {
  const observed = useObservedServer();

  describe('at the end', () => {
    it('flushes and shuts down its exporter, once', async () => {
      observed.start();
      await observed.processor.forceFlush();
      await Promise.all([observed.processor.shutdown(), observed.processor.shutdown()]);
      expect([observed.exporter.flushes, observed.exporter.shutdowns]).to.deep.equal([1, 1]);
    });

    it('does nothing for spans after its shutdown', async () => {
      observed.start();
      await observed.processor.shutdown();
      const port = await observed.serve((_request, response) => {
        expect(setMetric('n', 1)).to.equal(false);
        response.end('ok');
      });
      expect(await send(port)).to.include('200 OK');
      expect(observed.processor.stats().seen).to.equal(0);
    });

    it('never rejects at shutdown, and passes a failed flush on', async () => {
      observed.start();
      observed.exporter.forceFlush = () => Promise.reject(new Error('flush'));
      observed.exporter.shutdown = () => {
        throw new Error('shutdown');
      };
      const flushed = await observed.processor.forceFlush().catch((error: unknown) => error);
      expect(flushed).to.be.an('error');
      await observed.processor.shutdown();
      expect(observed.processor.stats().hookFailures).to.equal(1);
    });
  });
});
