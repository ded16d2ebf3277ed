// Promise: what nobody should learn leaves the process nowhere. Canaries are looked for in every byte that is sent, in
// all that is logged, warned, thrown or printed, and in what is put on spans, with every set-up, in both modes, and
// when things fail.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
import { CerberusSpanProcessor } from '@cerberus-otel/instrumentation';
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { App, type SetUp } from '../support/app.js';
import { send } from '../support/traffic.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { Wire, type Sent } from '../support/wire.js';

const TOKEN = 'canary-token-77';
const SECRET_KEY = 'canary-secret-key-of-32-bytes-and-more';
const ADDRESS = '203.0.113.77';
const REQUEST_CANARIES = [
  'canary-query',
  'canary-header',
  'canary-cookie',
  'canary-body',
  'canary-agent',
  'canary-authorization',
  'canary-user',
  'canary-password',
  'canary-host',
  'canary-fragment',
  'canary-trailer',
  'canary-upgrade',
  'canary-state',
  'canary-baggage',
  'user-1',
];
const NEVER = [SECRET_KEY, ADDRESS, ...REQUEST_CANARIES];

/** The canaries that `text` holds, plainly or encoded. */
function leaks(text: string, canaries: readonly string[] = [...NEVER, TOKEN]): string[] {
  return canaries.filter((canary) => {
    const bytes = Buffer.from(canary);
    const forms = [canary, bytes.toString('hex'), bytes.toString('base64').replaceAll('=', '')];
    return forms.some((form) => text.includes(form));
  });
}

async function traffic(origin: string): Promise<void> {
  const headers = {
    'x-forwarded-for': ADDRESS,
    'x-custom': 'canary-header',
    authorization: 'Bearer canary-authorization',
    'user-agent': 'canary-agent',
    cookie: 'a=canary-cookie',
  };
  await send(`${origin}/users/1?token=canary-query&x=${ADDRESS}`, { headers });
  const body = JSON.stringify({ secret: 'canary-body' });
  await send(`${origin}/orders?q=canary-query`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  });
  await send(`${origin}/boom?q=canary-query`, { headers });
  await send(`${origin}/hang`, { headers, abort: true });
}

/** Targets of other forms than a path and a query, a trailer, and an upgrade, which only a socket can send. */
async function oddTraffic(origin: string): Promise<void> {
  const trace =
    'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\ntracestate: a=canary-state';
  const head = `HTTP/1.1\r\nHost: canary-host\r\nConnection: close\r\n${trace}\r\nbaggage: a=canary-baggage`;
  const requests = [
    `GET http://canary-user:canary-password@canary-host/users/1?canary-query#canary-fragment ${head}\r\n\r\n`,
    `GET ftp://canary-user:canary-password@canary-host/users/1?canary-query ${head}\r\n\r\n`,
    `GET HTTPS://canary-user@canary-host?canary-query ${head}\r\n\r\n`,
    `GET /users/1#canary-fragment ${head}\r\n\r\n`,
    `GET *?canary-query ${head}\r\n\r\n`,
    `POST /orders ${head}\r\nTransfer-Encoding: chunked\r\n\r\nb\r\ncanary-body\r\n0\r\nx: canary-trailer\r\n\r\n`,
    `GET /users/1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: canary-upgrade\r\n\r\n`,
  ];
  await Promise.all(
    requests.map(async (request) => {
      const socket = connect(Number(new URL(origin).port), '127.0.0.1').resume();
      socket.on('error', () => undefined).write(request);
      await once(socket, 'close');
    }),
  );
}

/** The head without the credentials that belong there. */
function withoutCredentials(head: string): string {
  const line = `authorization: bearer ${TOKEN}`;
  const belongs = /^GET \/(?:ws\/events|api\/secret-key) HTTP\/1\.1\r\n/.test(head);
  return head
    .split('\r\n')
    .filter((each) => !belongs || each.toLowerCase() !== line)
    .join('\r\n');
}

/** A message of event mode without its two members for the token; any other message as it is. */
function withoutToken(message: string): string {
  const { api_key: apiKey, token, ...others } = JSON.parse(message) as Record<string, unknown>;
  return JSON.stringify(
    'endpoint' in others && apiKey === TOKEN && token === TOKEN ? others : JSON.parse(message),
  );
}

function expectSecret(sent: readonly Sent[]): void {
  for (const { head, messages, rest } of sent) {
    expect(leaks(withoutCredentials(head)), head.split('\r\n')[0]).to.deep.equal([]);
    for (const message of messages) expect(leaks(withoutToken(message)), message).to.deep.equal([]);
    expect(leaks(rest)).to.deep.equal([]);
  }
}

interface Run {
  readonly sent: readonly Sent[];
  readonly messages: readonly string[];
  readonly stderr: string;
}

