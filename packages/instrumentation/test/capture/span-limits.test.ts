// What the span's own limits must not take from an event: the SDK refuses and cuts attributes, the processor
// writes past it.
import type { SpanLimits } from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';
import { CerberusSpanProcessor, setMetric, setUserId } from '../../dist/esm/index.js';
import { listen, send, type TestServer } from '../support/http-server.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { express, startTracing, type Tracing } from '../support/tracing.js';

describe('the limits of a span', () => {
  let exporter: RecordingExporter;
  let tracing: Tracing;
  let server: TestServer;

  async function request(spanLimits: SpanLimits): Promise<Record<string, unknown>> {
    exporter = new RecordingExporter();
    const processor = new CerberusSpanProcessor({ exporter, secretKey: 'k'.repeat(32) }, { env: {} });
    tracing = startTracing({ processors: [processor], spanLimits });
    const app = express();
    app.get('/users/:id', (_request, response) => {
      setMetric('a_rather_long_name', 'a rather long value');
      setUserId('alice');
      response.status(418).send('ok');
    });
    server = await listen(app);
    await send(server.port, { target: '/users/7' });
    return exporter.request();
  }

  afterEach(async () => {
    await server.close();
    await tracing.stop();
  });

  for (const attributeCountLimit of [5, 8]) {
    it(`of ${attributeCountLimit} attributes keeps nothing of ours from the event`, async () => {
      const attributes = await request({ attributeCountLimit });
      expect(attributes).to.include({
        'cerberus.endpoint': '/users/7',
        'cerberus.outcome': 'completed',
        'cerberus.scheme': 'http',
        'cerberus.metric.a_rather_long_name': 'a rather long value',
        'http.response.status_code': 418,
      });
      expect(attributes['cerberus.source_ip']).to.match(/^[0-9a-f]{64}$/);
      expect(attributes['cerberus.user_id']).to.match(/^[0-9a-f]{64}$/);
    });
  }

  it('of 8 characters per value cuts no pseudonym, path or metric of ours', async () => {
    const attributes = await request({ attributeValueLengthLimit: 8 });
    expect(attributes['network.peer.address']).to.equal('127.0.0.');
    expect(attributes['cerberus.source_ip']).to.match(/^[0-9a-f]{64}$/);
    expect(attributes).to.include({
      'cerberus.endpoint': '/users/7',
      'cerberus.outcome': 'completed',
      'cerberus.metric.a_rather_long_name': 'a rather long value',
    });
  });
});
