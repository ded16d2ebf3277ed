// A server without a framework, as an application of CommonJS that knows nothing of Cerberus.
import type * as Http from 'node:http';
import type { AddressInfo } from 'node:net';

const { createServer } = require('node:http') as typeof Http;

const server = createServer((_request, response) => response.end());
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on ${(server.address() as AddressInfo).port}\n`);
});
setTimeout(() => process.exit(9), 15_000).unref();
