// Those without the token hold as many connections as they can: those with it are served, and so is who comes anew.

import { randomBytes } from 'node:crypto';
import { get, type IncomingMessage } from 'node:http';

import { expect } from 'chai';

import type { CerberusServer } from '../../dist/server.js';
import { Bystander } from '../support/senders/bystander.js';
import { until, within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { rawSocket, upgradeRequest, type RawSocket } from '../support/senders/raw-upgrade.js';
import { call, server, TOKEN } from '../support/servers/server-fixture.js';
import { wireEvent } from '../support/events/events.js';
import { tempFolder } from '../support/temp-folder.js';

const BEARER = { authorization: `Bearer ${TOKEN}` };

/** Opens connections and writes the same on each. */
function crowd(running: CerberusServer, size: number, text: string): Promise<RawSocket[]> {
  const joined = Array.from({ length: size }, async () => {
    const raw = await rawSocket(running.port);
    raw.socket.write(text);
    return raw;
  });
  return Promise.all(joined);
}

/** The head of an answer whose body is not read yet. */
function answerTo(url: string): Promise<IncomingMessage> {
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    const request = get(url, { headers: BEARER, agent: false }, resolve).on('error', reject);
    afterTest(() => request.destroy());
  });
  return within('the head of the answer', answered);
}

function incompressible(): object {
  return { ...wireEvent(), client_id: 'x', endpoint: `/${randomBytes(1500).toString('base64url')}` };
}

describe('connections without the token', () => {
  it('S10 cut off nobody who has a request in progress: a backup that was begun before 600 of them is whole', async function () {
    this.timeout(60_000);
    const folder = tempFolder();
    const running = await server({ db: `${folder}/x.duckdb` });
    // More than the system keeps for a client that does not read.
    for (let round = 0; round < 8; round += 1) {
      const body = JSON.stringify({ events: Array.from({ length: 1000 }, incompressible) });
      expect((await call(`${running.url}/v1/ingest/batch`, { method: 'POST', body })).status).to.equal(200);
    }
    const answer = await answerTo(`${running.url}/api/backup`);
    await crowd(running, 600, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(
      'strangers to be cut off',
      () => (running.stats().refusals['too_many_connections'] ?? 0) >= 300,
    );
    let bytes = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) bytes += chunk.length;
    expect(bytes).to.equal(Number(answer.headers['content-length']));
  });

  it('S11 take no place of those with it, who come and go while strangers hold all of theirs', async () => {
    const running = await server({
      maxConnections: 4,
      maxConnectionsPerAddress: 4,
      maxUnauthenticatedConnections: 10,
      maxUnauthenticatedHttpConnections: 10,
    });
    const idle = await crowd(running, 10, upgradeRequest('/ws/events'));
    await until('strangers to be connected', () => running.stats().unauthenticated === 10);
    const bystander = await Bystander.connect(running);
    const silent = await crowd(running, 40, '');
    await bystander.unharmed();
    expect((await call(`${running.url}/api/summary`)).status).to.equal(200);
    await until(
      'silent ones to make room',
      () => silent.filter(({ socket }) => socket.destroyed).length >= 30,
    );
    expect(idle.filter(({ socket }) => socket.destroyed)).to.have.length(0);
  });
});

describe('connections with the token', () => {
  it('give way when they are idle, and a request beyond those in progress is refused with 503', async () => {
    const running = await server({ maxHttpConnections: 2 });
    const head = `GET /api/summary HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`;
    const [first, second] = await crowd(running, 2, head);
    await until('both to be answered', () => Boolean(first?.received().length && second?.received().length));
    // Not to be used again: the server may cut it off while the next request is on its way.
    const headers = { connection: 'close' };
    expect((await call(`${running.url}/api/summary`, { headers })).status).to.equal(200);
    const body = `POST /v1/ingest/batch HTTP/1.1\r\nHost: x\r\nX-API-Key: ${TOKEN}\r\nContent-Length: 13\r\n\r\n`;
    const busy = await crowd(running, 2, body);
    await until('the idle ones to be cut off', () =>
      Boolean(first?.socket.destroyed && second?.socket.destroyed),
    );
    expect((await call(`${running.url}/api/summary`)).status).to.equal(503);
    for (const { socket } of busy) socket.write('{"events":[]}');
    await until('both to be answered', () => busy.every((raw) => raw.received().includes('"accepted":0')));
  });
});
