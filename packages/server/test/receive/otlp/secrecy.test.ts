// Promise: what a span says of a client beside the pseudonym of its address is stored nowhere: not in a table, not in a byte of the
// database. Canaries are put wherever a span and its resource have a place for something.
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { SpanKind, SpanStatusCode, TraceFlags, type SpanContext } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { expect } from 'chai';

import type { ServerOptions } from '../../../dist/config.js';
import { sql } from '../../support/databases/duckdb-file.js';
import { anyValue, jsonSpan } from '../../support/senders/otlp.js';
import { ask, usePostgres } from '../../support/databases/postgres.js';
import { call, server, stopServers, TOKEN } from '../../support/servers/server-fixture.js';
import { tempFolder } from '../../support/temp-folder.js';

/** Of the key `k` and the address (PROTOCOL.md). */
const ADDRESS = '203.0.113.9';
const PSEUDONYM = '317fe07e1ac9940e8317b616e8b528230172ed88a600c05e193dc71380c1e44c';
const OTHER_ADDRESS = '198.51.100.23';
/** What is kept, so that finding nothing else means something. */
const KEPT = 'kept-route';

const SPAN_ATTRIBUTES = {
  'http.request.method': 'GET',
  'url.path': '/users/7?q=canary-path-query',
  'http.route': `/${KEPT}/:id`,
  'url.query': 'token=canary-query',
  'url.full': 'https://canary-user:canary-password@canary-host/?canary-full-query',
  'http.target': '/x?canary-target',
  'network.peer.address': ADDRESS,
  'net.peer.ip': ADDRESS,
  'net.sock.peer.addr': ADDRESS,
  'client.address': OTHER_ADDRESS,
  'http.client_ip': OTHER_ADDRESS,
  'server.address': 'canary-server',
  'http.request.header.x-forwarded-for': [`${OTHER_ADDRESS}, ${ADDRESS}`],
  'http.request.header.cookie': ['canary-cookie'],
  'http.request.header.authorization': ['canary-authorization'],
  'http.response.header.set-cookie': ['canary-set-cookie'],
  'http.request.body': 'canary-body',
  'db.query.text': 'canary-statement',
  'user_agent.original': 'canary-agent',
  'http.user_agent': 'canary-old-agent',
  'enduser.id': 'canary-enduser',
  'user.id': 'canary-user-id',
  'user.email': 'canary@example.com',
  'cerberus.user_id': 'canary-raw-user',
  'cerberus.consumer': 'canary-raw-consumer',
  'cerberus.consumer_label': 'canary-label-of-a-raw-consumer',
  'cerberus.source_ip': OTHER_ADDRESS,
  'error.type': `canary message about ${OTHER_ADDRESS}`,
  'exception.message': 'canary-exception',
};

const RESOURCE = {
  'service.name': 'shop',
  'host.name': 'canary-host-name',
  'host.ip': [OTHER_ADDRESS],
  'process.command_line': 'canary-command --password=1',
  'k8s.pod.ip': OTHER_ADDRESS,
};

const CANARY = /canary|203\.0\.113\.9|198\.51\.100\.23/i;

