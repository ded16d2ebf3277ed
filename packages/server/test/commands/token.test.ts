import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { expect } from 'chai';

import { idsIn, runAdministration, type Ran } from '../support/processes/administration-command.js';
import { spawnServer } from '../support/processes/server-process.js';
import { wireEvent } from '../support/events/events.js';
import { server, stopServers } from '../support/servers/server-fixture.js';
import { tempFolder } from '../support/temp-folder.js';
import { WsClient } from '../support/senders/ws-client.js';

describe('cerberus-server token', function () {
  this.timeout(40_000);
  let folder: string;
  let db: string;

  beforeEach(() => {
    folder = tempFolder();
    db = join(folder, 'x.duckdb');
  });

  afterEach(stopServers);

  const run = (...args: string[]): Promise<Ran> => runAdministration('token', folder, db, args);

  async function create(...args: string[]): Promise<{ token: string; id: string }> {
    const { code, stdout, stderr } = await run('create', '--output', '-', ...args);
    expect(code, stderr).to.equal(0);
    return { token: stdout.trim(), id: /token: (\w+) is for/.exec(stderr)?.[1] ?? '' };
  }

  const idsOf = async (...args: string[]): Promise<string[]> => idsIn(await run('list', '--json', ...args));

  it('works beside a running server, which takes up and drops a token at once', async () => {
    const running = await server({ db, token: undefined });
    const at = ['--url', running.url];
    const { token, id } = await create(...at, '--purpose', 'ingest', '--application', 'shop');
    const client = await WsClient.batch(running.wsUrl, token, 'p', 'shop');
    client.frame(1, wireEvent());
    expect(await client.next()).to.include({ type: 'ack' });
    expect(await idsOf(...at)).to.deep.equal(['own', id]);
    const { stdout } = await run('list', ...at);
    expect(stdout)
      .to.match(new RegExp(`^${id} +shop +ingest +shop +\\S+Z +\\S+Z$`, 'm'))
      .and.not.include(token);
    expect((await run('revoke', id, ...at)).code).to.equal(0);
    client.frame(2, wireEvent());
    expect((await client.ended()).code).to.equal(4401);
    expect(await idsOf(...at)).to.deep.equal(['own']);
  });

  it('works without a server, before the database is made and after, and the next server knows the tokens', async () => {
    const before = await create('--purpose', 'read');
    expect(existsSync(db)).to.equal(false);
    expect((await run('list')).stderr).to.equal(
      `cerberus-server token list: there is no database ${db} yet: this is for the server that makes it\n`,
    );
    await (await server({ db, token: undefined })).close();
    const after = await create('--purpose', 'read');
    expect((await run('list')).stderr).to.equal('');
    expect(await idsOf()).to.deep.equal(['own', before.id, after.id]);
    expect((await run('revoke', before.id)).code).to.equal(0);
    const running = await server({ db, token: undefined });
    const status = async (token: string): Promise<number> =>
      (await fetch(`${running.url}/api/summary`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect([await status(before.token), await status(after.token)]).to.deep.equal([401, 200]);
  });

  it('makes nothing for a server that keeps its tokens in no file, while none answers', async () => {
    const refusal = `no server answers, and what it keeps is in no file: start it, or name one with --url\n`;
    const store = { CERBERUS_SERVER_PORT: '1', CERBERUS_SERVER_STORE: 'postgres://127.0.0.1:1/x' };
    const shared = { ...store, CERBERUS_SERVER_TOKEN: 't', CERBERUS_SERVER_SECRET_KEY: 'k' };
    const creating = ['token', 'create', '--purpose', 'read', '--output', '-'];
    for (const args of [
      creating,
      ['backup', '--output', 'b.duckdb'],
      ['export', '--output', 'e.csv', '--format', 'csv'],
    ]) {
      const ran = spawnServer(args, shared, { cwd: folder });
      expect((await ran.ended).code).to.equal(1);
      expect(ran.output().stderr).to.equal(
        `cerberus-server ${args[0] === 'token' ? 'token create' : args[0]}: ${refusal}`,
      );
    }
    const { stderr } = await runAdministration('token', folder, ':memory:', creating.slice(1));
    expect(stderr).to.equal(`cerberus-server token create: ${refusal}`);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('does not touch the file of a server that runs and did not answer', async () => {
    await server({ db, token: undefined });
    const { code, stderr } = await run('create', '--purpose', 'read', '--output', '-');
    expect([code, stderr]).to.deep.equal([
      1,
      `cerberus-server token create: database ${db} is in use by another process\n`,
    ]);
  });

  it('shows a token on a pipe only if asked to, and writes it where only its owner reads it', async () => {
    const refused = await run('create', '--purpose', 'read');
    expect([refused.code, refused.stdout]).to.deep.equal([1, '']);
    expect(await idsOf(), 'none was made').to.deep.equal(['own']);
    const file = join(folder, 'reader.token');
    const written = await run('create', '--purpose', 'read', '--output', file);
    expect([written.code, written.stdout]).to.deep.equal([0, '']);
    expect(readFileSync(file, 'utf8')).to.match(/^sk-[\w-]{43}\n$/);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(written.stderr).not.to.include(readFileSync(file, 'utf8').trim());
    const again = await run('create', '--purpose', 'read', '--output', file);
    expect(again.stderr).to.include('cannot be written');
    expect(await idsOf(), 'the one that nobody has is revoked').to.have.length(2);
  });

  it('asks a server behind a proxy under its path, and says why it refuses', async () => {
    const asked: unknown[] = [];
    const proxy = createServer(({ url }, response) => {
      asked.push(url);
      response
        .writeHead(asked.length === 1 ? 200 : 503)
        .end('{"tokens":[],"error":"the store \\u001b[31m has failed"}');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const at = [
      '--url',
      `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/cerberus/`,
      '--token',
      't',
    ];
    expect((await run('list', ...at)).code).to.equal(0);
    expect((await run('list', ...at)).stderr).to.equal(
      'cerberus-server token list: the server answered 503: the store \\u{1b}[31m has failed\n',
    );
    await new Promise((resolve) => proxy.close(resolve));
    expect(asked).to.deep.equal(['/cerberus/api/tokens', '/cerberus/api/tokens']);
    expect((await run('list', ...at)).stderr).to.match(/the server cannot be reached: ECONNREFUSED\n$/);
    expect((await run('list', '--url', 'shop.example:80')).stderr).to.match(
      /--url must be an http:\/\/ or https/,
    );
  });

  it('says in one line what is wrong', async () => {
    const running = await server({ db, token: undefined });
    const at = ['--url', running.url];
    const reader = await create(...at, '--purpose', 'read');
    const failures: [string[], RegExp][] = [
      [['create', '--output', '-'], /--purpose must be one of ingest, read, admin/],
      [
        ['create', '--output', '-', '--purpose', 'read', '--application', 'x', ...at],
        /`application` goes with/,
      ],
      // As of a variable that is not set: it would be for any application.
      [
        ['create', '--output', '-', '--purpose', 'ingest', '--name', 'x', '--application', '', ...at],
        /must not be empty/,
      ],
      [['revoke', 'nothing', ...at], /there is no such token/],
      [['revoke', 'own', ...at], /there is no such token/],
      [['list', ...at, '--token', 'sk-wrong'], /the server refused the token/],
      [['list', ...at, '--token', reader.token], /needs the purpose admin/],
      [['list', '--url', 'http://127.0.0.1:1'], /the server cannot be reached/],
    ];
    for (const [args, pattern] of failures) {
      const { code, stdout, stderr } = await run(...args);
      expect([code, stdout], args.join(' ')).to.deep.equal([1, '']);
      expect(stderr, args.join(' '))
        .to.match(pattern)
        .and.match(/^[^\n]+\n$/);
    }
  });
});
