import { expect } from 'chai';

import { REFUSAL_REASONS } from '../../dist/observe/counters.js';
import { VERSION } from '../../dist/observe/version.js';
import type { CerberusServer } from '../../dist/server.js';
import { ControlledStore } from '../support/servers/controlled-store.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { wireEvent } from '../support/events/events.js';
import { call, server, stopServers, TOKEN } from '../support/servers/server-fixture.js';
import { WsClient } from '../support/senders/ws-client.js';

const HEADERS = { authorization: `Bearer ${TOKEN}` };

describe('GET /metrics', () => {
  let store: ControlledStore;
  let running: CerberusServer;

  beforeEach(async () => {
    store = new ControlledStore();
    running = await server({ store });
  });

  afterEach(stopServers);

  /** Samples by name and labels, read as Prometheus reads them: the server's without their prefix. */
  async function scrape(): Promise<ReadonlyMap<string, number>> {
    const text = await (await fetch(`${running.url}/metrics`, { headers: HEADERS })).text();
    const samples = new Map<string, number>();
    for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('#'))) {
      const [, name = '', value] =
        /^((?:cerberus_server|process|nodejs)_\w+(?:\{[^}]*\})?) (\S+)$/.exec(line) ?? [];
      expect(name, line).not.to.equal('');
      samples.set(name.replace('cerberus_server_', ''), Number(value));
    }
    return samples;
  }

  async function scrapeServer(): Promise<readonly (readonly [string, number])[]> {
    return [...(await scrape())].filter(([name]) => !/^(?:process|nodejs)_/.test(name));
  }

  it('needs the token, as the read API does', async () => {
    expect((await call(`${running.url}/metrics`, { headers: { authorization: '' } })).status).to.equal(401);
    expect((await call(`${running.url}/metrics`, { method: 'POST' })).status).to.equal(405);
    const { status, headers } = await fetch(`${running.url}/metrics`, { headers: HEADERS });
    expect(status).to.equal(200);
    expect(headers.get('content-type')).to.match(/^text\/plain; version=0\.0\.4/);
  });

  it('has help and a type for every metric, units in names, and zeros from the start', async () => {
    const text = await (await fetch(`${running.url}/metrics`, { headers: HEADERS })).text();
    const types = [...text.matchAll(/^# TYPE (cerberus_\S+) (\S+)$/gm)];
    expect(types.length).to.be.greaterThan(15);
    for (const [, name = '', type] of types) {
      expect(text, name).to.match(new RegExp(`^# HELP ${name} \\S`, 'm'));
      expect(name.endsWith('_total'), name).to.equal(type === 'counter');
      if (type === 'histogram') expect(name).to.match(/_seconds$/);
    }
    const samples = await scrape();
    for (const mode of ['batch', 'event', 'http']) {
      expect(samples.get(`events_stored_total{mode="${mode}"}`)).to.equal(0);
      expect(samples.get(`acknowledgement_duration_seconds_count{mode="${mode}"}`)).to.equal(0);
    }
    for (const reason of REFUSAL_REASONS) {
      expect(samples.get(`refusals_total{reason="${reason}"}`), reason).to.equal(0);
    }
  });

  it('counts events by mode and by what became of them, and frames', async () => {
    const batch = await WsClient.batch(running.wsUrl, TOKEN);
    batch.frame(1, wireEvent(), wireEvent({ endpoint: 'x'.repeat(5000) }), 'no event');
    await batch.next();
    const again = await WsClient.batch(running.wsUrl, TOKEN);
    again.frame(1, wireEvent(), wireEvent(), 'no event');
    await again.next();
    await batch.ended();
    const event = await WsClient.connect(running.wsUrl, { token: TOKEN });
    event.send({ ...wireEvent(), client_id: 'x', token: TOKEN });
    event.send({ client_id: 'x', token: TOKEN });
    await event.next();
    await event.next();
    const body = JSON.stringify({ events: [{ ...wireEvent(), client_id: 'x' }, 7] });
    await call(`${running.url}/v1/ingest/batch`, { method: 'POST', body });
    const samples = await scrape();
    const expected: Record<string, number> = {
      'events_stored_total{mode="batch"}': 2,
      'events_stored_total{mode="event"}': 1,
      'events_stored_total{mode="http"}': 1,
      'events_rejected_total{mode="batch"}': 1,
      'events_rejected_total{mode="event"}': 1,
      'events_rejected_total{mode="http"}': 0,
      'events_duplicate_total{mode="batch"}': 2,
      events_skipped_total: 1,
      'events_adjusted_total{reason="text_cut"}': 1,
      'frames_total{result="stored"}': 1,
      'frames_total{result="duplicate"}': 1,
      connections: 2,
      unauthenticated_connections: 0,
      connections_accepted_total: 3,
      'connections_ended_total{reason="superseded"}': 1,
      'refusals_total{reason="invalid_event"}': 1,
      commit_duration_seconds_count: 3,
      'acknowledgement_duration_seconds_count{mode="batch"}': 2,
      'acknowledgement_duration_seconds_count{mode="event"}': 1,
      'acknowledgement_duration_seconds_count{mode="http"}': 1,
    };
    for (const [name, value] of Object.entries(expected)) expect(samples.get(name), name).to.equal(value);
  });

  it('adds up to the same when it is read twice', async () => {
    const client = await WsClient.batch(running.wsUrl, TOKEN);
    client.frame(1, wireEvent());
    await client.next();
    expect(await scrapeServer()).to.deep.equal(await scrapeServer());
  });

  it('has what Prometheus expects of each process, and the version of the server', async () => {
    const samples = await scrape();
    expect(samples.get(`build_info{version="${VERSION}"}`)).to.equal(1);
    expect(samples.get('process_resident_memory_bytes')).to.be.above(1_000_000);
    expect(samples.get('process_start_time_seconds')).to.be.below(Date.now() / 1000);
    const before = samples.get('process_cpu_seconds_total') ?? NaN;
    const start = process.cpuUsage().user;
    await until('it has worked', () => process.cpuUsage().user - start > 20_000);
    expect((await scrape()).get('process_cpu_seconds_total')).to.be.above(before);
  });

  it('shows what waits, how long it waited, and a store that fails', async () => {
    const client = await WsClient.batch(running.wsUrl, TOKEN);
    const idle = await WsClient.connect(running.wsUrl);
    store.load = { appends: 1, events: 2, bytes: 300 };
    expect([...(await scrape())]).to.deep.include.members([
      ['pending_appends', 1],
      ['pending_events', 2],
      ['pending_bytes', 300],
      ['unauthenticated_connections', 1],
      ['store_healthy', 1],
    ]);
    store.load = undefined;
    store.hold();
    client.frame(1, wireEvent());
    await until('the frame has come', () => store.appends === 1);
    const start = performance.now();
    await until('some time has passed', () => performance.now() - start > 60);
    store.release();
    await client.next();
    const sum = (await scrape()).get('acknowledgement_duration_seconds_sum{mode="batch"}');
    expect(sum).to.be.within(0.05, 8);
    store.fault = () => 'fail';
    client.frame(2, wireEvent());
    await client.next();
    const samples = await scrape();
    expect(samples.get('store_healthy')).to.equal(0);
    expect(samples.get('refusals_total{reason="store_failed"}')).to.equal(1);
    expect(samples.get('frames_total{result="throttled"}')).to.equal(1);
    await idle.close();
  });

  it('holds nothing that a client wrote', async () => {
    const client = await WsClient.batch(running.wsUrl, TOKEN, 'secret-producer');
    client.frame(1, wireEvent({ endpoint: '/secret-path', user_id: 'secret-user' }));
    await client.next();
    const text = await (await fetch(`${running.url}/metrics`, { headers: HEADERS })).text();
    expect(text).not.to.match(/secret|my-app|test-token/);
  });
});

describe('the metrics of two servers in one process', () => {
  afterEach(stopServers);

  it('are their own', async () => {
    const [one, two] = [await server(), await server()];
    const client = await WsClient.batch(one.wsUrl, TOKEN);
    client.frame(1, wireEvent());
    await client.next();
    const text = await (await fetch(`${two.url}/metrics`, { headers: HEADERS })).text();
    expect(text).to.include('cerberus_server_events_stored_total{mode="batch"} 0');
    expect(text).to.include('cerberus_server_commit_duration_seconds_count 0');
  });
});
