// Requests that are counted without a span that anybody sees, where tracing is somebody else's.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { captureOwnRequests } from '../../dist/esm/capture/own-requests.js';
import { CerberusSpanProcessor, setMetric } from '../../dist/esm/index.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';
import { listen, send } from '../support/http-server.js';
import { RecordingExporter } from '../support/recording-exporter.js';

/** Where an application says something of its request, and whether it is heard. */
type Heard = Record<string, boolean>;

function answer(request: IncomingMessage, response: ServerResponse, heard: Heard): void {
  const { url = '' } = request;
  const say = (where: string): void => {
    heard[`${where} of ${url}`] = setMetric(where, url);
  };
  say('handler');
  request.on('data', () => say('data'));
  request.on('end', () => {
    say('end');
    void sleep(5).then(() => {
      say('later');
      response.end('answered');
    });
  });
  response.on('finish', () => say('finish'));
}

describe('a request that is counted beside somebody else’s tracing', () => {
  it('is counted also where the application takes all listeners of its response away', async () => {
    const exporter = new RecordingExporter();
    const processor = new CerberusSpanProcessor({ exporter, secretKey: 'k'.repeat(32) }, { env: {} });
    const stop = captureOwnRequests(processor);
    afterTest(async () => {
      stop();
      await processor.shutdown();
    });
    const { port } = await listen((_request, response) => {
      for (const event of ['close', 'prefinish']) response.removeAllListeners(event);
      response.statusCode = 201;
      response.end();
    });
    await send(port, { target: '/bare' });
    expect(await exporter.request()).to.include({
      'cerberus.endpoint': '/bare',
      'cerberus.outcome': 'completed',
      'http.response.status_code': 201,
    });
  });

  it('has what is said in its listeners, also of a body that comes after its handler, and of one that is pipelined', async () => {
    const exporter = new RecordingExporter();
    const processor = new CerberusSpanProcessor({ exporter, secretKey: 'k'.repeat(32) }, { env: {} });
    const stop = captureOwnRequests(processor);
    const heard: Heard = {};
    const server = createServer((request, response) => answer(request, response, heard));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').resume();
    afterTest(async () => {
      stop();
      socket.destroy();
      server.close();
      await processor.shutdown();
    });
    socket.write('POST /a HTTP/1.1\r\nhost: x\r\ncontent-length: 6\r\n\r\nabc');
    await until('the body begins', () => 'data of /a' in heard);
    socket.write('defPOST /b HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc');
    await exporter.request(1);
    expect(Object.entries(heard).filter(([, isHeard]) => !isHeard)).to.deep.equal([]);
    for (const [index, endpoint] of ['/a', '/b'].entries())
      expect(exporter.requests[index]).to.include({
        'cerberus.endpoint': endpoint,
        'cerberus.metric.handler': endpoint,
        'cerberus.metric.data': endpoint,
        'cerberus.metric.end': endpoint,
        'cerberus.metric.later': endpoint,
        'cerberus.metric.finish': endpoint,
      });
  });
});
