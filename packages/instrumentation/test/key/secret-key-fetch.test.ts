import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { generate } from 'selfsigned';
import { secretKeyFetch, secretKeyUrl, type KeyAnswer } from '../../dist/esm/key/secret-key-fetch.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { giveKey, startKeyServer, type KeyServer } from '../support/key-server.js';

describe('secretKeyUrl', () => {
  const urls: readonly [string, string][] = [
    ['https://b.example', 'https://b.example/api/secret-key'],
    ['https://b.example/', 'https://b.example/api/secret-key'],
    ['https://b.example/base/', 'https://b.example/base/api/secret-key'],
    ['https://b.example//', 'https://b.example//api/secret-key'],
  ];
  for (const [base, expected] of urls) {
    it(`of ${base} is ${expected}`, () => {
      expect(secretKeyUrl(new URL(base)).href).to.equal(expected);
    });
  }
});

describe('secretKeyFetch', () => {
  let server: KeyServer | undefined;

  async function ask(
    answer: (response: ServerResponse, request: IncomingMessage, count: number) => void,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<KeyAnswer> {
    server = await startKeyServer(answer);
    return secretKeyFetch({ url: new URL(server.url), token: 'canary-token' })(signal);
  }

  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  it('gets the key with the token in a header', async () => {
    const answer = await ask((response) => giveKey(response, 'the-key'));
    expect(answer).to.deep.equal({ outcome: 'key', secretKey: 'the-key' });
    expect(server?.asked).to.deep.equal([
      { path: '/api/secret-key', authorization: 'Bearer canary-token', traceparent: '' },
    ]);
  });

  it('does not care about the content type', async () => {
    const answer = await ask((response) =>
      response.setHeader('content-type', 'text/plain').end('{"secret_key":"k"}'),
    );
    expect(answer.outcome).to.equal('key');
  });

  for (const status of [401, 403]) {
    it(`takes ${status} for refused credentials`, async () => {
      const answer = await ask((response) => response.writeHead(status).end('{"secret_key":"k"}'));
      expect(answer.outcome).to.equal('refused');
      expect('reason' in answer && answer.reason).to.match(new RegExp(`^status ${status}: .*CERBERUS_TOKEN`));
    });
  }

  it('says at 404 what the address is, which may have a path', async () => {
    const answer = await ask((response) => response.writeHead(404).end());
    expect('reason' in answer && answer.reason).to.match(
      /`backendUrl` \(CERBERUS_BACKEND_URL\).* address of its page$/,
    );
  });

  it('fails for another status, whatever the body says', async () => {
    const answer = await ask((response) => response.writeHead(500).end('{"secret_key":"k"}'));
    expect(answer).to.deep.equal({ outcome: 'failed', reason: 'status 500' });
  });

  const bodies = [
    '',
    'null',
    '[]',
    '"k"',
    '{',
    '{"secret_key":7}',
    '{"secret_key":""}',
    '{"secret_key":"  "}',
    '{"key":"k"}',
    '{"__proto__":{"secret_key":"k"}}',
    '<html>',
  ];
  for (const body of bodies) {
    it(`fails for the answer ${JSON.stringify(body)}`, async () => {
      const answer = await ask((response) => response.end(body));
      expect(answer).to.include({ outcome: 'failed' });
      expect(JSON.stringify(answer)).to.include('secret_key');
    });
  }

  it('follows no redirect: the token goes nowhere else', async () => {
    const other = await startKeyServer((response) => giveKey(response, 'stolen'));
    const answer = await ask((response) =>
      response.writeHead(302, { location: `${other.url}/api/secret-key` }).end(),
    );
    await other.close();
    expect(answer.outcome).to.equal('failed');
    expect(other.asked).to.deep.equal([]);
  });

  it('stops reading at 16 KiB', async () => {
    const answer = await ask((response) => {
      const filler = Buffer.alloc(4096, 0x20);
      response.write('{"secret_key":"k"}');
      const more = (): void => {
        while (!response.destroyed && response.write(filler));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    expect(answer).to.deep.equal({ outcome: 'failed', reason: 'an answer of more than 16 KiB' });
  });

  it('asks for nothing compressed, and inflates nothing', async () => {
    const body = gzipSync(`{"secret_key":"${'k'.repeat(1e6)}"}`);
    let accepted: unknown = 'anything';
    const answer = await ask((response, request) => {
      accepted = request.headers['accept-encoding'];
      response.setHeader('content-encoding', 'gzip').end(body);
    });
    expect([answer.outcome, accepted]).to.deep.equal(['failed', undefined]);
  });

  for (const [what, answer] of [
    ['no answer', () => undefined],
    ['a body that never ends', (response: ServerResponse) => void response.write('{"secret')],
  ] as const) {
    it(`ends when it is aborted during ${what}`, async () => {
      const abort = new AbortController();
      const answered = await ask((response) => {
        answer(response);
        setTimeout(() => abort.abort(), 20);
      }, abort.signal);
      expect(answered).to.deep.equal({ outcome: 'failed', reason: 'no answer in time' });
    });
  }

  it('trusts the authorities it is given, and no others', async () => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    });
    const tls = createTlsServer({ cert, key }, (_request, response) => giveKey(response, 'the-key'));
    await new Promise<void>((resolve) => {
      tls.listen(0, resolve);
    });
    afterTest(() => tls.close());
    const url = new URL(`https://localhost:${(tls.address() as AddressInfo).port}`);
    const { signal } = new AbortController();
    const trusting = await secretKeyFetch({ url, token: 't', tlsCa: cert })(signal);
    const other = await secretKeyFetch({ url, token: 't' })(signal);
    expect(trusting).to.deep.equal({ outcome: 'key', secretKey: 'the-key' });
    expect('reason' in other && other.reason).to.match(/^DEPTH_ZERO_SELF_SIGNED_CERT: .*CERBERUS_TLS_CA/);
  });

  it('names the kind of a network failure, and nothing of the URL or the token', async () => {
    const gone = await startKeyServer(() => undefined);
    await gone.close();
    const answer = await secretKeyFetch({
      url: new URL(`${gone.url}/canary-path`),
      token: 'canary-token',
    })(new AbortController().signal);
    expect(answer).to.deep.equal({ outcome: 'failed', reason: 'ECONNREFUSED: nothing listens there' });
  });

  it('fails without throwing for a token that no header can carry', async () => {
    const answer = await secretKeyFetch({
      url: new URL('http://127.0.0.1:9'),
      token: 'canary\n',
    })(new AbortController().signal);
    expect(answer.outcome).to.equal('failed');
    expect(JSON.stringify(answer)).to.not.include('canary');
  });
});
