// Each way to send a message, to a real server that takes it or does not.
import { getEventListeners } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { expect } from 'chai';

import { retryMillis } from '../../../dist/alerts/delivery/backoff.js';
import { targetOf } from '../../../dist/alerts/delivery/destination.js';
import { send } from '../../../dist/alerts/delivery/send.js';
import { postJson } from '../../../dist/alerts/delivery/web-post.js';
import { newSecret, signatureHeaders } from '../../../dist/alerts/messages/signature.js';
import { pause, until, within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { LINKED, MESSAGE, sendTo, to } from '../../support/alerts/sending.js';
import { webhookServer } from '../../support/alerts/webhook-server.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('a message to a webhook', function () {
  this.timeout(10_000);

  it('is signed as Standard Webhooks asks', () => {
    // The example of the specification's libraries.
    const headers = signatureHeaders('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: 1_614_265_330,
      body: '{"test": 2432232314}',
    });
    expect(headers['webhook-signature']).to.equal('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('is JSON, with its id, and the user of the URL in a header', async () => {
    const hook = await webhookServer();
    const url = hook.url.replace('http://', 'http://me:p%40ss@');
    expect(await sendTo({ kind: 'webhook', url, secret: newSecret() })).to.deep.equal({ kind: 'delivered' });
    const [got] = hook.received;
    expect(got?.body).to.deep.equal(MESSAGE.payload);
    expect(got?.headers).to.include({
      'content-type': 'application/json',
      'webhook-id': 'message-1',
      authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    });
  });

  it('goes where it is sent, and no further', async () => {
    const [hook, other] = [await webhookServer(), await webhookServer()];
    hook.headers['location'] = other.url;
    for (hook.status of [301, 302, 307, 308]) {
      const result = await sendTo({ kind: 'slack', url: hook.url });
      expect(result).to.deep.equal({ kind: 'failed', reason: `status ${hook.status}` });
    }
    expect(other.received).to.deep.equal([]);
  });

  it('that is not taken is tried again, but not where the receiver is gone for good', async () => {
    const hook = await webhookServer();
    for (hook.status of [400, 401, 404, 429, 500, 503])
      expect((await sendTo({ kind: 'slack', url: hook.url })).kind, String(hook.status)).to.equal('failed');
    hook.status = 410;
    expect(await sendTo({ kind: 'slack', url: hook.url })).to.deep.equal({
      kind: 'refused',
      reason: 'status 410',
    });
  });

  it('is tried again when its receiver says so, in an hour at the latest', async () => {
    const hook = await webhookServer();
    hook.status = 429;
    for (const [header, expected] of [
      ['120', 120_000],
      [new Date(Date.now() + 3_600_000).toUTCString(), 3_600_000],
      ['soon', undefined],
    ] as const) {
      hook.headers['retry-after'] = header;
      const result = await sendTo({ kind: 'slack', url: hook.url });
      const wanted = result.kind === 'failed' ? result.retryAfterMillis : 0;
      if (expected === undefined) expect(wanted).to.equal(undefined);
      else expect(wanted).to.be.within(expected - 60_000, expected);
    }
    expect(retryMillis(1, 0, 120_000)).to.equal(120_000);
    expect(retryMillis(9, 0, 120_000)).to.equal(1_280_000);
    expect(retryMillis(1, 0, 86_400_000)).to.equal(3_600_000);
  });

  it('may have a user in its URL with a % that is no escape', async () => {
    const hook = await webhookServer();
    const url = hook.url.replace('http://', 'http://me:50%off@');
    expect(await sendTo({ kind: 'slack', url })).to.deep.equal({ kind: 'delivered' });
    expect(hook.received[0]?.headers.authorization).to.equal(
      `Basic ${Buffer.from('me:50%off').toString('base64')}`,
    );
  });

  it('to nobody fails, and why is told without an address', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => gone.once('listening', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    expect(await sendTo({ kind: 'slack', url: `http://127.0.0.1:${port}/` })).to.deep.equal({
      kind: 'failed',
      reason: 'ECONNREFUSED',
    });
    expect(await sendTo({ kind: 'slack', url: 'http://127.0.0.1:6667/' })).to.deep.equal({
      kind: 'failed',
      reason: 'its port is not for HTTP',
    });
    expect(await sendTo({ kind: 'slack', url: 'http://no-such-host.invalid/' })).to.include({
      kind: 'failed',
    });
  });

  it('is given up when no answer comes, whatever the garbage collector takes away meanwhile', async () => {
    const hook = await webhookServer();
    hook.status = 0;
    const message = { url: hook.url, body: '{}', limitMillis: 1000 };
    const stop = new AbortController();
    const results = Array.from({ length: 10 }, () => postJson(message, stop.signal));
    await until('all are there', () => hook.received.length === results.length);
    for (let round = 0; round < 3; round += 1) {
      collectGarbage();
      await pause(50);
    }
    const ends = await within('they are given up', Promise.all(results), 8000);
    expect(new Set(ends.map(({ reason }) => reason))).to.deep.equal(new Set(['no answer within 1 s']));
  });

  it('that is one of many on their way warns of no leak, and leaves nobody listening', async () => {
    const hook = await webhookServer();
    const warnings: Error[] = [];
    const warn = (warning: Error): void => void warnings.push(warning);
    process.on('warning', warn);
    afterTest(() => void process.off('warning', warn));
    const stop = new AbortController();
    const message = { url: hook.url, body: '{}' };
    await Promise.all(Array.from({ length: 30 }, () => postJson(message, stop.signal)));
    await pause(0);
    expect(warnings).to.deep.equal([]);
    expect(getEventListeners(stop.signal, 'abort')).to.deep.equal([]);
  });

  it('is given up when it is told so', async () => {
    const hook = await webhookServer();
    hook.status = 0;
    const stop = new AbortController();
    const result = send(to({ kind: 'slack', url: hook.url }), MESSAGE, stop.signal);
    stop.abort();
    expect(await result).to.include({ kind: 'failed' });
  });
});

