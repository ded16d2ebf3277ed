// A process with the exporter ends when it would have ended without it, and not before a shutdown that is awaited.
import { expect } from 'chai';
import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { runScript, SPAN_SOURCE } from '../support/child.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';

const construct = (url: string, more = ''): string =>
  `${SPAN_SOURCE}\nconst e = new CerberusWsExporter({ wsUrl: '${url}', token: 'canary-token', clientId: 'c', ${more} });`;

describe('process with an exporter', () => {
  let backend: BatchBackend;
  let server: ScriptedServer;
  let blackHole: Server;

  before(async () => {
    backend = new BatchBackend();
    server = await ScriptedServer.start(backend.script());
    blackHole = createServer((socket) => socket.on('error', () => undefined).resume());
    blackHole.listen(0, '127.0.0.1');
    await once(blackHole, 'listening');
  });
  after(async () => {
    await server.stop();
    blackHole.close();
  });

  it('exits by itself although the connection is open', async () => {
    const exit = await runScript(
      `${construct(server.url)} e.export(spans(3), () => {}); await e.forceFlush(); console.log(e.stats().state);`,
    );
    expect([exit.code, exit.stdout.trim()]).to.deep.equal([0, 'ready']);
  });

  it('exits by itself while the backend does not answer the handshake', async () => {
    const { port } = blackHole.address() as AddressInfo;
    const exit = await runScript(`${construct(`ws://127.0.0.1:${port}/`)} e.export(spans(3), () => {});`);
    expect([exit.code, exit.signal]).to.deep.equal([0, null]);
    // Ten seconds would be the connect timeout: the process did not wait for it.
    expect(exit.millis).to.be.below(9_000);
  });

  it('exits by itself while the second address of a name does not answer, the first being dead', async () => {
    const { port } = blackHole.address() as AddressInfo;
    const exit = await runScript(
      `import dns from 'node:dns';
      dns.lookup = (name, options, callback) => process.nextTick(callback, null, [
        { address: '127.0.0.2', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ]);
      ${construct(`ws://two.localhost:${port}/`, 'connectTimeoutMillis: 60_000')} e.export(spans(3), () => {});`,
    );
    expect([exit.code, exit.signal]).to.deep.equal([0, null]);
  });

  it('exits by itself while the exporter waits to reconnect', async () => {
    const exit = await runScript(
      `${construct('ws://127.0.0.1:1/')} e.export(spans(3), () => {});
      const waiting = setInterval(() => {
        if (e.stats().state !== 'backoff') return;
        clearInterval(waiting);
        console.log('backoff');
      }, 10);`,
      { CERBERUS_WARNINGS: 'false' },
    );
    expect([exit.code, exit.stdout.trim(), exit.stderr]).to.deep.equal([0, 'backoff', '']);
  });

  it('stays alive for a shutdown that is awaited, and delivers', async () => {
    const before = backend.stored.length;
    const exit = await runScript(
      `${construct(server.url)} e.export(spans(1_000), () => {}); await e.shutdown(); console.log('done');`,
    );
    expect([exit.code, exit.stdout.trim(), backend.stored.length - before]).to.deep.equal([0, 'done', 1_000]);
  });

  it('keeps its exit code when the backend is down at shutdown', async () => {
    const exit = await runScript(
      `${construct('ws://127.0.0.1:1/', 'shutdownTimeoutMillis: 200')} e.export(spans(3), () => {}); await e.shutdown(); process.exitCode = 7;`,
    );
    expect(exit.code).to.equal(7);
  });

  it('is told once what keeps data away, without the token', async () => {
    const refusing = await ScriptedServer.start({ refuses: () => ({ status: 401 }) });
    const exit = await runScript(
      `${construct(refusing.url)} e.export(spans(3), () => {});
      const waiting = setInterval(() => {}, 1_000);
      process.once('warning', () => setTimeout(() => clearInterval(waiting), 200));`,
    );
    expect(exit.stderr.match(/CERBERUS_CREDENTIALS_REFUSED/g)).to.have.length(1);
    expect(exit.stderr).to.include('status 401').and.not.include('canary-token');
  });

  it('prints a line per event with CERBERUS_DEBUG, and no address, metric or credential in it', async () => {
    const exit = await runScript(
      `${construct(server.url)} e.export(spans(1), () => {}); await e.forceFlush();`,
      { CERBERUS_DEBUG: 'true' },
    );
    const lines = exit.stderr.split('\n').filter((line) => line.includes(' GET '));
    expect(lines.map((line) => line.replace(/^.*: /, ''))).to.deep.equal([
      'GET /0 undefined queued',
      'GET /0 undefined sent',
      'GET /0 undefined acknowledged',
    ]);
    expect(exit.stderr).to.not.include('canary-token').and.not.include('127.0.0.1');
  });
});
