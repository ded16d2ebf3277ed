// Every route, with every parameter, asked of a real server with real data. That the answers are as described is seen by `fetch` itself
// (described-answers.ts); here it is that all of them are asked for.
import { join } from 'node:path';

import { expect } from 'chai';

import type { CerberusServer } from '../../../dist/server.js';
import {
  apiDescription,
  closed,
  DescribedAnswers,
  describedAnswers,
  type ApiDescription,
} from '../../support/servers/described-answers.js';
import { HASH, wireEvent } from '../../support/events/events.js';
import { rawSocket, upgradeRequest } from '../../support/senders/raw-upgrade.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { server, stopServers, TOKEN } from '../../support/servers/server-fixture.js';
import { removeTempFolders, tempFolder } from '../../support/temp-folder.js';
import { webhookServer } from '../../support/alerts/webhook-server.js';
import { WsClient } from '../../support/senders/ws-client.js';

type Json = Record<string, unknown>;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: { readonly enum?: readonly string[] };
}

interface Operation {
  readonly parameters: readonly (Parameter | { readonly $ref: string })[];
  readonly security: readonly object[];
}

const RANGE = { since: '2025-03-01T11:00:00Z', until: '2025-03-01T13:00:00Z' };

/** A value of each parameter that is no word. Of those that go with another, that too. */
const VALUES: Readonly<Record<string, string>> = {
  ...RANGE,
  client_id: 'my-app',
  method: 'GET',
  endpoint: '/api/users/:id',
  endpoint_contains: 'USERS',
  path: '/api/users/42',
  status: '2xx',
  error_type: 'TypeError',
  source_ip: HASH.slice(0, 8),
  user_id: 'u-1',
  session_id: 's-1',
  trace_id: '0af7651916cd43dd8448eb211c80319c',
  span_id: 'b7ad6b7169203331',
  release: '1.2.3',
  environment: 'production',
  consumer: 'c-1',
  consumer_group: 'pro',
  latency_ms_min: '1.5',
  latency_ms_max: '1000',
  metric: 'items',
  metric_equals: '10',
  metric_min: '-1',
  metric_max: '100',
  limit: '1',
  bucket: '5m',
  threshold: '100',
  time_zone: 'Europe/Berlin',
  name: 'items',
  id: '1',
  q: 'a',
};
const GOES_WITH: Readonly<Record<string, string>> = { trace_id: 'span_id', span_id: 'trace_id' };
const GIVEN: Readonly<Record<string, Json>> = {
  '/api/custom-metrics/detail': { name: 'items', ...RANGE },
  '/api/values': { of: 'endpoint', ...RANGE },
  '/api/events/detail': { id: '1' },
};

const DESCRIPTION = apiDescription();

function parametersOf(path: string): readonly Parameter[] {
  const operation = DESCRIPTION.paths[path]?.['get'] as unknown as Operation;
  const { parameters } = DESCRIPTION.components as unknown as { parameters: Record<string, Parameter> };
  return operation.parameters.flatMap((each) =>
    '$ref' in each ? (parameters[each.$ref.split('/').at(-1) ?? ''] ?? []) : each,
  );
}

