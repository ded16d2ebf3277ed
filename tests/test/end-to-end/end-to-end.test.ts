// The main job: real requests to a real Express application with real instrumentation arrive in the server's
// database, whichever way Cerberus was set up and whichever mode the backend speaks.
import { expect } from 'chai';
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { App, type SetUp } from '../support/app.js';
import { readEvents, type StoredEvent } from '../support/reads.js';
import { send } from '../support/traffic.js';

const TOKEN = 'canary-token-77';
const SECRET_KEY = 'canary-secret-key-of-32-bytes-and-more';
const LOOPBACK_HASH = createHmac('sha256', SECRET_KEY).update('127.0.0.1').digest('hex');

const REQUESTS = 9;

/** One request of each kind that matters. */
async function traffic(origin: string): Promise<void> {
  await send(`${origin}/users/1?token=canary-query&x=203.0.113.77`, {
    headers: { 'x-forwarded-for': '203.0.113.77', 'x-custom': 'canary-header', cookie: 'a=canary-cookie' },
  });
  await send(`${origin}/users/2`, { headers: { traceparent: `00-${'b'.repeat(32)}-${'c'.repeat(16)}-00` } });
  const body = JSON.stringify({ secret: 'canary-body' });
  await send(`${origin}/orders`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  await send(`${origin}/nowhere`);
  await send(`${origin}/boom`);
  await send(`${origin}/hang`, { abort: true });
  await send(`${origin}/users/3`, { method: 'HEAD' });
  await send(`${origin}/users/4`, { method: 'DELETE' });
  await send(`${origin}//evil.example/users?q=1`);
  await send(`${origin}/health`);
}

interface Run {
  readonly events: StoredEvent[];
  readonly counted: { served: number; otel: number };
}

const at = (events: readonly StoredEvent[], endpoint: string): StoredEvent =>
  events.find((event) => event['endpoint'] === endpoint) ?? expect.fail(`no event of ${endpoint}`);

describe('end to end', function () {
  this.timeout(60_000);

  async function run(setUp: SetUp, env: Record<string, string> = {}): Promise<Run> {
    const folder = await mkdtemp(join(tmpdir(), 'cerberus-e2e-'));
    let server: CerberusServer | undefined;
    try {
      server = await startServer({
        port: 0,
        db: join(folder, 'e2e.duckdb'),
        token: TOKEN,
        secretKey: SECRET_KEY,
      });
      const app = await App.start(setUp, {
        APP_WS_URL: server.wsUrl,
        APP_TOKEN: TOKEN,
        APP_BACKEND_URL: server.url,
        ...env,
      });
      try {
        await traffic(app.origin);
        const counted = await app.stop();
        return { events: await readEvents(server.url, TOKEN), counted };
      } finally {
        app.kill();
      }
    } finally {
      await server?.close();
      await rm(folder, { recursive: true, force: true });
    }
  }

  for (const protocol of ['batch', 'event']) {
    describe(`withCerberus, ${protocol} mode`, () => {
      let result: Run;
      before(async () => {
        result = await run('setup-with-cerberus', { CERBERUS_PROTOCOL: protocol });
      });

      it('stores each request once, sampled or not, as many as the application and OpenTelemetry counted', () => {
        expect(result.counted.served).to.equal(REQUESTS);
        expect(result.events).to.have.length(REQUESTS);
        // The health check is not a Cerberus event but a request to OpenTelemetry.
        expect(result.counted.otel).to.equal(REQUESTS + 1);
        const ids = result.events.map((event) => `${String(event['trace_id'])}/${String(event['span_id'])}`);
        expect(new Set(ids).size).to.equal(REQUESTS);
      });

      it('stores path, method, status, route and outcome', () => {
        const { events } = result;
        expect(at(events, '/users/1')).to.include({
          method: 'GET',
          status_code: 200,
          route: '/users/:id',
          outcome: 'completed',
          scheme: false,
          client_id: 'e2e',
        });
        expect(at(events, '/orders')).to.include({
          method: 'POST',
          status_code: 201,
          route: '/orders',
          outcome: 'completed',
        });
        expect(at(events, '/nowhere')).to.include({ status_code: 404, outcome: 'completed' });
        expect(at(events, '/boom')).to.include({ status_code: 500, route: '/boom', outcome: 'error' });
        expect(at(events, '/hang')).to.include({ outcome: 'aborted' });
        expect(at(events, '/users/3')).to.include({ method: 'HEAD' });
        expect(at(events, '/users/4')).to.include({ method: 'DELETE', status_code: 404 });
        expect(at(events, '//evil.example/users')).to.include({ status_code: 404 });
      });

      it("stores metrics set on nested spans and by the helper, in unsampled requests the helper's", () => {
        const { events } = result;
        expect(at(events, '/users/1')['custom_data']).to.deep.equal({ items: 3, cache_hit: true });
        expect(at(events, '/orders')['custom_data']).to.deep.equal({ order: 'canary-body'.length });
        expect(at(events, '/users/2')['custom_data']).to.deep.equal({ cache_hit: false });
      });

      it("stores the HMAC of the peer's address and of the user, never what a client claims", () => {
        for (const event of result.events) expect(event['source_ip']).to.equal(LOOPBACK_HASH);
        const user = createHmac('sha256', SECRET_KEY).update('user-1').digest('hex');
        expect(at(result.events, '/users/1')['user_id']).to.equal(user);
      });

      it('stores no address, query, header, cookie, body or credential', () => {
        const everything = JSON.stringify(result.events);
        for (const secret of ['203.0.113.77', '127.0.0.1', 'canary']) {
          expect(everything.includes(secret), secret).to.equal(false);
        }
      });

      it('stores a plausible time and latency', () => {
        for (const event of result.events) {
          expect(Math.abs(Date.now() - Date.parse(String(event['timestamp'])))).to.be.below(120_000);
          expect(event['latency_ms']).to.be.within(0, 60_000);
        }
        expect(at(result.events, '/orders')['latency_ms']).to.be.at.least(5);
      });
    });
  }

  it('counts each request also where the application sends no paths, those without a route under one name', async () => {
    const { events } = await run('setup-with-cerberus', { CERBERUS_ENDPOINT_FROM: 'route' });
    expect(events).to.have.length(REQUESTS);
    const without = events.filter((event) => event['route'] === undefined);
    expect(without.map((event) => [event['endpoint'], event['path_group']])).to.deep.equal(
      without.map(() => ['', '(no route)']),
    );
    expect(without.length).to.be.above(0);
    expect(JSON.stringify(events)).to.not.include('nowhere').and.not.include('/users/1');
  });

  for (const protocol of ['batch', 'event']) {
    it(`enriching processor and BatchSpanProcessor, ${protocol} mode: sampled requests arrive enriched`, async () => {
      const { events, counted } = await run('setup-batch-processor', { CERBERUS_PROTOCOL: protocol });
      expect(counted).to.deep.equal({ served: REQUESTS, otel: REQUESTS + 1 });
      // The health check is ignored here too; the unsampled caller is invisible to a BatchSpanProcessor; the README says so.
      expect(events).to.have.length(REQUESTS - 1);
      expect(at(events, '/users/1')).to.deep.include({
        custom_data: { items: 3, cache_hit: true },
        route: '/users/:id',
      });
      expect(at(events, '/hang')).to.include({ outcome: 'aborted' });
      expect(JSON.stringify(events)).to.not.include('203.0.113.77').and.not.include('canary');
    });

    it(`exporter alone, ${protocol} mode: sampled requests arrive without an address, and it says what is missing`, async () => {
      const { events } = await run('setup-exporter-only', { CERBERUS_PROTOCOL: protocol });
      // Without the processor there is no list of paths to ignore: the health check is there, the unsampled is not.
      expect(events).to.have.length(REQUESTS);
      expect(events.map((event) => event['source_ip'])).to.deep.equal(events.map(() => null));
      expect(at(events, '/users/1')).to.include({ method: 'GET', route: '/users/:id' });
      expect(JSON.stringify(events)).to.not.include('127.0.0.1').and.not.include('canary');
    });
  }

  it('delivers everything although another exporter fails and the process exits as soon as the SDK has shut down', async () => {
    const { events } = await run('setup-with-cerberus', {
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      CERBERUS_FLUSH_INTERVAL_MILLIS: '60000',
    });
    expect(events).to.have.length(REQUESTS);
  });

  it('counts requests from before the backend was up', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cerberus-e2e-'));
    const options = { db: join(folder, 'late.duckdb'), token: TOKEN, secretKey: SECRET_KEY };
    const first = await startServer({ port: 0, ...options });
    await first.close();
    const app = await App.start('setup-with-cerberus', {
      APP_WS_URL: first.wsUrl,
      APP_TOKEN: TOKEN,
      APP_BACKEND_URL: first.url,
      CERBERUS_MAX_BACKOFF_MILLIS: '200',
    });
    try {
      for (let index = 0; index < 20; index += 1) await send(`${app.origin}/users/${index}`);
      const second = await startServer({ port: first.port, ...options });
      try {
        await app.stop();
        expect(await readEvents(second.url, TOKEN)).to.have.length(20);
      } finally {
        await second.close();
      }
    } finally {
      app.kill();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
