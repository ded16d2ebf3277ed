// An application of ES modules that is set up without a loader hook.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { instrumentation, recorder, start } = require('./recorder.cjs');
const { request, send } = require('./client.cjs');

start(instrumentation());
const { createServer } = await import('node:http');
const server = createServer((req, res) => res.end(recorder.active()));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const answer = await send(server.address().port, request('GET /x'));
await new Promise((resolve) => setTimeout(resolve, 20));
const spans = recorder.spans.map(({ span }) => span.name);
process.stdout.write(JSON.stringify({ spans, answer: answer.split('\r\n\r\n')[1] }), () => process.exit(0));
