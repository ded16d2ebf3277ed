// Each way to send a message, to a real server that takes it or does not.
import { createServer, type AddressInfo } from 'node:net';

import { expect } from 'chai';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

import { retryMillis } from '../../../dist/alerts/delivery/backoff.js';
import { parseDestination, targetOf, type Destination } from '../../../dist/alerts/delivery/destination.js';
import type { DeliveryResult } from '../../../dist/alerts/delivery/result.js';
import { send } from '../../../dist/alerts/delivery/send.js';
import { testPayload } from '../../../dist/alerts/messages/payload.js';
import { newSecret, signatureHeaders } from '../../../dist/alerts/messages/signature.js';
import { selfSigned } from '../../support/servers/certificate-files.js';
import { afterTest } from '../../support/disposal.js';
import { START } from '../../support/events/events.js';
import { webhookServer } from '../../support/alerts/webhook-server.js';

const MESSAGE = { id: 'message-1', payload: testPayload('entry-1', 'ops', START, undefined) };
const LINKED = {
  id: 'message-2',
  payload: testPayload('entry-1', 'ops', START, 'https://a.example/?view=alerts&status=5xx'),
};

function to(value: object): Destination {
  const parsed = parseDestination({ name: 'ops', ...value });
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
}

function sendTo(value: object, message = MESSAGE): Promise<DeliveryResult> {
  return send(to(value), message, new AbortController().signal);
}

describe('a message to a webhook', () => {
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

  it('to nobody fails, and why is told without an address', async () => {
    const gone = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => gone.once('listening', resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    expect(await sendTo({ kind: 'slack', url: `http://127.0.0.1:${port}/` })).to.deep.equal({
      kind: 'failed',
      reason: 'ECONNREFUSED',
    });
    expect(await sendTo({ kind: 'slack', url: 'http://no-such-host.invalid/' })).to.include({
      kind: 'failed',
    });
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
      text: ':large_green_circle: r (&lt;!channel&gt; &amp; &lt;http://a|b&gt;): resolved',
    });
    expect(hook.received[0]?.headers).not.to.have.property('webhook-signature');
  });

  it('has a link to the page below its text, where it has one', async () => {
    const hook = await webhookServer();
    await sendTo({ kind: 'slack', url: hook.url }, LINKED);
    expect(hook.received[0]?.body.text?.split('\n')[1]).to.equal(
      '<https://a.example/?view=alerts&amp;status=5xx|Look at it>',
    );
  });
});

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly user: unknown;
  readonly isSecure: boolean;
}

describe('a message by mail', function () {
  this.timeout(20_000);

  async function mailServer(options: SMTPServerOptions = {}): Promise<{ port: number; mails: Mail[] }> {
    const mails: Mail[] = [];
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      logger: false,
      onAuth: ({ username, password }, _, done) =>
        password === 'p@ss' ? done(null, { user: username }) : done(new Error('no')),
      onData: (stream, { envelope, user, secure }, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = envelope;
          mails.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            text: Buffer.concat(chunks).toString('utf8'),
            user,
            isSecure: secure,
          });
          done();
        });
      },
      ...options,
    });
    // What goes wrong with a client is its own affair.
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    afterTest(() => new Promise<void>((resolve) => server.close(resolve)));
    return { port: (server.server.address() as AddressInfo).port, mails };
  }

  const email = (smtp: string): object => ({
    kind: 'email',
    smtp,
    from: 'cerberus@a.example',
    to: ['x@b.example', 'y@b.example'],
  });

  it('has the first line as subject, and comes to each', async () => {
    const { port, mails } = await mailServer();
    const data = { ...MESSAGE.payload.data, text: 'Ümlaut: fires\nmore' };
    const message = { ...MESSAGE, payload: { ...MESSAGE.payload, data } };
    expect(await sendTo(email(`smtp://127.0.0.1:${port}`), message)).to.deep.equal({ kind: 'delivered' });
    expect(mails[0]).to.deep.include({ from: 'cerberus@a.example', to: ['x@b.example', 'y@b.example'] });
    expect(mails[0]?.text).to.match(/^Subject: =\?UTF-8\?Q\?=C3=9Cmlaut=3A_fires\?=/im);
    expect(mails[0]?.text).to.include('Message-ID: <message-1@cerberus>');
  });

  it('has a link to the page below its text, where it has one', async () => {
    const { port, mails } = await mailServer();
    await sendTo(email(`smtp://127.0.0.1:${port}`), LINKED);
    expect(mails[0]?.text.trim().split('\r\n').at(-1)).to.equal('https://a.example/?view=alerts&status=5xx');
  });

  it('shows user and password of the URL, and a wrong one may be set right', async () => {
    const { port, mails } = await mailServer({ authOptional: false });
    expect(await sendTo(email(`smtp://me:p%40ss@127.0.0.1:${port}`))).to.deep.equal({ kind: 'delivered' });
    expect(mails[0]).to.include({ user: 'me' });
    const wrong = await sendTo(email(`smtp://me:wrong@127.0.0.1:${port}`));
    expect(wrong).to.deep.equal({ kind: 'failed', reason: 'status 535' });
  });

  it('is refused for good by a server that says so, and failed where it says later', async () => {
    for (const [responseCode, kind] of [
      [550, 'refused'],
      [450, 'failed'],
    ] as const) {
      const { port } = await mailServer({
        onRcptTo: (_, __, done) => done(Object.assign(new Error('no such person'), { responseCode })),
      });
      const result = await sendTo(email(`smtp://127.0.0.1:${port}`));
      expect(result).to.deep.equal({ kind, reason: `status ${responseCode}` });
    }
  });

  it('shows no password without TLS to another machine, and no mail to a server whose certificate is not good', async () => {
    const secrets: string[] = [];
    const { port } = await mailServer({
      onAuth: ({ password }, _, done) => {
        secrets.push(String(password));
        done(null, { user: 'x' });
      },
    });
    // Another name of this machine, which nothing but its letters tells.
    const result = await sendTo(email(`smtp://me:p%40ss@0.0.0.0:${port}`));
    expect(result).to.include({ kind: 'failed' });
    const secure = await mailServer({ secure: true, ...(await selfSigned()) });
    expect(await sendTo(email(`smtps://me:p%40ss@127.0.0.1:${secure.port}`))).to.include({ kind: 'failed' });
    expect(secrets).to.deep.equal([]);
    expect(secure.mails).to.deep.equal([]);
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
