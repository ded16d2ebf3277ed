// An application that knows nothing of OpenTelemetry: answers, and ends when it is told to.
import { createServer } from 'node:http';
import { handle } from './plain-handler.cjs';

const server = createServer(handle(() => server.close()));
server.listen(
  0,
  '127.0.0.1',
  () => void process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`),
);
