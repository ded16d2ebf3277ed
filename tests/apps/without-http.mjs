// An application whose set-up lacks HttpInstrumentation.
import { createServer } from 'node:http';
import { withCerberus } from '@cerberus-otel/instrumentation';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { handle } from './plain-handler.cjs';

new NodeSDK(withCerberus({ instrumentations: [], spanProcessors: [] })).start();
const server = createServer(handle(() => server.close()));
server.listen(
  0,
  '127.0.0.1',
  () => void process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`),
);
