import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { idsIn, runAdministration, type Ran } from '../support/processes/administration-command.js';
import { server, stopServers } from '../support/servers/server-fixture.js';
import { tempFolder } from '../support/temp-folder.js';

describe('cerberus-server share', function () {
  this.timeout(60_000);
  let folder: string;
  let db: string;

  beforeEach(() => {
    folder = tempFolder();
    db = join(folder, 'x.duckdb');
  });

  afterEach(stopServers);

  const run = (...args: string[]): Promise<Ran> => runAdministration('share', folder, db, args);

  async function create(...args: string[]): Promise<{ link: URL; secret: string; id: string }> {
    const { code, stdout, stderr } = await run('create', '--output', '-', ...args);
    expect(code, stderr).to.equal(0);
    const link = new URL(stdout.trim());
    return { link, secret: link.hash.slice(1), id: /share: (\w+) is valid until/.exec(stderr)?.[1] ?? '' };
  }

  const idsOf = async (...args: string[]): Promise<string[]> => idsIn(await run('list', '--json', ...args));

  const status = async (url: string, secret: string, path = '/api/overview'): Promise<number> =>
    (await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${secret}` } })).status;

  it('works beside a running server, which takes up and drops a link at once', async () => {
    const running = await server({ db, token: undefined });
    const at = ['--url', running.url];
    const { link, secret, id } = await create(
      ...at,
      '--application',
      'shop',
      '--range',
      '7d',
      '--valid-for',
      '1h',
    );
    expect(`${link.origin}${link.pathname}${link.search}`).to.equal(`${running.url}/`);
    expect(secret).to.match(/^share-[\w-]{43}$/);
    expect(await status(running.url, secret)).to.equal(200);
    expect(await idsOf(...at)).to.deep.equal([id]);
    const { stdout } = await run('list', ...at);
    expect(stdout)
      .to.match(new RegExp(`^${id} +overview +7d +shop +no +own +\\S+Z$`, 'm'))
      .and.not.include(secret);
    expect((await run('revoke', id, ...at)).code).to.equal(0);
    expect(await status(running.url, secret)).to.equal(401);
    expect(await idsOf(...at)).to.deep.equal([]);
  });

  it('works without a server, and the next one knows the links', async () => {
    const first = await create('--details', '--view', 'endpoint', '--method', 'GET', '--endpoint', '/x');
    expect(existsSync(db)).to.equal(false);
    await (await server({ db, token: undefined })).close();
    const second = await create('--view', 'metrics', '--metric', 'items');
    expect(await idsOf()).to.deep.equal([first.id, second.id]);
    expect((await run('revoke', second.id)).code).to.equal(0);
    const running = await server({ db, token: undefined });
    expect(await status(running.url, first.secret, '/api/events')).to.equal(200);
    expect(await status(running.url, second.secret, '/api/session')).to.equal(401);
  });

  it('makes a link with a filter, in the words of the address of the page, and of no others', async () => {
    const running = await server({ db, token: undefined });
    const at = ['--url', running.url];
    const { secret } = await create(...at, '--filter', 'status=5xx&release=1.4.2%2Bhotfix');
    const session = await fetch(`${running.url}/api/session`, {
      headers: { authorization: `Bearer ${secret}` },
    });
    const { share } = (await session.json()) as { share: { filter: unknown } };
    expect(share.filter).to.deep.equal({ status: '5xx', release: '1.4.2+hotfix' });
    expect(await status(running.url, secret)).to.equal(200);
    for (const [words, problem] of [
      ['consumer=a', '`filter` may have these words: method,'],
      ['status=teapot', '`status` must be a status code'],
      ['status=', 'each word of `filter` must be a text'],
      ['status=5xx&status=4xx', 'status is there twice'],
    ] as const) {
      const refused = await run('create', '--output', '-', ...at, '--filter', words);
      expect([refused.code, refused.stdout], words).to.deep.equal([1, '']);
      expect(refused.stderr).to.include(problem);
    }
    expect(await idsOf(...at)).to.have.length(1);
  });

  it('does not touch the file of a server that runs and did not answer', async () => {
    await server({ db, token: undefined });
    const { code, stderr } = await run('create', '--output', '-');
    expect([code, stderr]).to.deep.equal([
      1,
      `cerberus-server share create: database ${db} is in use by another process\n`,
    ]);
  });

  it('shows a link on a pipe only if asked to, and writes it where only its owner reads it', async () => {
    const refused = await run('create');
    expect([refused.code, refused.stdout]).to.deep.equal([1, '']);
    expect(await idsOf(), 'none was made').to.deep.equal([]);
    const file = join(folder, 'link');
    const written = await run('create', '--output', file);
    expect([written.code, written.stdout]).to.deep.equal([0, '']);
    expect(readFileSync(file, 'utf8')).to.match(/^http:\/\/127\.0\.0\.1:1\/#share-[\w-]{43}\n$/);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect((await run('create', '--output', file)).stderr).to.include('cannot be written');
    expect(await idsOf(), 'the one that nobody has is revoked').to.have.length(1);
  });

  it('says in one line what is wrong', async () => {
    const running = await server({ db, token: undefined });
    const at = ['--url', running.url];
    const to = ['create', '--output', '-', ...at];
    const failures: [string[], RegExp][] = [
      [[...to, '--view', 'endpoint'], /`method` and `endpoint` go with/],
      [[...to, '--valid-for', '31d'], /`valid_for` must be/],
      [[...to, '--range', '1y'], /`range` must be one of/],
      // As of a variable that is not set: it would show all requests.
      [[...to, '--filter', ''], /must not be empty/],
      [['revoke', 'nothing', ...at], /there is no such link/],
      [['list', ...at, '--token', 'sk-wrong'], /the server refused the token/],
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
