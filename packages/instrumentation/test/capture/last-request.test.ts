// The usual end of a server, `server.close(() => sdk.shutdown())`, counts the request that was hung up last.
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { CerberusSpanProcessor } from '../../dist/esm/index.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { listen } from '../support/http-server.js';
import { RecordingExporter } from '../support/recording-exporter.js';
import { startTracing } from '../support/tracing.js';

describe('last request before a shutdown', () => {
  it('is counted although Node calls back `server.close()` before its response emits `close`', async () => {
    const exporter = new RecordingExporter();
    const processor = new CerberusSpanProcessor({ exporter, sourceIp: 'omit' }, { env: {} });
    const tracing = startTracing({ processors: [processor] });
    let arrived = false;
    const { server, port } = await listen((_request, response) => {
      arrived = true;
      response.write('part of an answer');
    });
    try {
      const client = connect(port, '127.0.0.1');
      client.write('GET /hung-up HTTP/1.1\r\nhost: svc.example\r\n\r\n');
      await until('the request arrives', () => arrived);
      const down = new Promise<void>((resolve) => void server.close(() => resolve(processor.shutdown())));
      client.destroy();
      await once(client, 'close');
      await down;
      expect(exporter.requests).to.have.length(1);
      expect(exporter.requests[0]).to.include({
        'cerberus.outcome': 'aborted',
        'cerberus.endpoint': '/hung-up',
      });
    } finally {
      await tracing.stop();
    }
  });
});
