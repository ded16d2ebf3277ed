// What commands say of an address where something else listens than a server of Cerberus.
import { startServer } from '@cerberus-otel/server';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { expect } from 'chai';
import { Command } from '../support/command.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';

const ASKING = [
  ['token', 'list', '--token', 't'],
  ['export', '--token', 't'],
  ['tail', '--token', 't'],
];

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterTest(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answering = (listener: RequestListener): Promise<string> => listening(createHttpServer(listener));

/** The exit code, and the only line that was said. */
async function said(args: readonly string[], url: string): Promise<{ code: number | null; line: string }> {
  const command = new Command([...args, '--url', url]);
  afterTest(() => command.kill());
  const code = await command.exited;
  expect(command.stdout).to.equal('');
  expect(command.stderr.trim().split('\n')).to.have.length(1);
  return { code, line: command.stderr.trim() };
}

describe('commands where something else listens', function () {
  this.timeout(60_000);

  it('end with 1 and a line where each connection is closed at once, as by a forwarded port', async () => {
    const url = await listening(createServer((socket) => socket.on('error', () => undefined).destroy()));
    for (const args of ASKING) {
      const { code, line } = await said(args, url);
      expect(code, line).to.equal(1);
      expect(line).to.match(/(no server answers at .*|the server cannot be reached): ECONNRESET$/);
    }
  });

  it('say that a web server is no server of Cerberus, and print nothing of it', async () => {
    const url = await answering((_request, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end('<h1>Welcome</h1>');
    });
    for (const args of ASKING) {
      const { code, line } = await said(args, url);
      expect(code, line).to.equal(1);
      expect(line).to.match(/what answers .* is no Cerberus server$/);
    }
  });

  it('say that an answer is no JSON', async () => {
    const url = await answering((_request, response) => response.end('OK'));
    const { code, line } = await said(['token', 'list', '--token', 't'], url);
    expect({ code, line }).to.deep.equal({
      code: 1,
      line: 'cerberus-server token list: the server did not answer in JSON',
    });
    expect((await said(['tail'], url)).line).to.match(/is no Cerberus server$/);
  });

  it('follow no redirect with the token', async () => {
    const url = await answering(({ url: path }, response) => {
      response.writeHead(path === '/elsewhere' ? 200 : 301, { location: '/elsewhere' }).end();
    });
    const { line } = await said(['export', '--token', 't'], url);
    expect(line).to.match(/the server answered 301$/);
  });

  it('tell a token that is refused from one that is missing', async () => {
    const server = await startServer({ port: 0, db: ':memory:', token: 'right' });
    afterTest(() => server.close());
    expect((await said(['tail', '--token', 'wrong'], server.url)).line).to.include('refused the token');
    expect((await said(['tail'], server.url)).line).to.include('wants a token');
  });

  it('tail waits for a server that a proxy in front of it cannot reach for a while', async () => {
    let asked = 0;
    const url = await answering((_request, response) => {
      asked += 1;
      if (asked === 2) return void response.writeHead(502).end('Bad Gateway');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (asked === 1) response.end('\n');
      else response.write('\n');
    });
    const command = new Command(['tail', '--token', 't', '--url', url]);
    afterTest(() => command.kill());
    await until('it is connected again', async () => asked >= 3);
    await command.output('stderr', /connected again/);
    command.kill();
    await command.exited;
  });
});