describe('what OTLP says of a client', function () {
  this.timeout(60_000);
  const freshDatabase = usePostgres();
  afterEach(stopServers);

  async function sendAll(options: ServerOptions): Promise<void> {
    const running = await server(options);
    await sendByExporter(running.url);
    await sendAsJson(running.url);
    const { body } = await call(`${running.url}/api/events`);
    const events = body['events'] as Record<string, unknown>[];
    expect(events.map((event) => event['source_ip'])).to.deep.equal([PSEUDONYM, PSEUDONYM]);
    expect(JSON.stringify(events)).to.include(KEPT);
    expect(JSON.stringify(events)).to.not.match(CANARY);
    expect(running.stats().adjusted).to.deep.equal({ user_id_not_hashed: 2, consumer_not_hashed: 2 });
    await stopServers();
  }

  it('S24 is in a DuckDB file only as a pseudonym', async () => {
    const folder = tempFolder();
    const db = join(folder, 'x.duckdb');
    await sendAll({ db });
    expectNothingIn(folder);
    const names = await sql(db, `SELECT table_name FROM duckdb_tables()`);
    const rows = await Promise.all(names.map(([name]) => sql(db, `SELECT * FROM ${String(name)}`)));
    expectOnlyPseudonym(JSON.stringify(rows));
  });

  it('S24 is in a PostgreSQL database only as a pseudonym', async () => {
    const url = await freshDatabase();
    await sendAll({ store: url, token: TOKEN, secretKey: 'k' });
    const names = await ask<{ name: string }>(
      url,
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    const rows = [];
    for (const { name } of names) rows.push(await ask(url, `SELECT t::text FROM ${name} t`));
    expectOnlyPseudonym(JSON.stringify(rows));
    await ask(url, 'CHECKPOINT');
    const [place] = await ask<{ folder: string }>(
      url,
      `SELECT current_setting('data_directory') || '/base/' || oid AS folder FROM pg_database WHERE datname = current_database()`,
    );
    expectNothingIn(place?.folder ?? '');
  });
});

/** In each form in which a text may lie there. */
function isIn(bytes: Buffer | string, text: string): boolean {
  const raw = Buffer.from(text);
  const forms = [raw, Buffer.from(raw.toString('hex')), Buffer.from(raw.toString('base64').slice(0, -4))];
  return forms.some((form) => bytes.includes(form as never));
}

function expectNothingIn(folder: string): void {
  const files = readdirSync(folder).map((name) => join(folder, name));
  const contents = files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file));
  expect(contents.some((bytes) => isIn(bytes, KEPT))).to.equal(true);
  for (const text of ['canary', ADDRESS, OTHER_ADDRESS])
    expect(
      contents.some((bytes) => isIn(bytes, text)),
      text,
    ).to.equal(false);
}

function expectOnlyPseudonym(rows: string): void {
  expect(rows).to.include(KEPT).and.include(PSEUDONYM);
  for (const text of ['canary', ADDRESS, OTHER_ADDRESS])
    expect(
      rows.toLowerCase().includes(text) || rows.includes(Buffer.from(text).toString('hex')),
      text,
    ).to.equal(false);
}

async function sendByExporter(url: string): Promise<void> {
  const exporter = new OTLPTraceExporter({
    url: `${url}/v1/traces`,
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes(RESOURCE),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('canary-scope', 'canary-version');
  const span = tracer.startSpan('canary-name', {
    kind: SpanKind.SERVER,
    attributes: SPAN_ATTRIBUTES,
    links: [{ context: linked(), attributes: { canary: 'canary-link' } }],
  });
  span.addEvent('canary-event', { canary: 'canary-event-attribute' });
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'canary-status' });
  span.end();
  await provider.forceFlush();
  await provider.shutdown();
}

function linked(): SpanContext {
  return {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    traceFlags: TraceFlags.SAMPLED,
  };
}

async function sendAsJson(url: string): Promise<void> {
  const span = jsonSpan(SPAN_ATTRIBUTES, {
    name: 'canary-name',
    traceState: 'vendor=canary-state',
    status: { code: 2, message: 'canary-status' },
    events: [{ name: 'canary-event', attributes: [{ key: 'canary', value: anyValue('canary') }] }],
    unknownField: 'canary-unknown',
  });
  const request = {
    resourceSpans: [
      {
        resource: {
          attributes: Object.entries(RESOURCE).map(([key, value]) => ({ key, value: anyValue(value) })),
        },
        scopeSpans: [{ scope: { name: 'canary-scope' }, spans: [span], schemaUrl: 'canary' }],
      },
    ],
  };
  const { status } = await call(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  expect(status).to.equal(200);
}
