// Requests that nobody samples are counted all the same.
import { trace } from '@opentelemetry/api';
import { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler } from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';

import { CerberusSampler, setMetric } from '../../dist/esm/index.js';
import { send } from '../support/http-server.js';
import { express } from '../support/tracing.js';
import { HASH, useObservedServer } from '../support/observed-server.js';

describe('CerberusSpanProcessor', () => {
  const observed = useObservedServer();

  describe('with sampling', () => {
    it('sees every request with CerberusSampler, whatever is sampled', async () => {
      const sampler = new CerberusSampler(new ParentBasedSampler({ root: new AlwaysOffSampler() }));
      observed.start({}, { sampler });
      const app = express();
      app.get('/', (_request, response) => {
        trace.getActiveSpan()?.setAttribute('cerberus.metric.lost', 1);
        setMetric('helper', 1);
        response.send('ok');
      });
      await send(await observed.serve(app));
      const request = await observed.exporter.request();
      expect(request).to.include({
        'cerberus.source_ip': HASH,
        'cerberus.metric.helper': 1,
        'http.route': '/',
      });
      expect(observed.exporter.spans[0]?.spanContext().traceFlags).to.equal(0);
    });

    it('sees metrics set on spans of unsampled requests where these are recorded', async () => {
      observed.start({}, { sampler: new CerberusSampler(new AlwaysOffSampler(), { record: 'request' }) });
      const app = express();
      app.get('/', (_request, response) => {
        trace.getActiveSpan()?.setAttribute('cerberus.metric.kept', 1);
        response.send('ok');
      });
      await send(await observed.serve(app));
      expect(await observed.exporter.request()).to.include({ 'cerberus.metric.kept': 1 });
    });

    it('counts the request of a client that asks not to be traced', async () => {
      observed.start(
        {},
        { sampler: new CerberusSampler(new ParentBasedSampler({ root: new AlwaysOnSampler() })) },
      );
      const port = await observed.serve((_request, response) => response.end());
      await send(port, { headers: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` } });
      await observed.exporter.request();
      expect(observed.exporter.spans[0]?.spanContext()).to.include({
        traceId: 'a'.repeat(32),
        traceFlags: 0,
      });
    });
  });
});
