// Clients that offer another protocol with every request (curl --http2, Java's HttpClient) are answered as if they had not.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { expect } from 'chai';

import type { CerberusServer } from '../../dist/server.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { wireEvent } from '../support/events/events.js';
import { rawSocket } from '../support/senders/raw-upgrade.js';
import { call, server, TOKEN } from '../support/servers/server-fixture.js';

const run = promisify(execFile);
const BEARER = `authorization: Bearer ${TOKEN}`;

describe('a request that offers to upgrade to something else than WebSocket', () => {
  let running: CerberusServer;

  const bodyOf = (events: number): string =>
    JSON.stringify({ events: Array.from({ length: events }, () => ({ ...wireEvent(), client_id: 'x' })) });
  const stored = async (): Promise<unknown> => (await call(`${running.url}/api/summary`)).body['requests'];
  const curl = async (...args: string[]): Promise<string> =>
    (await run('curl', ['--silent', '--http2', '--max-time', '8', '--header', BEARER, ...args])).stdout;

  beforeEach(async () => {
    running = await server();
  });

  it('S1 is answered, for curl --http2, with and without a body, one after the other on a connection', async function () {
    this.timeout(30_000);
    if (!(await hasCurl())) return this.skip();
    const summary = `${running.url}/api/summary`;
    const code = ['--write-out', '%{http_version} %{http_code} %{num_connects}\n', '--output', '/dev/null'];
    expect(await curl(...code, summary, ...code, `${running.url}/healthz`)).to.equal(
      '1.1 200 1\n1.1 200 0\n',
    );
    const ingest = `${running.url}/v1/ingest/batch`;
    // Small, of several packets, and announced with `Expect: 100-continue`.
    for (const events of [1, 300]) {
      const sending = curl('--header', 'expect: 100-continue', '--data-binary', bodyOf(events), ingest);
      expect(JSON.parse(await sending)).to.deep.equal({ accepted: events, skipped: 0 });
    }
    expect(await stored()).to.equal(301);
    expect(running.stats().refusals).to.deep.equal({});
  });

  for (const [name, upgrade] of Object.entries({
    h2c: 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA',
    TLS: 'Connection: Upgrade\r\nUpgrade: TLS/1.0',
    'a list': 'Connection: Upgrade\r\nUpgrade: HTTP/3.0, IRC/6.9',
    'a header without an option of the connection': 'Upgrade: h2c',
  })) {
    it(`S1 is answered, for ${name}, whatever the body`, async () => {
      const head = `Host: x\r\n${BEARER}\r\n${upgrade}`;
      const body = bodyOf(2);
      const chunk = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
      const { socket, received } = await rawSocket(running.port);
      let answers = 0;
      const answered = async (...writes: string[]): Promise<string> => {
        for (const write of writes) {
          socket.write(write);
          await new Promise((resolve) => setImmediate(resolve));
        }
        answers += 1;
        const all = (): string[] => received().toString('latin1').split('HTTP/1.1 ').slice(1);
        await until('the answer', () => all().length === answers && (all().at(-1) ?? '').endsWith('}'));
        return all().at(-1) ?? '';
      };
      expect(await answered(`GET /healthz HTTP/1.1\r\n${head}\r\n\r\n`)).to.match(/^200/);
      const post = `POST /v1/ingest/batch HTTP/1.1\r\n${head}\r\n`;
      const length = `Content-Length: ${body.length}\r\n\r\n`;
      const taken = '{"accepted":2,"skipped":0}';
      expect(await answered(`${post}${length}${body}`)).to.include(taken);
      expect(await answered(`${post}${length}`, body.slice(0, 9), body.slice(9))).to.include(taken);
      expect(await answered(`${post}Transfer-Encoding: chunked\r\n\r\n${chunk}`)).to.include(taken);
      expect(await stored()).to.equal(6);
    });
  }

  it('S1 is answered where it asks for WebSocket in a way that opens none', async () => {
    const { socket, received } = await rawSocket(running.port);
    const body = bodyOf(1);
    const head = `Host: x\r\n${BEARER}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: ${body.length}`;
    socket.write(`POST /v1/ingest/batch HTTP/1.1\r\n${head}\r\n\r\n${body}`);
    await until('the answer', () => received().includes('"accepted":1'));
  });
});

async function hasCurl(): Promise<boolean> {
  try {
    return (await run('curl', ['--version'])).stdout.includes('HTTP2');
  } catch (error) {
    if (process.env['CERBERUS_REQUIRE_ALL_TESTS'] === 'true') throw error;
    return false;
  }
}
