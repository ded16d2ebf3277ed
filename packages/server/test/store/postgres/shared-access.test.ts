// Who may read and send, at several servers on one database.
import { expect } from 'chai';

import { startServer, type CerberusServer } from '../../../dist/index.js';
import { pause, until } from '@cerberus-otel/test-support/deadline';
import { ask } from '../../support/databases/postgres.js';
import { SECRETS, usePreparedPostgres } from '../../support/databases/postgres-store.js';
import { WsClient } from '../../support/senders/ws-client.js';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('what one server on a database lets in, another one does', function () {
  this.timeout(60_000);
  const freshDatabase = usePreparedPostgres();
  let url: string;
  let servers: CerberusServer[];
  let [one, other]: CerberusServer[] = [];

  async function start(): Promise<CerberusServer> {
    const server = await startServer({ store: url, port: 0, ...SECRETS });
    servers.push(server);
    return server;
  }

  beforeEach(async () => {
    url = await freshDatabase();
    servers = [];
    [one, other] = [await start(), await start()];
  });

  afterEach(async () => {
    await Promise.all(servers.map((server) => server.close()));
  });

  const at = (server: CerberusServer | undefined): string => server?.url ?? '';

  async function signIn(server: CerberusServer | undefined, token = SECRETS.token): Promise<string> {
    const body = JSON.stringify({ token });
    const answer = await fetch(`${at(server)}/api/session`, { method: 'POST', headers: JSON_TYPE, body });
    expect(answer.status).to.equal(200);
    return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  }

  async function statusOf(
    server: CerberusServer | undefined,
    headers: Record<string, string>,
  ): Promise<number> {
    return (await fetch(`${at(server)}/api/summary`, { headers })).status;
  }

  async function createToken(
    server: CerberusServer | undefined,
    purpose: string,
  ): Promise<{ id: string; token: string }> {
    const answer = await fetch(`${at(server)}/api/tokens`, {
      method: 'POST',
      headers: { ...JSON_TYPE, authorization: `Bearer ${SECRETS.token}` },
      body: JSON.stringify({ name: purpose, purpose }),
    });
    expect(answer.status).to.equal(201);
    return (await answer.json()) as { id: string; token: string };
  }

  it('S21 a session: from the moment at which it begins until it ends', async () => {
    const cookie = await signIn(one);
    expect(await statusOf(other, { cookie })).to.equal(200);
    expect(await statusOf(await start(), { cookie })).to.equal(200);
    await fetch(`${at(other)}/api/session`, { method: 'DELETE', headers: { cookie } });
    expect(await statusOf(other, { cookie })).to.equal(401);
    await until('the other one knows', async () => (await statusOf(one, { cookie })) === 401);
  });

  it('S21 no more wrong tokens from an address than one server would, and no address is in the database', async () => {
    const wrong = { authorization: 'Bearer wrong' };
    const minute = (): Promise<unknown> => ask(url, `SELECT date_trunc('minute', clock_timestamp())::text`);
    const statuses: number[] = [];
    for (let before: unknown; JSON.stringify(before) !== JSON.stringify(await minute());) {
      before = await minute();
      for (let guess = 0; guess < 10; guess += 1) await statusOf(one, wrong);
      statuses.length = 0;
      for (let guess = 0; guess < 4; guess += 1) {
        await pause(250);
        statuses.push(await statusOf(other, wrong));
      }
    }
    expect(statuses.at(-1)).to.equal(429);
    expect(await statusOf(other, { authorization: `Bearer ${SECRETS.token}` })).to.equal(200);
    const kept = await ask<{ readonly sender: string }>(url, 'SELECT DISTINCT sender FROM guesses');
    expect(kept.map(({ sender }) => sender).join()).to.match(/^[0-9a-f]{32}$/);
  });

  it('S21 a token with a purpose: it may send and read elsewhere at once, until it is revoked', async () => {
    const reading = await createToken(one, 'read');
    expect(await statusOf(other, { authorization: `Bearer ${reading.token}` })).to.equal(200);
    const sending = await createToken(other, 'ingest');
    const client = await WsClient.batch(one?.wsUrl ?? '', sending.token);
    await client.close();
    expect(await statusOf(one, { authorization: `Bearer ${sending.token}` })).to.equal(403);
    const headers = { authorization: `Bearer ${SECRETS.token}` };
    const path = `/api/tokens?id=${reading.id}`;
    expect((await fetch(`${at(other)}${path}`, { method: 'DELETE', headers })).status).to.equal(200);
    await until('the other one knows', async () => {
      return (await statusOf(one, { authorization: `Bearer ${reading.token}` })) === 401;
    });
  });

  it('S21 a share link', async () => {
    const headers = { ...JSON_TYPE, authorization: `Bearer ${SECRETS.token}` };
    const listed = async (server: CerberusServer | undefined): Promise<number> => {
      const answer = await fetch(`${at(server)}/api/shares`, { headers });
      return ((await answer.json()) as { shares: unknown[] }).shares.length;
    };
    const body = JSON.stringify({ view: 'overview', range: '24h', valid_for: '1h' });
    const created = await fetch(`${at(one)}/api/shares`, { method: 'POST', headers, body });
    const { secret } = (await created.json()) as { secret?: string };
    expect(created.status, JSON.stringify(secret)).to.equal(201);
    const session = await fetch(`${at(other)}/api/session`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    expect(session.status).to.equal(200);
    expect(await listed(other)).to.equal(1);
  });

  it('keeps what both change at the same time', async () => {
    const cookies = await Promise.all(
      Array.from({ length: 20 }, (_, n) => signIn(n % 2 === 0 ? one : other)),
    );
    const tokens = await Promise.all(
      Array.from({ length: 10 }, (_, n) => createToken(n % 2 === 0 ? one : other, 'read')),
    );
    for (const server of [one, other, await start()]) {
      for (const cookie of cookies) expect(await statusOf(server, { cookie })).to.equal(200);
      for (const { token } of tokens)
        expect(await statusOf(server, { authorization: `Bearer ${token}` })).to.equal(200);
    }
  });

  it('keeps nothing in the database that lets anybody in', async () => {
    const cookie = await signIn(one);
    const { token } = await createToken(one, 'read');
    const rows = await ask<{ text: string }>(url, 'SELECT r::text AS text FROM records r');
    expect(rows).to.have.length(2);
    for (const { text } of rows) {
      expect(text).to.not.include(token);
      expect(text).to.not.include(cookie.split('=')[1] ?? '');
      expect(text).to.not.include(SECRETS.token);
    }
  });

  it('asks the database a few times, however many guess', async () => {
    const count = async (): Promise<number> => {
      const [row] = await ask<{ n: number }>(
        url,
        `SELECT coalesce(sum(seq_scan), 0)::int AS n FROM pg_stat_user_tables WHERE relname = 'records'`,
      );
      return row?.n ?? 0;
    };
    await pause(1500);
    const before = await count();
    const start_ = performance.now();
    await Promise.all(
      Array.from({ length: 200 }, (_, n) => statusOf(one, { cookie: `cerberus_session_shared=x${n}` })),
    );
    const seconds = (performance.now() - start_) / 1000;
    await pause(1500);
    // Both servers look once a second by themselves, and five times a second at most for those who guess.
    expect((await count()) - before).to.be.below(20 + 10 * (seconds + 1.5));
  });
});
