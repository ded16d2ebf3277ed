// Share links against a running server: who makes them, and that a link is over when it is over.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

import type { CerberusServer } from '../../../../dist/server.js';
import { within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { call, server } from '../../../support/servers/server-fixture.js';
import { tempFolder } from '../../../support/temp-folder.js';
import { cookieOf, makeLink, OVERVIEW, post, withLink } from '../../../support/servers/share-links.js';
import { heldStore } from '../../../support/servers/held-store.js';

describe('share links', () => {
  let running: CerberusServer;

  beforeEach(async () => {
    running = await server();
  });

  it('are made, listed and revoked by administrators only', async () => {
    const tokens: Record<string, string> = {};
    for (const purpose of ['ingest', 'read', 'admin']) {
      const { body } = await post(`${running.url}/api/tokens`, { name: purpose, purpose });
      tokens[purpose] = String(body['token']);
    }
    const bearer = (token = ''): Record<string, string> => ({ authorization: `Bearer ${token}` });
    for (const purpose of ['ingest', 'read'])
      expect((await post(`${running.url}/api/shares`, OVERVIEW, bearer(tokens[purpose]))).status).to.equal(
        403,
      );
    const cookie = { authorization: '', cookie: await cookieOf(running, tokens['admin']) };
    const reader = { authorization: '', cookie: await cookieOf(running, tokens['read']) };
    expect((await post(`${running.url}/api/shares`, OVERVIEW, reader)).status).to.equal(403);
    const { id } = await makeLink(running, OVERVIEW, cookie);
    const { body } = await call(`${running.url}/api/shares`, { headers: bearer(tokens['admin']) });
    const [listed] = body['shares'] as Record<string, unknown>[];
    expect(listed).to.include({ id, view: 'overview', details: false });
    expect(listed).not.to.have.any.keys('secret', 'hash');
    const revoked = await call(`${running.url}/api/shares?id=${id}`, { method: 'DELETE', headers: cookie });
    expect(revoked.body).to.deep.equal({ revoked: id });
    for (const query of ['?id=nothing', `?id=${id}`])
      expect((await call(`${running.url}/api/shares${query}`, { method: 'DELETE' })).status).to.equal(404);
    expect((await call(`${running.url}/api/shares`, { method: 'DELETE' })).status).to.equal(400);
  });

  it('are refused with the rule that was broken, and above a hundred', async () => {
    const { status, body } = await post(`${running.url}/api/shares`, { view: 'live' });
    expect([status, body]).to.deep.equal([
      400,
      { error: '`view` must be one of overview, endpoint, metrics' },
    ]);
    const form = await post(`${running.url}/api/shares`, OVERVIEW, { 'content-type': 'text/plain' });
    expect(form.status).to.equal(415);
    for (let each = 0; each < 100; each += 1) await makeLink(running, OVERVIEW);
    expect((await post(`${running.url}/api/shares`, OVERVIEW)).body).to.deep.equal({
      error: 'there are 100 links: revoke one first',
    });
  });

  it('S17 are over at once when they are revoked, also for a question that is being answered', async () => {
    const { store, asked, release } = heldStore();
    const slow = await server({ store });
    const { secret, id } = await makeLink(slow, OVERVIEW);
    const answer = withLink(slow, secret, '/api/overview');
    await within('the question', asked);
    await call(`${slow.url}/api/shares?id=${id}`, { method: 'DELETE' });
    release();
    expect((await answer).status).to.equal(401);
    const after = await withLink(slow, secret, '/api/session');
    expect([after.status, after.body]).to.deep.equal([401, { error: 'the link is not valid, or no longer' }]);
  });

  it('S17 are over when their time is, by the clock of the server', async () => {
    const { now } = Date;
    let ahead = 0;
    Date.now = () => now() + ahead;
    afterTest(() => (Date.now = now));
    const timed = await server();
    const { secret } = await makeLink(timed, { ...OVERVIEW, valid_for: '1h' });
    ahead = 3_590_000;
    expect((await withLink(timed, secret, '/api/overview')).status).to.equal(200);
    ahead = 3_600_000;
    for (const path of ['/api/overview', '/api/session'])
      expect((await withLink(timed, secret, path)).status, path).to.equal(401);
    expect((await call(`${timed.url}/api/shares`)).body).to.deep.equal({ shares: [] });
  });

  it('S17 outlive a restart, and their secret is in no file', async () => {
    const folder = tempFolder();
    const db = join(folder, 'x.duckdb');
    const first = await server({ db });
    const [kept, revoked] = [await makeLink(first, OVERVIEW), await makeLink(first, OVERVIEW)];
    await call(`${first.url}/api/shares?id=${revoked.id}`, { method: 'DELETE' });
    const secretIn = (): readonly string[] =>
      filesIn(folder).filter((name) => {
        const bytes = readFileSync(join(folder, name));
        return [kept, revoked].some(({ secret }) => bytes.includes(secret.slice('share-'.length)));
      });
    expect(existsSync(`${db}.shares`)).to.equal(true);
    expect(statSync(`${db}.shares`).mode & 0o777).to.equal(0o600);
    expect(secretIn()).to.deep.equal([]);
    await first.close();
    const second = await server({ db });
    expect((await withLink(second, kept.secret, '/api/overview')).status).to.equal(200);
    expect((await withLink(second, revoked.secret, '/api/overview')).status).to.equal(401);
    expect(secretIn()).to.deep.equal([]);
  });

  it('are in no log line', async () => {
    const lines: string[] = [];
    const watched = await server({ log: (level, line) => void lines.push(`${level} ${line}`) });
    const { secret, id } = await makeLink(watched, OVERVIEW);
    await withLink(watched, secret, '/api/overview');
    await withLink(watched, secret, '/api/events');
    await call(`${watched.url}/api/shares?id=${id}`, { method: 'DELETE' });
    await withLink(watched, secret, '/api/overview');
    expect(lines.join('\n')).not.to.include(secret);
  });
});

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());
}
