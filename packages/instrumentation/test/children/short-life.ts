// An application without HttpInstrumentation that serves one request and ends, as MODE says how.
import { NodeSDK } from '@opentelemetry/sdk-node';
import { shutdown, withCerberus } from '../../dist/esm/index.js';
import { listen, send } from '../support/http-server.js';
import { report } from './report.js';

const mode = process.env['MODE'];
const options = {
  wsUrl: 'ws://127.0.0.1:9/ws',
  token: 'canary-token',
  clientId: 'short',
  secretKey: 'k'.repeat(32),
};
new NodeSDK(withCerberus({ instrumentations: [], spanProcessors: [] }, options)).start();
const server = await listen((_request, response) => void response.end('here'));
await send(server.port, { target: '/users/7' });
await server.close();
report({ served: 1 });
if (mode === 'shutdown') await shutdown();
if (mode !== 'by itself') process.exit(0);
