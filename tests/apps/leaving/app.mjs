// An application that is told by HANDLER how it ends. It counts what it has answered, and says when a slow request has come.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const PACKAGE = '@cerberus-otel/instrumentation';
const server = createServer((request, response) => {
  const [, what] = request.url.split('/');
  if (what === 'slow') {
    process.stdout.write('slow\n');
    setTimeout(() => response.end('ok'), 150);
    return;
  }
  if (what === 'exit') response.on('close', () => process.exit(5));
  if (what === 'throw') {
    setTimeout(() => {
      throw new Error('of the application');
    }, 20);
  }
  response.end('ok');
});

/** Awaits what one copy of the package exports, and ends without an `exit` event. */
function awaits(name, load) {
  process.on('SIGTERM', async () => {
    const { [name]: work } = await load();
    await new Promise((resolve) => void server.close(resolve));
    await work();
    process.reallyExit(0);
  });
}

const handlers = {
  none: () => undefined,
  plain: () => process.on('SIGTERM', () => server.close(() => process.exit(0))),
  // Nothing is left to do once the server is closed, and Node says `beforeExit`.
  quiet: () => process.on('SIGTERM', () => server.close()),
  'import shutdown': () => awaits('shutdown', () => import(PACKAGE)),
  'require shutdown': () => awaits('shutdown', () => require(PACKAGE)),
  'import flush': () => awaits('flush', () => import(PACKAGE)),
  'require flush': () => awaits('flush', () => require(PACKAGE)),
};
handlers[process.env.HANDLER ?? 'none']();

server.listen(0, '127.0.0.1', () => void process.stdout.write(`listening on ${server.address().port}\n`));
// Nothing may be left behind when a test fails to stop it.
setTimeout(() => process.exit(9), 30_000).unref();
