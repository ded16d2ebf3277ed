// The server over TLS, with real certificates: what is asked of it over HTTP and WebSocket, and by its own commands.
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';

import { expect } from 'chai';
import { WebSocket } from 'ws';

import type { CerberusServer } from '../dist/server.js';
import {
  pairFiles,
  replace,
  selfSigned,
  type Pair,
  type PairFiles,
} from './support/servers/certificate-files.js';
import { until, within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { server, TOKEN } from './support/servers/server-fixture.js';
import { spawnServer } from './support/processes/server-process.js';
import { tempFolder } from './support/temp-folder.js';

const BEARER = { authorization: `Bearer ${TOKEN}` };

interface Answer {
  readonly status: number | undefined;
  readonly cookie: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

describe('a server with tlsCert and tlsKey', () => {
  let pair: Pair;
  let files: PairFiles;
  let running: CerberusServer;

  before(async () => {
    pair = await selfSigned(['localhost', '127.0.0.1']);
  });

  async function start(options: object = {}): Promise<void> {
    files = pairFiles(pair);
    running = await server({ ...files, ...options });
  }

  async function ask(path: string, options: RequestOptions = {}, body = ''): Promise<Answer> {
    const sent = request(new URL(path, running.url), { ca: pair.cert, agent: false, ...options });
    sent.setTimeout(8000, () => sent.destroy(new Error('no answer')));
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const { statusCode: status, headers } = answer;
    return { status, headers, cookie: headers['set-cookie']?.[0] ?? '', body: await text(answer) };
  }

  async function handshake(options: ConnectionOptions = {}): Promise<TLSSocket> {
    const socket = connect({ port: running.port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
    afterTest(() => socket.destroy());
    await within('the handshake', once(socket, 'secureConnect'));
    return socket;
  }

  it('says where it is, and answers there: page, API, readiness', async () => {
    await start();
    expect(running.url).to.equal(`https://127.0.0.1:${running.port}`);
    expect(running.wsUrl).to.equal(`wss://127.0.0.1:${running.port}/ws/events`);
    expect(await ask('/')).to.include({ status: 200 });
    expect(await ask('/readyz')).to.include({ status: 200 });
    expect(await ask('/api/summary')).to.include({ status: 401 });
    expect(await ask('/api/summary', { headers: BEARER })).to.include({ status: 200 });
  });

  it('marks cookies as secure, and leaves Strict-Transport-Security to those who own the name', async () => {
    await start();
    const headers = { 'content-type': 'application/json' };
    const { status, cookie } = await ask('/api/session', { method: 'POST', headers }, `{"token":"${TOKEN}"}`);
    expect(status).to.equal(200);
    expect(cookie).to.match(/; Secure$/);
    expect((await ask('/')).headers).not.to.have.property('strict-transport-security');
  });

  it('S26 takes WebSocket connections', async () => {
    await start();
    const socket = new WebSocket(running.wsUrl, { ca: pair.cert, headers: BEARER });
    afterTest(() => socket.terminate());
    await within('the upgrade', once(socket, 'open'));
    expect(running.stats().connections).to.equal(1);
  });

  it('S26 speaks TLS 1.2 and 1.3, nothing older, and no plain HTTP', async () => {
    await start();
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await handshake({ minVersion: version, maxVersion: version });
      expect(socket.getProtocol()).to.equal(version);
    }
    // Security level 0 lets this client offer it.
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const error: unknown = await handshake(old).catch((reason: unknown) => reason);
    expect(error)
      .to.have.property('code')
      .that.matches(/PROTOCOL_VERSION/);
    const plain = connectPlain(running.port, '127.0.0.1');
    afterTest(() => plain.destroy());
    plain.on('error', () => undefined);
    plain.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
    let received = '';
    plain.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
    await within('the end of the connection', once(plain, 'close'));
    expect(received).not.to.include('HTTP/1.1');
  });

  it('counts a connection once, while it shakes hands and afterwards', async () => {
    await start({ maxUnauthenticatedHttpConnections: 3 });
    const silent = [1, 2].map(() => connectPlain(running.port, '127.0.0.1'));
    for (const socket of silent) {
      socket.on('error', () => undefined);
      afterTest(() => socket.destroy());
      await within('a connection', once(socket, 'connect'));
    }
    const kept = await handshake();
    let ended = 0;
    for (const socket of [...silent, kept]) socket.on('close', () => (ended += 1));
    // Two that are silent and one that is not are three; a fourth ends one.
    expect(await ask('/healthz')).to.include({ status: 200 });
    await until('one has given way', () => ended === 1);
    expect(kept.destroyed).to.equal(false);
  });

  it('S26 ends a connection that does not finish its handshake', async () => {
    await start({ requestTimeoutMillis: 50 });
    const silent = connectPlain(running.port, '127.0.0.1');
    afterTest(() => silent.destroy());
    silent.on('error', () => undefined);
    silent.resume();
    await within('it to be cut off', once(silent, 'close'));
  });

  it('does not wait, when it stops, for who has said nothing after the handshake', async () => {
    await start({ shutdownTimeoutMillis: 60_000 });
    const silent = await handshake();
    silent.on('error', () => undefined);
    await ask('/healthz');
    const closed = once(silent, 'close');
    await within('the server to stop', running.close());
    await within('it to be cut off', closed);
  });

  it('S27 goes over to a renewed certificate, keeps connections, and says in its metrics when it ends', async () => {
    await start();
    const open = await handshake();
    const renewed = await selfSigned(['localhost', '127.0.0.1'], 9);
    replace(files.tlsKey, renewed.key);
    replace(files.tlsCert, renewed.cert);
    const served = async (): Promise<string> => {
      const socket = await handshake();
      const { raw } = socket.getPeerCertificate();
      socket.destroy();
      return raw.toString('base64');
    };
    const body = renewed.cert.replaceAll(/-----[A-Z ]+-----|\s/g, '');
    await until('the renewed certificate is served', async () => (await served()) === body, 30_000);
    expect(open.destroyed).to.equal(false);
    const { body: metrics } = await ask('/metrics', { ca: renewed.cert, headers: BEARER });
    const [, end] =
      /^cerberus_server_tls_certificate_not_after_timestamp_seconds (\S+)$/m.exec(metrics) ?? [];
    const days = (Number(end) * 1000 - Date.now()) / 86_400_000;
    expect(days).to.be.within(8, 9);
    const old = await handshake({
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    }).catch((reason: unknown) => reason);
    expect(old).to.be.instanceOf(Error);
  }).timeout(40_000);

  it('has no sample of a certificate without TLS', async () => {
    const plain = await server();
    const metrics = await (await fetch(`${plain.url}/metrics`, { headers: BEARER })).text();
    expect(metrics).not.to.match(/^cerberus_server_tls_certificate/m);
  });
});

describe('cerberus-server --tls-cert --tls-key', () => {
  it('starts, does not warn that it is exposed, and is found by its other commands', async () => {
    const folder = tempFolder();
    const { tlsCert, tlsKey } = pairFiles(await selfSigned(['cerberus.example']));
    const db = join(folder, 'x.duckdb');
    const flags = [
      '--host',
      '0.0.0.0',
      '--port',
      '0',
      '--db',
      db,
      '--tls-cert',
      tlsCert,
      '--tls-key',
      tlsKey,
    ];
    const command = spawnServer(flags);
    const url = await command.url;
    expect(url).to.match(/^https:\/\/cerberus\.example:\d+$/);
    expect(command.output().stderr).to.equal('');
    const env = {
      CERBERUS_SERVER_PORT: new URL(url ?? '').port,
      CERBERUS_SERVER_TLS_CERT: tlsCert,
      CERBERUS_SERVER_TLS_KEY: tlsKey,
    };
    const create = spawnServer(['token', 'list', '--db', db], env);
    expect(await create.ended, create.output().stderr).to.include({ code: 0 });
    const archive = spawnServer(['export', '--db', db, '--output', join(folder, 'out')], env);
    expect(await archive.ended, archive.output().stderr).to.include({ code: 0 });
    const health = spawnServer(['health'], env);
    expect(await health.ended, health.output().stderr).to.include({ code: 0 });
  }).timeout(30_000);

  it('S26 does not start with one of the two, or with a key that does not fit', async () => {
    const files = pairFiles({ ...(await selfSigned()), key: (await selfSigned()).key });
    const one = spawnServer(['--db', ':memory:', '--port', '0', '--tls-key', files.tlsKey]);
    expect(await one.ended).to.include({ code: 1 });
    expect(one.output().stderr).to.equal(
      'cerberus-server: `tlsKey` (CERBERUS_SERVER_TLS_KEY) goes with a `tlsCert`\n',
    );
    const both = spawnServer(['--db', ':memory:', '--port', '0'], {
      CERBERUS_SERVER_TLS_CERT: files.tlsCert,
      CERBERUS_SERVER_TLS_KEY: files.tlsKey,
    });
    expect(await both.ended).to.include({ code: 1 });
    expect(both.output().stderr).to.match(/^cerberus-server: `tlsKey` .* must be the private key of /);
  }).timeout(30_000);
});
