import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect } from 'chai';

import { localServer } from '../../dist/commands/running-server.js';
import { resolveConfig } from '../../dist/config.js';
import { startServer } from '../../dist/index.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { spawnServer } from '../support/processes/server-process.js';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function health(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const command = spawnServer(['health', ...args], env);
  const { code } = await command.ended;
  return { code, ...command.output() };
}

describe('cerberus-server health', function () {
  this.timeout(30_000);

  it('asks the server on this machine by its variables, without a token, and ends with 0', async () => {
    const server = await startServer({ port: 0, db: ':memory:', token: 't' });
    afterTest(() => server.close());
    const env = { CERBERUS_SERVER_PORT: String(server.port) };
    const well = { code: 0, stdout: '{"status":"ok"}\n', stderr: '' };
    expect(await health([], env)).to.deep.equal(well);
    expect(await health(['--ready'], env)).to.deep.equal(well);
    // The flags of the server go before the name, as they are.
    const before = spawnServer(['--port', String(server.port), 'health']);
    expect(await before.ended).to.include({ code: 0 });
  });

  it('asks it where it listens, which need not be the first address of the loopback', async () => {
    const server = await startServer({ host: '127.0.0.2', port: 0, db: ':memory:', token: 't' });
    afterTest(() => server.close());
    const port = String(server.port);
    const env = { CERBERUS_SERVER_HOST: '127.0.0.2', CERBERUS_SERVER_PORT: port };
    expect(await health([], env)).to.include({ code: 0, stderr: '' });
    for (const all of ['0.0.0.0', '::', ''])
      expect(localServer(resolveConfig({}, { ...env, CERBERUS_SERVER_HOST: all })).base, all).to.equal(
        `http://127.0.0.1:${port}`,
      );
    const byFlags = ['--host', '127.0.0.2', '--port', port];
    for (const command of [['health'], ['token', 'list', '--token', 't']]) {
      const asked = spawnServer([...byFlags, ...command]);
      expect(await asked.ended, `${command.join(' ')}: ${asked.output().stderr}`).to.include({ code: 0 });
    }
  });

  it('ends with 1 and says why where none answers, or one takes no events', async () => {
    const busy = createServer(({ url }, response) =>
      response.writeHead(url === '/livez' ? 200 : 503).end('{"error":"the last commit failed"}'),
    );
    await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(busy.address() as AddressInfo).port}`;
    expect((await health(['--url', url])).code).to.equal(0);
    expect(await health(['--url', url, '--ready'])).to.deep.include({
      code: 1,
      stderr: 'cerberus-server health: the server answered 503: the last commit failed\n',
    });
    await new Promise((resolve) => busy.close(resolve));
    expect(await health(['--url', url])).to.deep.include({
      code: 1,
      stderr: 'cerberus-server health: the server cannot be reached: ECONNREFUSED\n',
    });
  });
});