describe('secrecy', function () {
  this.timeout(60_000);
  let server: CerberusServer;

  before(async () => {
    server = await startServer({ port: 0, db: ':memory:', token: TOKEN, secretKey: SECRET_KEY });
  });
  after(() => server.close());

  /** `urls` turns the port of the recording proxy into what the application is told; it runs until it has said `says`. */
  async function run(
    setUp: SetUp,
    env: Record<string, string>,
    urls = (port: number): Record<string, string> => ({
      APP_WS_URL: `ws://127.0.0.1:${port}/ws/events`,
      APP_BACKEND_URL: `http://127.0.0.1:${port}`,
    }),
    says?: RegExp,
  ): Promise<Run> {
    const wire = await Wire.before(Number(new URL(server.url).port));
    let stderr: string;
    try {
      const settings = {
        APP_TOKEN: TOKEN,
        CERBERUS_TRUST_PROXY: '1',
        // What has failed fails on; nothing else takes so long.
        CERBERUS_SHUTDOWN_TIMEOUT_MILLIS: says === undefined ? '15000' : '300',
        CERBERUS_FORCE_FLUSH_TIMEOUT_MILLIS: says === undefined ? '10000' : '200',
        ...urls(wire.port),
        ...env,
      };
      const app = await App.start(setUp, settings, 'secrecy-app.mjs');
      try {
        await traffic(app.origin);
        await oddTraffic(app.origin);
        if (says !== undefined) await until(`it says ${String(says)}`, () => says.test(app.stderr));
        await app.stop();
      } finally {
        app.kill();
        ({ stderr } = app);
      }
    } catch (error) {
      // An application whose set-up throws ends with that error on stderr.
      stderr = (error as Error).message;
    }
    const { sent, raw } = wire;
    await wire.close();
    expect(leaks(raw, NEVER), 'bytes as they went').to.deep.equal([]);
    return { sent, stderr, messages: sent.flatMap((each) => each.messages) };
  }

  const setUps: readonly SetUp[] = ['setup-with-cerberus', 'setup-batch-processor', 'setup-exporter-only'];
  const voices: Record<string, Record<string, string>> = {
    'batch mode, logging everything': { CERBERUS_PROTOCOL: 'batch', APP_DIAG: 'true' },
    'batch mode, compressed, CERBERUS_DEBUG=true': {
      CERBERUS_PROTOCOL: 'batch',
      CERBERUS_COMPRESSION: 'gzip',
      CERBERUS_DEBUG: 'true',
    },
    'event mode, logging everything, CERBERUS_DEBUG=true': {
      CERBERUS_PROTOCOL: 'event',
      APP_DIAG: 'true',
      CERBERUS_DEBUG: 'true',
    },
  };
  for (const setUp of [...setUps, 'setup-start-cerberus'] as const) {
    for (const [voice, env] of Object.entries(voices)) {
      it(`holds with ${setUp}, ${voice}`, async () => {
        const { sent, messages, stderr } = await run(setUp, env);
        // What must be there, or else nothing was looked at.
        expect(messages.join('\n')).to.include('/orders').and.include('"status_code":500');
        expect(stderr).to.include('INSPECT MADE').and.include('JSON MADE');
        const heads = sent.map(({ head }) => head).join('\n');
        expect(heads.toLowerCase()).to.include(`authorization: bearer ${TOKEN}`);
        if (setUp !== 'setup-exporter-only') {
          const pseudonym = createHmac('sha256', SECRET_KEY).update(ADDRESS).digest('hex');
          expect(messages.join('\n')).to.include(pseudonym);
          expect(stderr).to.include('WRITTEN').and.include('INSPECT RECORD');
          expect(heads).to.include('GET /api/secret-key');
        }
        expectSecret(sent);
        expect(leaks(stderr)).to.deep.equal([]);
      });
    }
  }

  const closed = {
    APP_WS_URL: 'ws://127.0.0.1:9/canary-path',
    APP_BACKEND_URL: 'http://127.0.0.1:9/canary-path',
  };
  const failures: Record<
    string,
    {
      readonly env: Record<string, string>;
      readonly urls?: (port: number) => Record<string, string>;
      readonly says: RegExp;
      /** Without a processor no hook fails, and what is looked for is said at the end. */
      readonly atTheEnd?: boolean;
    }
  > = {
    'credentials are refused': {
      env: { APP_TOKEN: `${TOKEN}-wrong` },
      says: /CERBERUS_CREDENTIALS_REFUSED|refused|status 401/,
    },
    'nobody listens': { env: { APP_DIAG: 'true' }, urls: () => closed, says: /ECONNREFUSED/ },
    'the URL holds credentials': {
      env: {},
      urls: (port) => ({
        APP_WS_URL: `ws://canary-authorization:canary-query@127.0.0.1:${port}/?token=${TOKEN}`,
        APP_BACKEND_URL: `http://canary-authorization:canary-query@127.0.0.1:${port}/?token=${TOKEN}`,
      }),
      says: /without user name or password/,
    },
    'TLS fails': {
      env: { APP_DIAG: 'true' },
      urls: (port) => ({
        APP_WS_URL: `wss://localhost:${port}/canary-path`,
        APP_BACKEND_URL: `https://localhost:${port}/canary-path`,
      }),
      says: /EPROTO|ERR_SSL/,
    },
    'the token cannot be sent': { env: { APP_TOKEN: `${TOKEN}\n` }, says: /characters that an HTTP header/ },
    'hooks fail': {
      env: { APP_SABOTAGE: 'true', CERBERUS_DEBUG: 'true' },
      says: /CERBERUS_HOOK_FAILED|MADE/,
      atTheEnd: true,
    },
  };
  for (const [failure, { env, urls, says, atTheEnd }] of Object.entries(failures)) {
    for (const setUp of setUps) {
      it(`holds with ${setUp} when ${failure}`, async () => {
        const { sent, stderr } = await run(setUp, env, urls, atTheEnd ? undefined : says);
        expect(stderr).to.match(says);
        if (env['APP_TOKEN'] === undefined) expectSecret(sent);
        expect(leaks(stderr, [...NEVER, TOKEN, 'canary-path'])).to.deep.equal([]);
      });
    }
  }

  const secrets = { token: TOKEN, nested: [SECRET_KEY, ADDRESS] };
  const good = { wsUrl: 'wss://b.example', token: TOKEN, clientId: 'c' };
  const wrongOptions: readonly object[] = [
    { ...good, wsUrl: `canary-query ${TOKEN}` },
    { ...good, wsUrl: `https://b.example/${TOKEN}?x=canary-query` },
    { ...good, wsUrl: `wss://b.example/?api_token=${TOKEN}` },
    { ...good, wsUrl: `wss://b.example/#${TOKEN}` },
    { ...good, wsUrl: `wss://${TOKEN}@b.example/` },
    { ...good, wsUrl: `ws://b.example/${TOKEN}` },
    { ...good, wsUrl: secrets },
    { ...good, token: secrets },
    { ...good, token: `${TOKEN}\u0000` },
    { ...good, clientId: '' },
    { ...good, clientId: secrets },
    { ...good, tlsCa: TOKEN },
    { ...good, tlsCa: `-----BEGIN CERTIFICATE-----\n${TOKEN}` },
    { ...good, tlsCert: `-----BEGIN ${TOKEN}` },
    { ...good, maxQueueEvents: secrets },
    { ...good, protocol: secrets },
    { ...good, acks: -1 },
    { ...good, unknown: TOKEN },
    { ...good, agent: TOKEN },
    { ...good, resource: TOKEN },
    { secretKey: [SECRET_KEY] },
    { secretKey: { key: SECRET_KEY } },
    { backendUrl: `https://${TOKEN}@b.example` },
    { backendUrl: `http://b.example/${TOKEN}`, token: TOKEN },
    { backendUrl: `https://b.example?key=${SECRET_KEY}`, token: TOKEN },
    { backendUrl: 'https://b.example', token: secrets },
    { backendUrl: 'https://b.example', token: TOKEN, tlsCa: `-----BEGIN ${SECRET_KEY}` },
    { trustProxy: [ADDRESS, `${ADDRESS}/99`] },
    { exporter: TOKEN },
    { ignorePaths: { [TOKEN]: SECRET_KEY } },
  ];
  it('holds for the errors of options that cannot work', () => {
    let thrown = 0;
    for (const options of wrongOptions) {
      for (const Made of [CerberusWsExporter, CerberusSpanProcessor]) {
        try {
          expect(new Made(options)).to.equal(undefined, 'it was accepted');
        } catch (error) {
          thrown += 1;
          expect(error, inspect(error)).to.have.property('name', 'CerberusConfigError');
          const shown = [
            inspect(error, { depth: null, showHidden: true }),
            JSON.stringify(error),
            String(error),
          ];
          expect(leaks(shown.join('\n')), Object.keys(options).join()).to.deep.equal([]);
        }
      }
    }
    expect(thrown).to.be.at.least(wrongOptions.length);
  });

  it('would be noticed to be broken: a canary is found plainly, in hex and in base64', () => {
    expect(leaks(`x${ADDRESS}y`)).to.deep.equal([ADDRESS]);
    expect(leaks(Buffer.from(TOKEN).toString('hex'))).to.deep.equal([TOKEN]);
    expect(leaks(`"${Buffer.from(SECRET_KEY).toString('base64')}"`)).to.deep.equal([SECRET_KEY]);
  });
});