describe('a message to Slack', () => {
  it('has a text in which what others wrote is no link and calls nobody', async () => {
    const hook = await webhookServer();
    const text = 'r (<!channel> & <http://a|b>): resolved';
    const payload = { ...MESSAGE.payload, type: 'alert.resolved' as const, data: { text, id: '1' } };
    await sendTo({ kind: 'slack', url: hook.url }, { id: '1', payload });
    expect(hook.received[0]?.body).to.deep.equal({
      text: ':large_green_circle: r (&lt;!channel&gt; &amp; &lt;http:\u200b//a|b&gt;): resolved',
    });
    expect(hook.received[0]?.headers).not.to.have.property('webhook-signature');
  });

  it('calls nobody of those who are called by a sign of their own elsewhere', async () => {
    const hook = await webhookServer();
    const data = { text: 'r (@all, @Channel): resolved, told to x@b.example', id: '1' };
    await sendTo({ kind: 'slack', url: hook.url }, { id: '1', payload: { ...MESSAGE.payload, data } });
    expect(hook.received[0]?.body.text).to.equal(
      'r (@\u200ball, @\u200bChannel): resolved, told to x@b.example',
    );
  });

  it('makes no link, picture or call of what others wrote where addresses or Markdown are read, but in the name of the rule', async () => {
    const hook = await webhookServer();
    const name = 'Runbook http://wiki.example/r';
    const others =
      '/[click](https://evil.example) ![](//evil.example/p.png) www.evil.example @john x@b.example';
    const rule = { id: 'r', name, measure: 'silent_source' as const, filter: {}, above: 5, below: null };
    const data = { text: `${name} (${others}): resolved`, id: '1', rule };
    await sendTo({ kind: 'slack', url: hook.url }, { id: '1', payload: { ...MESSAGE.payload, data } });
    expect(hook.received[0]?.body.text?.replaceAll('\u200b', '~')).to.equal(
      `${name} (/[click]~(https:~//evil.example) ![]~(//evil.example/p.png) www~.evil.example @~john x@b.example): resolved`,
    );
  });

  it('has a link to the page below its text, where it has one', async () => {
    const hook = await webhookServer();
    await sendTo({ kind: 'slack', url: hook.url }, LINKED);
    expect(hook.received[0]?.body.text?.split('\n')[1]).to.equal(
      '<https://a.example/?view=alerts&amp;status=5xx|Look at it>',
    );
  });
});

describe('a destination', () => {
  it('is shown without what may be a secret', () => {
    expect(
      targetOf(to({ kind: 'slack', url: 'https://u:p@hooks.slack.com/services/T0/B0/secret?x=1' })),
    ).to.equal('https://hooks.slack.com');
    const email = { kind: 'email', smtp: 'smtp://me:secret@mail', from: 'a@b', to: ['c@d', 'e@f'] };
    expect(targetOf(to(email))).to.equal('c@d, e@f');
  });
});

describe('the time until a message is tried again', () => {
  it('doubles from five seconds to an hour, and is up to a fifth shorter', () => {
    expect([1, 2, 3, 9, 10, 11, 60].map((attempts) => retryMillis(attempts, 0) / 1000)).to.deep.equal([
      5, 10, 20, 1280, 2560, 3600, 3600,
    ]);
    expect(retryMillis(1, 1)).to.equal(4000);
  });
});
