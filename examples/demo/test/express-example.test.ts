import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { expect } from 'chai';
import { until, within } from '@cerberus-otel/test-support/deadline';
import { NodeProcess } from './support/node-process.js';

const FOLDER = fileURLToPath(new URL('../../express/', import.meta.url));

interface Event {
  readonly client_id: string;
  readonly source_ip: string;
  readonly method: string;
  readonly route: string;
  readonly status_code: number;
  readonly custom_data: Readonly<Record<string, unknown>>;
}

describe('the Express example', () => {
  let server: CerberusServer;
  let app: NodeProcess | undefined;

  beforeEach(async () => {
    server = await startServer({ port: 0, db: ':memory:' });
  });

  afterEach(async () => {
    app?.destroy();
    await server.close();
  });

  async function storedEvents(): Promise<readonly Event[]> {
    const headers = { authorization: `Bearer ${server.token}` };
    const response = await fetch(`${server.url}/api/events`, { headers });
    return ((await response.json()) as { events: readonly Event[] }).events;
  }

  it('sends each request with its route, its metrics and a hashed address', async () => {
    app = new NodeProcess(['--import', './instrumentation.mjs', 'app.mjs'], {
      cwd: FOLDER,
      env: {
        PORT: '0',
        CERBERUS_WS_URL: server.wsUrl,
        CERBERUS_BACKEND_URL: server.url,
        CERBERUS_TOKEN: server.token,
        OTEL_TRACES_EXPORTER: 'none',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_LOGS_EXPORTER: 'none',
      },
    });
    const url = await app.output(/listening on (\S+)/);
    await fetch(`${url}/users/2`);
    await fetch(`${url}/users/9`);
    await fetch(`${url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"items":["tea","cup"]}',
    });
    app.child.kill('SIGTERM');
    expect(await within('its end after SIGTERM', app.exited), app.stderr).to.equal(0);
    await until('three events are stored', async () => (await storedEvents()).length === 3);
    const events = await storedEvents();
    const seen = events.map((event) => [event.method, event.route, event.status_code, event.custom_data]);
    expect(seen).to.have.deep.members([
      ['GET', '/users/:id', 200, { plan: 'pro', paying: true }],
      ['GET', '/users/:id', 404, {}],
      ['POST', '/orders', 201, { 'order.items': 2 }],
    ]);
    for (const event of events) expect(event.source_ip).to.match(/^[0-9a-f]{64}$/);
    expect(new Set(events.map((event) => event.source_ip)).size).to.equal(1);
    expect(events[0]?.client_id).to.equal('express-example');
  });

  it('is at most 80 lines long', () => {
    const lines = ['instrumentation.mjs', 'app.mjs'].map(
      (file) => readFileSync(`${FOLDER}${file}`, 'utf8').trimEnd().split('\n').length,
    );
    expect(lines.reduce((sum, count) => sum + count, 0)).to.be.at.most(80);
  });

  it('is the quick start that the README shows', () => {
    const readme = readFileSync(fileURLToPath(new URL('../../../README.md', import.meta.url)), 'utf8');
    expect(readme).to.include(readFileSync(`${FOLDER}instrumentation.mjs`, 'utf8').trimEnd());
  });
});