for (const db of ['memory', 'DuckDB']) {
  describe(`the answers of a server on ${db}`, function () {
    this.timeout(60_000);
    let running: CerberusServer;

    before(async () => {
      running = await server({ db: db === 'memory' ? ':memory:' : join(tempFolder(), 'x.duckdb') });
      const client = await WsClient.batch(running.wsUrl, TOKEN);
      client.frame(1, ...eventsOfAllKinds());
      expect(await client.next()).to.deep.equal({ type: 'ack', seq: 1 });
    });

    // Nothing of it is closed between the tests.
    after(async () => {
      await stopServers();
      removeTempFolders();
    });

    async function ask(method: string, path: string, init: RequestInit = {}): Promise<Response> {
      const headers = { authorization: `Bearer ${TOKEN}`, ...(init.headers as Record<string, string>) };
      return fetch(`${running.url}${path}`, { method, ...init, headers });
    }

    async function post(path: string, body: unknown): Promise<Response> {
      const headers = { 'content-type': 'application/json' };
      return ask('POST', path, { headers, body: JSON.stringify(body) });
    }

    it('are as described for every GET with each of its parameters, and with each of its words', async () => {
      for (const path of Object.keys(DESCRIPTION.paths)) {
        if (DESCRIPTION.paths[path]?.['get'] === undefined || path === '/ws/events' || path === '/api/live')
          continue;
        const given = GIVEN[path] ?? {};
        const questions: Json[] = [
          given,
          { ...given, ...(path.startsWith('/api/cust') ? { group: 'endpoint' } : {}) },
        ];
        for (const { name, schema } of parametersOf(path)) {
          const partner = GOES_WITH[name] ?? (name.startsWith('metric_') ? 'metric' : undefined);
          const values = name === 'cursor' ? [await cursor()] : (schema.enum ?? [valueOf(path, name)]);
          for (const value of values)
            questions.push({
              ...given,
              ...(partner !== undefined &&
                parametersOf(path).some((each) => each.name === partner) && { [partner]: VALUES[partner] }),
              [name]: value,
            });
        }
        for (const question of questions) {
          if (path === '/api/custom-metrics' && 'group' in question) continue;
          const query = new URLSearchParams(question as Record<string, string>).toString();
          const answer = await ask('GET', `${path}${query === '' ? '' : `?${query}`}`);
          const expected = path === '/api/backup' && db === 'memory' ? 404 : 200;
          const isExport = path === '/api/export' && db === 'memory';
          await answer.arrayBuffer();
          expect(answer.status, `${path}?${query}`).to.equal(isExport ? 404 : expected);
        }
        const unknown = await ask('GET', `${path}?user-id=1`);
        await unknown.arrayBuffer();
      }
    });

    function valueOf(path: string, name: string): string {
      const value = path === '/api/clients' && name === 'q' ? 'a1' : VALUES[name];
      if (value === undefined) throw new Error(`the parameter ${name} needs a value here`);
      return value;
    }

    async function cursor(): Promise<string> {
      const { next } = (await (await ask('GET', '/api/events?limit=1')).json()) as { next: string };
      return next;
    }

    it('are as described for tokens, links and sessions, from their making to their end', async () => {
      const token = (await (
        await post('/api/tokens', { name: 'x', purpose: 'ingest', application: 'a' })
      ).json()) as Json;
      const wish = { view: 'endpoint', ...RANGE, method: 'GET', endpoint: '/api/users/:id', details: true };
      const share = (await (await post('/api/shares', wish)).json()) as Json;
      expect([token['token'], share['secret']]).to.satisfy((secrets: unknown[]) => secrets.every(Boolean));
      const byLink = { authorization: `Bearer ${String(share['secret'])}` };
      for (const path of ['/api/session', '/api/overview', '/api/events', '/api/clients'])
        expect((await ask('GET', path, { headers: byLink })).status, path).to.equal(200);
      expect((await ask('GET', '/api/tokens', { headers: byLink })).status).to.equal(403);
      const bySender = { authorization: `Bearer ${String(token['token'])}` };
      expect((await ask('GET', '/api/events', { headers: bySender })).status).to.equal(403);
      for (const path of ['/api/tokens', '/api/shares', '/api/session'])
        expect((await ask('GET', path)).status).to.equal(200);
      expect((await post('/api/session', { token: TOKEN })).status).to.equal(200);
      expect((await post('/api/session', { token: 'wrong' })).status).to.equal(401);
      expect((await ask('DELETE', '/api/session')).status).to.equal(200);
      for (const [path, id] of [
        ['/api/tokens', token['id']],
        ['/api/shares', share['id']],
      ] as const) {
        expect((await ask('DELETE', `${path}?id=${String(id)}`)).status).to.equal(200);
        expect((await ask('DELETE', `${path}?id=${String(id)}`)).status).to.equal(404);
        expect((await ask('DELETE', path)).status).to.equal(400);
        expect((await ask('POST', path, { body: '{}' })).status).to.equal(415);
        expect((await post(path, [])).status).to.equal(400);
        expect((await post(path, { name: 'x'.repeat(40_000) })).status).to.equal(413);
      }
    });

    it('are as described for rules of alerts and their destinations, from their making to their end', async () => {
      const hook = await webhookServer();
      const chat = { kind: 'webhook', name: 'chat', url: hook.url };
      const to = (await (await post('/api/alerts/destinations', chat)).json()) as Json;
      const rule = { name: 'r', measure: 'requests', above: 1, destinations: [to['id']] };
      const made = (await (await post('/api/alerts', rule)).json()) as Json;
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ ...rule, paused: true });
      const id = `id=${String(made['id'])}`;
      expect((await ask('PUT', `/api/alerts?${id}`, { headers, body })).status).to.equal(200);
      expect((await post('/api/alerts/preview', rule)).status).to.equal(200);
      expect((await post(`/api/alerts/test?id=${String(to['id'])}`, {})).status).to.equal(200);
      for (const path of ['/api/alerts', '/api/alerts/log'])
        expect((await ask('GET', path)).status, path).to.equal(200);
      const destination = `/api/alerts/destinations?id=${String(to['id'])}`;
      const change = JSON.stringify({ name: 'chat 2' });
      expect((await ask('PUT', destination, { headers, body: change })).status).to.equal(200);
      expect((await ask('DELETE', destination)).status).to.equal(409);
      for (const path of [`/api/alerts?${id}`, destination]) {
        expect((await ask('DELETE', path)).status).to.equal(200);
        expect((await ask('DELETE', path)).status).to.equal(404);
      }
    });

    it('are as described for thresholds of endpoints', async () => {
      const path = '/api/apdex-thresholds?client_id=a&method=GET&endpoint=/';
      const headers = { 'content-type': 'application/json' };
      const put = async (body: string): Promise<number> => (await ask('PUT', path, { headers, body })).status;
      expect(await put('{"threshold_ms":5}')).to.equal(200);
      expect(await put('{"threshold_ms":0}')).to.equal(400);
      expect(await put(`{"threshold_ms":"${'5'.repeat(5000)}"}`)).to.equal(413);
      expect((await ask('GET', '/api/apdex-thresholds')).status).to.equal(200);
      for (const status of [200, 404]) expect((await ask('DELETE', path)).status).to.equal(status);
    });

    it('are as described for what is sent, and for what is refused of it', async () => {
      const sent = await post('/v1/ingest/batch', {
        events: [{ client_id: 'a', endpoint: '/', method: 'GET' }, {}],
      });
      expect(await sent.json()).to.deep.equal({ accepted: 1, skipped: 1 });
      expect((await post('/v1/ingest/batch', {})).status).to.equal(400);
      expect((await post('/v1/ingest/batch', { events: Array(1001).fill(1) })).status).to.equal(413);
      const traces = { resourceSpans: [] };
      expect(await (await post('/v1/traces', traces)).json()).to.deep.equal({});
      expect((await post('/v1/traces', [])).status).to.equal(400);
      for (const [authorization, path, status] of [
        ['', '/v1/traces', 401],
        ['', '/v1/ingest/batch', 401],
        ['Bearer wrong', '/v1/ingest/batch', 403],
        ['', '/api/shares', 401],
      ] as const)
        expect((await ask('POST', path, { headers: { authorization } })).status).to.equal(status);
    });

    it('are as described in the stream of events', async () => {
      const controller = new AbortController();
      const answer = await ask('GET', '/api/live?client_id=live', { signal: controller.signal });
      await post('/v1/ingest/batch', { events: [{ ...eventsOfAllKinds()[0], client_id: 'live' }] });
      const reader = answer.body?.getReader();
      let text = '';
      while (!/^event: request\ndata: .*\n/m.test(text))
        text += new TextDecoder().decode((await reader?.read())?.value);
      controller.abort();
      const [, data = ''] = /^event: request\ndata: (.*)$/m.exec(text) ?? [];
      const events = new DescribedAnswers(DESCRIPTION);
      const page = new Response('', { headers: { 'content-type': 'application/json' } });
      expect(events.problem('GET', '/api/events', page, `{"events":[${data}],"next":null}`)).to.equal(
        undefined,
      );
    });

    it('are as described where the WebSocket is asked for', async () => {
      expect((await ask('GET', '/ws/events')).status).to.equal(426);
      const { socket, received } = await rawSocket(running.port);
      socket.write(upgradeRequest('/ws/events', { Authorization: `Bearer ${TOKEN}` }));
      await until('an answer', () => received().length >= 12);
      socket.destroy();
      expect(DESCRIPTION.paths['/ws/events']?.['get']?.responses).to.have.property(
        received().toString('latin1').slice(9, 12),
      );
    });

    it('were all asked for: no status of success is described that was not seen', () => {
      const seen = describedAnswers(running.url);
      const missing = Object.entries(DESCRIPTION.paths).flatMap(([path, operations]) =>
        Object.entries(operations).flatMap(([method, { responses }]) =>
          Object.keys(responses)
            .filter((status) => status.startsWith('2'))
            .map((status) => `${method.toUpperCase()} ${path} ${status}`)
            .filter((name) => !seen.has(name)),
        ),
      );
      // Only a file can be copied.
      const expected = db === 'memory' ? ['GET /api/backup 200', 'GET /api/export 200'] : [];
      expect(missing.toSorted()).to.deep.equal(expected);
    });
  });
}

