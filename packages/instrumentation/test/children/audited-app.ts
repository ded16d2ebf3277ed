// An application that takes everything about Cerberus from its environment. SAYS becomes a metric, TARGET is asked for; SERVES "forever"
// makes it a server that somebody has to stop; CRASHES is the signal that ends it.
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { setMetric, withCerberus } from '../../dist/esm/index.js';
import { serveOnce } from './report.js';

const sdk = new NodeSDK(withCerberus({ instrumentations: [new HttpInstrumentation()] }));
sdk.start();
const headers = { 'x-forwarded-for': '203.0.113.77', cookie: 'canary-cookie', 'user-agent': 'canary-agent' };
await serveOnce(
  (_request, response) => {
    setMetric('said', process.env['SAYS'] ?? 'nothing');
    response.end('fine');
  },
  headers,
  process.env['TARGET'],
);
process.stdout.write('the application speaks\n');
if (process.env['SERVES'] === 'forever') {
  // Or nearly: nothing may be left behind when a test fails to stop it.
  setTimeout(() => process.exit(9), 10_000);
} else {
  await sdk.shutdown();
  if (process.env['CRASHES'] !== undefined) process.kill(process.pid, process.env['CRASHES']);
  process.exitCode = Number(process.env['EXIT'] ?? 0);
}
