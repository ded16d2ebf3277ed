// A test of an application: timers stand still from before its server listens, and there is no package of ours in it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mock } from 'node:test';

// Nothing may be left behind when a test fails to stop it, and nothing is sent by an end in order.
setTimeout(() => process.kill(process.pid, 'SIGKILL'), 15_000).unref();
mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate'] });

const server = createServer((_request, response) => void response.end());
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on ${(server.address() as AddressInfo).port}\n`);
});