describe('an answer that is not as described', () => {
  const answers = new DescribedAnswers(DESCRIPTION);
  const json = (status = 200): Response =>
    new Response('', { status, headers: { 'content-type': 'application/json; charset=utf-8' } });
  const page = (members: Json): string => JSON.stringify({ events: [], next: null, ...members });

  it('is noticed: another member, a member less, another type, another status, another media type', () => {
    expect(answers.problem('GET', '/api/events', json(), page({}))).to.equal(undefined);
    expect(answers.problem('GET', '/api/events', json(), page({ total: 1 }))).to.include(
      'additional properties',
    );
    expect(answers.problem('GET', '/api/events', json(), '{"events":[]}')).to.include("'next'");
    expect(answers.problem('GET', '/api/events', json(), page({ next: 1 }))).to.include('string');
    expect(answers.problem('GET', '/api/events', json(418), '')).to.include('418');
    const csv = new Response('', { headers: { 'content-type': 'text/csv' } });
    expect(answers.problem('GET', '/api/events', csv, undefined)).to.include('text/csv');
    expect(answers.problem('PUT', '/api/events', json(), '{}')).to.equal('is not described');
    expect(answers.problem('GET', '/api/nothing', json(404), '{"message":"x"}')).to.include('error');
  });

  it('is noticed in every part of it', () => {
    const { components } = closed(DESCRIPTION) as ApiDescription;
    const text = JSON.stringify(components.schemas['Overview']);
    const objects = text.match(/"type":"object"/g)?.length ?? 0;
    expect(objects).to.be.above(5);
    expect(text.match(/"additionalProperties":false/g)).to.have.length(objects);
  });
});

/** Together they have every member, values of every type, and the least that an event may have. */
function eventsOfAllKinds(): Json[] {
  const full = {
    user_id: 'u-1',
    user_agent: 'curl/8',
    session_id: 's-1',
    sample_rate: 0.5,
    error_type: 'TypeError',
    request_body_size: 12,
    response_body_size: 34,
    network_protocol_version: '2',
    user_agent_synthetic_type: 'bot',
    service_version: '1.2.3',
    deployment_environment: 'production',
    consumer: 'c-1',
    consumer_group: 'pro',
    consumer_label: 'ACME',
  };
  return [
    wireEvent({
      ...full,
      custom_data: { items: 10, plan: 'pro', vip: true, tags: ['a', 1], nested: { a: null } },
    }),
    wireEvent({ outcome: 'aborted', status_code: null, custom_data: { items: 'many' } }),
    wireEvent({ outcome: 'error', status_code: 500, latency_ms: 0, method: 'POST', source_ip: null }),
    wireEvent({ outcome: null, status_code: 302, latency_ms: null, route: null }),
    { endpoint: '/least', method: 'GET' },
  ];
}
