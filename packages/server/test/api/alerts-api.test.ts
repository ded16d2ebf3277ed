// What is asked of a running server about its alerts.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import type { CerberusServer } from '../../dist/server.js';
import { signatureHeaders } from '../../dist/alerts/messages/signature.js';
import { call, server, TOKEN } from '../support/servers/server-fixture.js';
import { tempFolder } from '../support/temp-folder.js';
import { webhookServer, type WebhookServer } from '../support/alerts/webhook-server.js';

type Json = Record<string, unknown>;
type Answer = Awaited<ReturnType<typeof call>>;

const RATE = { name: 'errors', measure: 'error_rate', above: 0.05, filter: { client_id: 'shop' } };

describe('/api/alerts', function () {
  this.timeout(20_000);
  let running: CerberusServer;
  let hook: WebhookServer;

  beforeEach(async () => {
    running = await server();
    hook = await webhookServer();
  });

  function send(method: string, path: string, body?: object): Promise<Answer> {
    return call(`${running.url}/api/alerts${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  }

  async function listed(): Promise<{ readonly rules: Json[]; readonly destinations: Json[] }> {
    return (await send('GET', '')).body as unknown as { rules: Json[]; destinations: Json[] };
  }

  it('makes, shows, changes and removes rules', async () => {
    const made = await send('POST', '', RATE);
    expect(made.status).to.equal(201);
    expect(made.body).to.deep.include({ ...RATE, window_minutes: 5, read_only: false, firing: [] });
    const id = String(made.body['id']);
    const changed = await send('PUT', `?id=${id}`, { ...RATE, name: 'more errors', window_minutes: 10 });
    expect(changed.body).to.include({ id, name: 'more errors', window_minutes: 10 });
    expect((await listed()).rules).to.deep.equal([changed.body]);
    expect((await send('DELETE', `?id=${id}`)).body).to.deep.equal({ removed: id });
    expect((await listed()).rules).to.deep.equal([]);
    for (const gone of [await send('PUT', `?id=${id}`, RATE), await send('DELETE', `?id=${id}`)])
      expect(gone.status).to.equal(404);
  });

  it('refuses what is no rule, and says which member is wrong', async () => {
    for (const [members, error] of [
      [{ above: 2 }, '`above` must be a share from 0 to 1'],
      [{ filter: { colour: 'red' } }, '`filter`: there is no parameter "colour" here'],
      [{ filter: { status: '9999' } }, '`filter`: `status` must be a status code'],
      [{ filter: { since: '1' } }, '`filter`: there is no parameter "since" here'],
      [{ filter: { metric_min: 1 } }, '`filter`: `metric_min` goes with `metric`'],
    ] as const)
      for (const path of ['', '/preview']) {
        const answer = await send('POST', path, { ...RATE, ...members });
        expect(answer.status).to.equal(400);
        expect(answer.body['error']).to.be.a('string').that.includes(error);
      }
    const answer = await send('POST', '', { ...RATE, destinations: ['nowhere'] });
    expect(answer.status).to.equal(400);
    expect(answer.body['error']).to.include('`destinations` must be ids of destinations that there are');
  });

  it('says what a rule would find now, and keeps nothing of it', async () => {
    const answer = await send('POST', '/preview', { ...RATE, measure: 'requests' });
    expect(answer.body).to.deep.equal({ readings: [{ subject: null, value: 0, detail: null }] });
    expect((await listed()).rules).to.deep.equal([]);
  });

  it('shows the secret of a webhook once, and nothing else of where it is', async () => {
    const url = `${hook.url}?key=hidden-key`;
    const made = await send('POST', '/destinations', { kind: 'webhook', name: 'ops', url });
    expect(made.status).to.equal(201);
    expect(made.body['secret']).to.match(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(made.body).to.include({ target: new URL(hook.url).origin });
    const shown = JSON.stringify([await listed(), made.body['target']]);
    expect(shown).not.to.include('whsec_').and.not.to.include('hidden-key');
  });

  it('changes of a destination what is given, and keeps what nobody sees', async () => {
    const url = `${hook.url}/first`;
    const { body: made } = await send('POST', '/destinations', { kind: 'webhook', name: 'ops', url });
    const id = String(made['id']);
    const renamed = await send('PUT', `/destinations?id=${id}`, { name: 'on call' });
    expect(renamed.status).to.equal(200);
    expect(renamed.body).to.deep.equal({
      id,
      name: 'on call',
      kind: 'webhook',
      target: new URL(hook.url).origin,
      read_only: false,
    });
    expect((await listed()).destinations).to.deep.equal([renamed.body]);
    await send('POST', `/test?id=${id}`);
    await send('PUT', `/destinations?id=${id}`, { url: `${hook.url}/second` });
    await send('POST', `/test?id=${id}`);
    expect(hook.received.map(({ path }) => path)).to.deep.equal(['/hook/first', '/hook/second']);
    const key = String(made['secret']);
    for (const { headers, text } of hook.received) {
      const { 'webhook-id': sent = '', 'webhook-timestamp': at } = headers;
      const signed = { id: String(sent), timestamp: Number(at), body: text };
      expect(headers).to.include(signatureHeaders(key, signed));
    }
    for (const [change, error] of [
      [{ kind: 'slack' }, '`kind` must stay webhook: make another destination'],
      [{ url: 'ftp://a' }, '`url` must be a URL that begins with http:// or https://'],
      [{ name: '' }, '`name` must be 1 to 100 visible characters'],
      [{ channel: 'x' }, 'there is no member "channel" here'],
    ] as const) {
      const refused = await send('PUT', `/destinations?id=${id}`, change);
      expect(refused.status, error).to.equal(400);
      expect(refused.body['error']).to.include(error);
    }
    expect((await send('PUT', '/destinations?id=none', { name: 'x' })).status).to.equal(404);
    expect((await send('PUT', '/destinations?id=file-x', { name: 'x' })).status).to.equal(409);
  });

  it('links the page in messages, where it knows its address', async () => {
    running = await server({ publicUrl: 'https://cerberus.example/' });
    const { body } = await send('POST', '/destinations', { kind: 'webhook', name: 'ops', url: hook.url });
    await send('POST', `/test?id=${String(body['id'])}`);
    expect(hook.received[0]?.body).to.have.nested.property(
      'data.url',
      'https://cerberus.example/?view=alerts',
    );
  });

  it('removes a destination, but not under a rule that sends to it', async () => {
    const { body } = await send('POST', '/destinations', { kind: 'slack', name: 'chat', url: hook.url });
    const to = String(body['id']);
    const rule = await send('POST', '', { ...RATE, destinations: [to] });
    const refused = await send('DELETE', `/destinations?id=${to}`);
    expect(refused.status).to.equal(409);
    expect(refused.body['error']).to.equal('the rule "errors" sends to it');
    await send('DELETE', `?id=${String(rule.body['id'])}`);
    expect((await send('DELETE', `/destinations?id=${to}`)).status).to.equal(200);
    expect((await listed()).destinations).to.deep.equal([]);
  });

  it('tests a destination, says what became of it, and has it in the log', async () => {
    const { body } = await send('POST', '/destinations', { kind: 'slack', name: 'chat', url: hook.url });
    const test = (): Promise<Answer> => send('POST', `/test?id=${String(body['id'])}`);
    expect((await test()).body).to.deep.equal({ delivered: true, error: null });
    expect(hook.received[0]?.body.text).to.equal('This is a test of chat: messages of alerts arrive here');
    hook.status = 403;
    expect((await test()).body).to.deep.equal({ delivered: false, error: 'status 403' });
    const log = await send('GET', '/log?limit=1');
    const [entry] = log.body['entries'] as Json[];
    expect(entry).to.deep.include({ type: 'test', rule_name: 'chat', rule_id: null });
    expect(entry?.['messages']).to.deep.equal([
      { destination: 'chat', state: 'given_up', attempts: 1, error: 'status 403' },
    ]);
    expect((await send('POST', '/test?id=none')).status).to.equal(404);
    const metrics = await fetch(`${running.url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(await metrics.text())
      .to.include('cerberus_server_alert_messages_total{result="delivered"} 1')
      .and.include('cerberus_server_alert_messages_total{result="refused"} 0')
      .and.include('cerberus_server_alerts_total{type="test"} 2')
      .and.include('cerberus_server_alerts_firing 0');
  });

  it('keeps rules, destinations and the log in the database, where nothing of a secret can be read', async () => {
    const db = join(tempFolder(), 'x.duckdb');
    running = await server({ db });
    const url = `${hook.url}/secret-path`;
    const { body } = await send('POST', '/destinations', { kind: 'slack', name: 'chat', url });
    await send('POST', '', { ...RATE, destinations: [body['id']] });
    await send('POST', `/test?id=${String(body['id'])}`);
    const before = [await listed(), (await send('GET', '/log')).body];
    await running.close();
    expect(readFileSync(db).includes('secret-path')).to.equal(false);
    running = await server({ db });
    expect([await listed(), (await send('GET', '/log')).body]).to.deep.equal(before);
    await send('POST', `/test?id=${String(body['id'])}`);
    expect(hook.received.at(-1)?.path).to.equal('/hook/secret-path');
    await running.close();
    // Whoever has the file, but not the token, has no destination.
    running = await server({ db, token: 'another-token' });
    const list = await call(`${running.url}/api/alerts`, {
      headers: { authorization: 'Bearer another-token' },
    });
    expect(list.body['destinations']).to.deep.equal([
      { id: body['id'], name: 'chat', kind: null, target: null, read_only: false },
    ]);
  });
});

describe('a file of alerts', function () {
  this.timeout(20_000);

  function file(content: unknown): string {
    const path = join(tempFolder(), 'alerts.json');
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  it('has rules and destinations that the API shows, tests, and does not change', async () => {
    const hook = await webhookServer();
    process.env['ALERTS_TEST_URL'] = hook.url;
    const alerts = file({
      destinations: [{ id: 'chat', kind: 'slack', name: 'chat', url: { env: 'ALERTS_TEST_URL' } }],
      rules: [{ id: 'errors', ...RATE, destinations: ['chat'] }],
    });
    const { url } = await server({ alerts });
    const { body } = await call(`${url}/api/alerts`);
    expect(body['destinations']).to.deep.equal([
      { id: 'file-chat', name: 'chat', kind: 'slack', target: new URL(hook.url).origin, read_only: true },
    ]);
    expect(body['rules']).to.have.length(1);
    expect((body['rules'] as Json[])[0]).to.deep.include({
      id: 'file-errors',
      name: 'errors',
      destinations: ['file-chat'],
      read_only: true,
    });
    const json = { 'content-type': 'application/json' };
    for (const answer of [
      await call(`${url}/api/alerts?id=file-errors`, { method: 'DELETE' }),
      await call(`${url}/api/alerts?id=file-errors`, {
        method: 'PUT',
        body: JSON.stringify(RATE),
        headers: json,
      }),
      await call(`${url}/api/alerts/destinations?id=file-chat`, { method: 'DELETE' }),
    ])
      expect(answer.status).to.equal(409);
    await call(`${url}/api/alerts/test?id=file-chat`, { method: 'POST' });
    expect(hook.received).to.have.length(1);
  });

  for (const [what, content, problem] of [
    ['is not there', undefined, 'ENOENT'],
    ['is no JSON', '{"rules": [secret]}', 'it is no JSON'],
    ['is a list', [], 'it must be an object'],
    ['has something else', { rule: [] }, 'there is no member `rule`'],
    ['has a rule without an id', { rules: [RATE] }, '`rules.0.id` must be'],
    ['has an id that is none', { rules: [{ ...RATE, id: 'A b' }] }, 'the `id` of a rule must be 1 to 64 of'],
    [
      'has a rule twice',
      {
        rules: [
          { ...RATE, id: 'a' },
          { ...RATE, id: 'a' },
        ],
      },
      'rule `a` is there twice',
    ],
    ['has a rule that is none', { rules: [{ ...RATE, id: 'a', above: 7 }] }, 'rule `a`: `above` must be'],
    [
      'has a filter that is none',
      { rules: [{ ...RATE, id: 'a', filter: { x: 1 } }] },
      'rule `a`: `filter`: there is no',
    ],
    [
      'sends to what is not in it',
      { rules: [{ ...RATE, id: 'a', destinations: ['x'] }] },
      'rule `a`: `destinations` must be ids of destinations of the file',
    ],
    [
      'has a webhook without a secret',
      { destinations: [{ id: 'a', kind: 'webhook', name: 'a', url: 'http://a/secret' }] },
      'destination `a`: `secret` must be given',
    ],
    [
      'takes a secret from a variable that is not set',
      { destinations: [{ id: 'a', kind: 'slack', name: 'a', url: { env: 'NOT_SET_ANYWHERE' } }] },
      'the variable NOT_SET_ANYWHERE is not set',
    ],
  ] as const)
    it(`that ${what} keeps the server from starting, which says what is wrong and repeats no value`, async () => {
      const alerts = content === undefined ? join(tempFolder(), 'none.json') : file(content);
      const error: Error = await server({ alerts }).then(
        () => expect.fail('it started'),
        (reason: Error) => reason,
      );
      expect(error).to.include({ code: 'INVALID_OPTION' });
      expect(error.message).to.include(`\`alerts\`: ${alerts}: `).and.to.include(problem);
      expect(error.message).not.to.match(/\/secret|\[secret/);
    });
});
