// Connections that another process has accepted: Node says nothing of them in the process that serves them, only of their requests.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { startEventBackend } from '../support/event-backend.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { send } from '../support/http-server.js';

const APPLICATION = fileURLToPath(new URL('../children/handed-over.js', import.meta.url));

async function start(env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const child = fork(APPLICATION, {
    cwd: dirname(APPLICATION),
    execArgv: ['--import', '@cerberus-otel/instrumentation/register'],
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
  afterTest(() => child.kill('SIGKILL'));
  await once(child, 'message');
  return child;
}

/** Accepts connections, and serves none. */
async function handingTo(child: ChildProcess): Promise<number> {
  const server: Server = createServer({ pauseOnConnect: true }, (socket) => child.send('', socket));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  afterTest(() => server.close());
  return (server.address() as AddressInfo).port;
}

describe('register, where connections are handed to a server', () => {
  for (const capture of ['light', 'otel']) {
    it(`counts each request from the first one on (${capture})`, async () => {
      const backend = await startEventBackend();
      const child = await start({
        CERBERUS_CAPTURE: capture,
        CERBERUS_WS_URL: backend.wsUrl,
        CERBERUS_TOKEN: 'canary-token',
        CERBERUS_SECRET_KEY: 'k'.repeat(32),
        CERBERUS_PROTOCOL: 'event',
      });
      const port = await handingTo(child);
      for (const target of ['/1', '/2']) await send(port, { target });
      await until('two events at the backend', () => backend.events.length >= 2);
      expect(backend.events.map(({ endpoint, outcome }) => [endpoint, outcome])).to.deep.equal([
        ['/1', 'completed'],
        ['/2', 'completed'],
      ]);
      expect(backend.events[0]?.['source_ip']).to.match(/^[\da-f]{64}$/);
    });
  }
});
