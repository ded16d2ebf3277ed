// What an application of Express sets on its requests.
import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { expect } from 'chai';

import { setMetric, setMetrics, setConsumer, setUserId } from '../../dist/esm/index.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { send } from '../support/http-server.js';
import { express } from '../support/tracing.js';
import { hashOf, useObservedServer } from '../support/observed-server.js';

describe('CerberusSpanProcessor', () => {
  const observed = useObservedServer();

  describe('with Express', () => {
    it('brings metrics from wherever in the request they are set', async () => {
      observed.start();
      const app = express();
      app.use((_request, _response, next) => {
        trace.getActiveSpan()?.setAttribute('cerberus.metric.middleware', 'm');
        next();
      });
      app.get('/users/:id', async (_request, response) => {
        trace.getActiveSpan()?.setAttribute('cerberus.metric.handler', 1);
        await sleep(1);
        setMetrics({ helper: [1, 2], flag: true });
        setUserId(7);
        setConsumer(12, { label: 'Twelve' });
        observed.tracing?.tracer.startActiveSpan('inner', (inner) => {
          inner.setAttribute('cerberus.metric.inner', 'i');
          setMetric('from_inner', 2);
          inner.end();
        });
        response.send('ok');
      });
      await send(await observed.serve(app), { target: '/users/7' });
      expect(await observed.exporter.request()).to.include({
        'http.route': '/users/:id',
        'cerberus.endpoint': '/users/7',
        'cerberus.metric.middleware': 'm',
        'cerberus.metric.handler': 1,
        'cerberus.metric.flag': true,
        'cerberus.metric.inner': 'i',
        'cerberus.metric.from_inner': 2,
        'cerberus.user_id': hashOf('7'),
        'cerberus.consumer': hashOf('12'),
        'cerberus.consumer_label': 'Twelve',
      });
      expect(observed.exporter.requests[0]?.['cerberus.metric.helper']).to.deep.equal([1, 2]);
      expect(observed.exporter.requests).to.have.length(1);
    });

    it('keeps the path of a mounted router whole', async () => {
      observed.start();
      const router = express.Router();
      router.get('/deep', (_request, response) => void response.send('ok'));
      const app = express();
      app.use('/mounted', router);
      await send(await observed.serve(app), { target: '/mounted/deep?x' });
      expect((await observed.exporter.request())['cerberus.endpoint']).to.equal('/mounted/deep');
    });

    it('calls an error thrown in a handler an error', async () => {
      observed.start();
      const app = express();
      app.set('env', 'test');
      app.get('/', () => {
        throw new Error('planted');
      });
      await send(await observed.serve(app));
      expect(await observed.exporter.request()).to.include({
        'cerberus.outcome': 'error',
        'http.response.status_code': 500,
      });
    });

    it('takes helpers only while the request lasts', async () => {
      observed.start();
      const results: boolean[] = [];
      const app = express();
      app.get('/', (_request, response) => {
        results.push(setMetric('in', 1));
        response.on('close', () =>
          setImmediate(() => results.push(setMetric('late', 1), setUserId('late'), setConsumer('late'))),
        );
        response.send('ok');
      });
      results.push(setMetric('before', 1), setMetrics({ before: 1 }), setUserId('before'));
      await send(await observed.serve(app));
      await until('the late calls were made', () => results.length === 7);
      expect(results).to.deep.equal([false, false, false, true, false, false, false]);
      expect(observed.exporter.requests[0])
        .to.include({ 'cerberus.metric.in': 1 })
        .and.not.have.property('cerberus.metric.late');
    });
  });
});
