// Mail, to a real server that takes it or does not.
import { createServer, type AddressInfo } from 'node:net';

import { expect } from 'chai';

import { parseDestination, type EmailDestination } from '../../../dist/alerts/delivery/destination.js';
import { sendEmail } from '../../../dist/alerts/delivery/email.js';
import { mailServer } from '../../support/alerts/mail-server.js';
import { LINKED, MESSAGE, sendTo, to } from '../../support/alerts/sending.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { selfSigned } from '../../support/servers/certificate-files.js';

describe('a message by mail', function () {
  this.timeout(20_000);

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

  it('says that a machine wrote it, so that no absence is told to it', async () => {
    const { port, mails } = await mailServer();
    await sendTo(email(`smtp://127.0.0.1:${port}`));
    expect(mails[0]?.text).to.match(/^Auto-Submitted: auto-generated\r$/m);
  });

  it('goes to a mail server whose name has other letters than ASCII', async () => {
    const { port, mails } = await mailServer();
    // By the rules for such names it is `localhost`.
    expect(await sendTo(email(`smtp://\uff4cocalhost:${port}`))).to.deep.equal({ kind: 'delivered' });
    expect(mails).to.have.length(1);
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
    expect(await sendTo(email(`smtps://me:p%40ss@127.0.0.1:${secure.port}`))).to.deep.equal({
      kind: 'failed',
      reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(secrets).to.deep.equal([]);
    expect(secure.mails).to.deep.equal([]);
  });

  it('that a part of its addresses refuses goes to the others once, and again to those who are told later', async () => {
    const codes: Record<string, number> = { later: 450, never: 550 };
    const asked: string[] = [];
    const { port, mails } = await mailServer({
      onRcptTo: ({ address }, _, done) => {
        const [name = ''] = address.split('@');
        asked.push(name);
        const responseCode = codes[name];
        if (responseCode === undefined) done();
        else done(Object.assign(new Error('not now'), { responseCode }));
      },
    });
    const smtp = `smtp://127.0.0.1:${port}`;
    const people = ['anna@b.example', 'later@b.example', 'never@b.example'];
    const first = await sendTo({ ...email(smtp), to: people });
    expect(first).to.deep.include({ kind: 'failed', reason: '2 of 3 addresses: status 450' });
    if (first.kind !== 'failed') throw new Error(first.kind);
    expect(JSON.stringify(first)).not.to.include('anna');
    asked.length = 0;
    delete codes['later'];
    const again = await sendTo({ ...email(smtp), to: people }, { ...MESSAGE, reached: first.reached });
    expect(again).to.deep.equal({ kind: 'delivered', reason: '1 of 3 addresses: status 550' });
    expect(asked).to.deep.equal(['later', 'never']);
    expect(mails.map((mail) => mail.to)).to.deep.equal([['anna@b.example'], ['later@b.example']]);
  });

  it('comes later to whom the server puts off, also where another address is there in two ways of writing', async () => {
    const codes: Record<string, number> = { 'zoe@b.example': 451 };
    const { port, mails } = await mailServer({
      onRcptTo: ({ address }, _, done) => {
        const responseCode = codes[address];
        done(responseCode === undefined ? null : Object.assign(new Error('not now'), { responseCode }));
      },
    });
    const people = ['ops@B.example', 'ops@b.example', 'eva@xn--bcher-kva.example', 'eva@bücher.example'];
    const destination = { ...email(`smtp://127.0.0.1:${port}`), to: [...people, 'zoe@b.example'] };
    const first = await sendTo(destination);
    if (first.kind !== 'failed') throw new Error(first.kind);
    delete codes['zoe@b.example'];
    const again = await sendTo(destination, { ...MESSAGE, reached: first.reached });
    expect(again).to.deep.equal({ kind: 'delivered' });
    expect(mails.at(-1)?.to).to.deep.equal(['zoe@b.example']);
    expect(mails).to.have.length(2);
  });

  it('of which all that are left are refused for good has come to the others, and is not called given up', async () => {
    const codes: Record<string, number> = { later: 450 };
    const { port } = await mailServer({
      onRcptTo: ({ address }, _, done) => {
        const responseCode = codes[address.split('@', 1)[0] ?? ''];
        done(responseCode === undefined ? null : Object.assign(new Error('no'), { responseCode }));
      },
    });
    const destination = { ...email(`smtp://127.0.0.1:${port}`), to: ['anna@b.example', 'later@b.example'] };
    const first = await sendTo(destination);
    expect(first).to.deep.include({ kind: 'failed', reason: '1 of 2 addresses: status 450' });
    if (first.kind !== 'failed') throw new Error(first.kind);
    codes['later'] = 550;
    const again = await sendTo(destination, { ...MESSAGE, reached: first.reached });
    expect(again).to.deep.equal({ kind: 'delivered', reason: '1 of 2 addresses: status 550' });
  });

  it('waits for somebody who sets it right where the server wants a password or TLS first', async () => {
    const { port: withPassword } = await mailServer({ authOptional: false });
    const { port: withTls } = await mailServer({
      onMailFrom: (_, __, done) =>
        done(Object.assign(new Error('Must issue a STARTTLS command first'), { responseCode: 530 })),
    });
    for (const port of [withPassword, withTls])
      expect(await sendTo(email(`smtp://127.0.0.1:${port}`))).to.deep.equal({
        kind: 'failed',
        reason: 'status 530',
      });
  });

  it('says where a server has no TLS for the password that it is to get', async () => {
    const { port, mails } = await mailServer();
    // An address of this machine that does not look like one.
    expect(await sendTo(email(`smtp://cerberus:p%40ss@0.0.0.0:${port}`))).to.deep.equal({
      kind: 'failed',
      reason: 'no STARTTLS, status 500',
    });
    expect(mails).to.have.length(0);
  });

  it('goes to the address that is written, and what would be another one by a comment or a quote is refused', async () => {
    for (const address of [
      'ops(x)@b.example',
      'a@b(c',
      '"q"@b.example',
      'x@b.example\u0000',
      '\u200bx@b.example',
    ])
      expect(parseDestination({ name: 'ops', ...email('smtp://mail'), to: [address] }), address).to.be.a(
        'string',
      );
    const { port, mails } = await mailServer();
    const people = ["o'x+1@b.example", 'jürgen@b.example'];
    await sendTo({ ...email(`smtp://127.0.0.1:${port}`), to: people });
    expect(mails[0]?.to).to.deep.equal(people);
  });

  it('is given up when the server talks on and takes nothing', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).write('220 hello\r\n');
      const talk = setInterval(() => socket.write('250-more\r\n'), 20);
      socket.on('close', () => clearInterval(talk));
      afterTest(() => socket.resetAndDestroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    afterTest(() => server.close());
    const { port } = server.address() as AddressInfo;
    // What is parsed is a mail, as it says.
    const destination = to(email(`smtp://127.0.0.1:${port}`)) as EmailDestination;
    const result = await sendEmail(destination, MESSAGE, {
      stop: new AbortController().signal,
      limitMillis: 300,
    });
    expect(result).to.deep.equal({ kind: 'failed', reason: 'not taken within 0.3 s' });
  });

  it('needs a mail server that is named', () => {
    for (const smtp of ['smtp:mail.example', 'smtp://', 'smtp:///x', 'http://mail.example'])
      expect(parseDestination({ name: 'ops', ...email(smtp) }), smtp).to.equal(
        '`smtp` must be a URL that begins with smtp:// or smtps://, and has a host',
      );
  });

  it('may have a password with a % that is no escape', async () => {
    const passwords: unknown[] = [];
    const { port } = await mailServer({
      onAuth: ({ password }, _, done) => {
        passwords.push(password);
        done(null, { user: 'x' });
      },
    });
    expect(await sendTo(email(`smtp://me:50%off@127.0.0.1:${port}`))).to.deep.equal({ kind: 'delivered' });
    expect(passwords).to.deep.equal(['50%off']);
  });
});
