// A function that a platform calls without a server of Node.js, and freezes or kills as soon as it has answered.
import { SpanKind, trace } from '@opentelemetry/api';
import { flush } from '@cerberus-otel/instrumentation';

const tracer = trace.getTracer('function');

async function handler({ requestContext: { http } }) {
  const span = tracer.startSpan(http.method, {
    kind: SpanKind.SERVER,
    attributes: {
      'http.request.method': http.method,
      'url.path': http.path,
      'url.scheme': 'https',
      'network.peer.address': http.sourceIp,
    },
  });
  const answer = { statusCode: 200 };
  span.setAttribute('http.response.status_code', answer.statusCode).end();
  await flush();
  return answer;
}

for (const path of ['/one', '/two'])
  await handler({ requestContext: { http: { method: 'GET', path, sourceIp: '192.0.2.1' } } });
process.kill(process.pid, 'SIGKILL');
