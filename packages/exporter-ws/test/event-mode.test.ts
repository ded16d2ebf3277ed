import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { CerberusFlushTimeoutError, CerberusWsExporter } from '../dist/esm/index.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { until } from '@cerberus-otel/test-support/deadline';
import { closeExporters, imbalance, quickExporter, TOKEN } from './support/exporters.js';
import { FakeClock } from './support/fake-clock.js';
import { ScriptedServer, type Script } from './support/scripted-server.js';
import { HASH, numberedSpans, serverSpan } from './support/spans.js';

let server: ScriptedServer;
async function serve(script: Script = {}, port = 0): Promise<ScriptedServer> {
  server = await ScriptedServer.start(script, port);
  return server;
}
const paths = (): unknown[] => server.events.map((event) => event['endpoint']);
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `/${index}`);
const ignore = (): void => undefined;

describe('event mode', () => {
  afterEach(async () => {
    await closeExporters();
    await server.stop();
  });

  it("sends the seed's eight fields first, in the seed's order, with the credentials in the event", async () => {
    const exporter = quickExporter((await serve()).url);
    exporter.export([serverSpan({ 'cerberus.source_ip': HASH, 'cerberus.metric.items': 3 })], ignore);
    await exporter.forceFlush();
    const [event] = server.events;
    expect(Object.entries(event ?? {}).slice(0, 8)).to.deep.equal([
      ['api_key', TOKEN],
      ['client_id', 'shop'],
      ['token', TOKEN],
      ['source_ip', HASH],
      ['endpoint', '/hello'],
      ['scheme', false],
      ['method', 'GET'],
      ['custom_data', { items: 3 }],
    ]);
  });

  it('authenticates the upgrade and keeps the token out of the URL', async () => {
    const exporter = quickExporter((await serve()).url);
    exporter.export([serverSpan()], ignore);
    await exporter.forceFlush();
    expect(server.upgrades[0]?.headers.authorization).to.equal(`Bearer ${TOKEN}`);
    expect(server.upgrades.map(({ url }) => url).join()).to.not.include(TOKEN);
  });

  it('falls back to event mode when the server selects no subprotocol, and does not ask again', async () => {
    const exporter = quickExporter((await serve()).url);
    exporter.export(numberedSpans(3), ignore);
    await exporter.forceFlush();
    server.sockets.forEach((socket) => socket.terminate());
    await until('a lost connection', () => exporter.stats().state !== 'ready');
    exporter.export(numberedSpans(3, 3), ignore);
    await exporter.forceFlush();
    expect(server.upgrades.map(({ headers }) => headers['sec-websocket-protocol'])).to.deep.equal([
      'cerberus.batch.v1',
      undefined,
      undefined,
    ]);
    expect(paths()).to.deep.equal(numbered(6));
    expect(exporter.stats()).to.include({ mode: 'event', acked: 6, reconnects: 1 });
  });

  it('falls back when a stock server selects the subprotocol but answers hello like an event', async () => {
    const exporter = quickExporter((await serve({ selects: (offered) => [...offered][0] ?? false })).url);
    exporter.export(numberedSpans(3), ignore);
    await exporter.forceFlush();
    expect(paths()).to.deep.equal(numbered(3));
    expect(exporter.stats().mode).to.equal('event');
  });

  it('falls back when the server answers the offer with 400', async () => {
    await serve({
      refuses: ({ headers }) =>
        headers['sec-websocket-protocol'] === undefined ? undefined : { status: 400 },
    });
    const exporter = quickExporter(server.url);
    exporter.export(numberedSpans(3), ignore);
    await exporter.forceFlush();
    expect(paths()).to.deep.equal(numbered(3));
  });

  it('keeps the order over many windows', async () => {
    const exporter = quickExporter((await serve()).url, { protocol: 'event', maxInFlightEvents: 16 });
    exporter.export(numberedSpans(1_000), ignore);
    await exporter.forceFlush();
    expect(paths()).to.deep.equal(numbered(1_000));
    expect(exporter.stats()).to.include({ accepted: 1_000, acked: 1_000, queued: 0, inFlight: 0 });
  });

  it('has no more than the window in flight', async () => {
    let unanswered = 0;
    let most = 0;
    await serve({
      onMessage: (_message, socket) => {
        unanswered += 1;
        most = Math.max(most, unanswered);
        setTimeout(() => {
          unanswered -= 1;
          socket.send('ok');
        }, 5);
      },
    });
    const exporter = quickExporter(server.url, { protocol: 'event', maxInFlightEvents: 7 });
    exporter.export(numberedSpans(60), ignore);
    await exporter.forceFlush();
    expect(most).to.equal(7);
  });

  for (const { events, waits } of [
    { events: 64, waits: true },
    { events: 8, waits: false },
  ]) {
    it(`${waits ? 'reads answers together' : 'reads each answer as it comes'} while ${events} are due`, async () => {
      await serve({
        onMessage: (_message, socket) => {
          if (server.events.length === 1) socket.send('ok');
          else setTimeout(() => socket.send('ok'), 20);
        },
      });
      const clock = new FakeClock();
      const exporter = new CerberusWsExporter(
        { wsUrl: server.url, token: TOKEN, clientId: 'shop', protocol: 'event' },
        { clock, env: { CERBERUS_WARNINGS: 'false' } },
      );
      afterTest(async () => {
        const closed = exporter.shutdown();
        clock.pass(60_000);
        await closed;
      });
      exporter.export(numberedSpans(events), ignore);
      const flushed = exporter.forceFlush();
      await until('the first answer', () => exporter.stats().acked > 0);
      await sleep(100);
      expect(exporter.stats().acked).to.equal(waits ? 1 : events);
      await until('all answers', () => {
        clock.pass(1);
        return exporter.stats().acked === events;
      });
      await flushed;
      expect(exporter.stats()).to.include({ acked: events, inFlight: 0 });
    });
  }

  it('settles answers that came together each by its own word', async () => {
    await serve({ onMessage: ignore });
    const exporter = quickExporter(server.url, { protocol: 'event' });
    exporter.export(numberedSpans(6), ignore);
    const flushed = exporter.forceFlush();
    await until('all events', () => server.events.length === 6);
    const [socket] = server.sockets;
    for (const answer of [
      'ok',
      'ok',
      '{"error":"no"}',
      '{"error":"no"}',
      'ok',
      '{"error":"no"}',
      'once more',
    ]) {
      socket?.send(answer);
    }
    await flushed;
    expect(exporter.stats()).to.include({ acked: 3, rejected: 3, unexpectedMessages: 1 });
  });

  it('keeps an event whole while one of its metrics exports another span', async () => {
    const exporter = quickExporter((await serve()).url, { protocol: 'event' });
    const attributes = Object.defineProperty({ ...serverSpan().attributes }, 'cerberus.metric.n', {
      enumerable: true,
      get: () => {
        exporter.export([serverSpan()], ignore);
        return 1;
      },
    });
    exporter.export([serverSpan({}, { attributes }), serverSpan()], ignore);
    await exporter.forceFlush();
    expect(server.events.map((event) => event['custom_data'])).to.deep.equal([{ n: 1 }, {}]);
    expect(exporter.stats()).to.deep.include({
      acked: 2,
      refused: { queue_full: 0, shutdown: 0, invalid: 1 },
    });
  });

  it('counts a refused event as rejected and does not send it again', async () => {
    await serve({
      onMessage: (message, socket) =>
        socket.send(message['endpoint'] === '/1' ? '{"error":"no"}' : '{"status":"ok"}'),
    });
    const exporter = quickExporter(server.url, { protocol: 'event' });
    exporter.export(numberedSpans(3), ignore);
    await exporter.forceFlush();
    expect(exporter.stats()).to.include({ acked: 2, rejected: 1 });
    expect(paths()).to.deep.equal(numbered(3));
  });

  it('sends what was unanswered again after a lost connection, oldest first', async () => {
    await serve({
      onMessage: (message, socket, connection) => {
        if (connection > 1 || message['endpoint'] === '/0') socket.send('ok');
        else if (message['endpoint'] === '/4') socket.terminate();
      },
    });
    const exporter = quickExporter(server.url, { protocol: 'event' });
    exporter.export(numberedSpans(10), ignore);
    await exporter.forceFlush();
    const again = paths().lastIndexOf('/1');
    expect(paths().slice(again)).to.deep.equal(numbered(10).slice(1));
    expect(exporter.stats()).to.include({ acked: 10, reconnects: 1 });
  });

  it('breaks up a window that the backend hangs up over on every connection, before an answer', async () => {
    // It hangs up at each 97th message, and of what it had read it counts the rest as well. Of 97 events in flight, once the
    // first was a 97th message, the first is one whenever they are sent again together.
    let count = 96;
    const windows: unknown[][] = [];
    await serve({
      onMessage: (message, socket, connection) => {
        (windows[connection - 1] ??= []).push(message['endpoint']);
        count += 1;
        if (count % 97 === 0) socket.terminate();
        else socket.send('ok');
      },
    });
    const exporter = quickExporter(server.url, { protocol: 'event' });
    exporter.export(numberedSpans(97), ignore);
    await exporter.forceFlush();
    expect(windows.slice(0, 2)).to.deep.equal([numbered(97), numbered(97)]);
    expect(windows[2]?.slice(0, 48)).to.deep.equal(numbered(48));
    expect(exporter.stats()).to.include({ accepted: 97, acked: 97 });
    expect(imbalance(exporter.stats())).to.equal(0);
  });

  it('drops the connection when no answer comes and sends again', async () => {
    await serve({ onMessage: (_message, socket, connection) => void (connection > 1 && socket.send('ok')) });
    const exporter = quickExporter(server.url, { protocol: 'event' });
    exporter.export(numberedSpans(5), ignore);
    await exporter.forceFlush();
    expect(server.connections).to.equal(2);
    expect(exporter.stats()).to.include({ acked: 5 });
  });

  it('stops re-sending to a server that never answers after three connections', async () => {
    await serve({ onMessage: ignore });
    const exporter = quickExporter(server.url, { protocol: 'event', ackTimeoutMillis: 60 });
    exporter.export(numberedSpans(5), ignore);
    await until('a suspended exporter', () => exporter.stats().state === 'suspended');
    expect(server.connections).to.equal(3);
    expect(exporter.stats()).to.include({ accepted: 5, queued: 5, acked: 0 });
  });

  it("counts an event as delivered when the socket took it with acks 'none'", async () => {
    await serve({ onMessage: ignore });
    const exporter = quickExporter(server.url, { protocol: 'event', acks: 'none' });
    exporter.export(numberedSpans(700), ignore);
    await exporter.forceFlush();
    expect(exporter.stats()).to.include({ acked: 700, inFlight: 0 });
    await until('all events at the server', () => server.events.length === 700);
  });

  it('ignores and counts what was not asked for', async () => {
    await serve({ onConnection: (socket) => socket.send('{"hello":"there"}') });
    const exporter = quickExporter(server.url, { protocol: 'event', flushIntervalMillis: 50 });
    exporter.export(numberedSpans(2), ignore);
    await exporter.forceFlush();
    await until('a settled count', () => exporter.stats().acked === 2);
    expect(imbalance(exporter.stats())).to.equal(0);
  });

  it('is suspended by refused credentials, keeps its queue and does not hammer', async () => {
    for (const refusal of [
      { refuses: () => ({ status: 401 }) },
      { onMessage: (_: unknown, socket: { close(code: number): void }) => socket.close(4401) },
    ]) {
      await serve(refusal);
      const exporter = quickExporter(server.url, { protocol: 'event' });
      exporter.export(numberedSpans(5), ignore);
      await until('a suspended exporter', () => exporter.stats().state === 'suspended');
      expect(exporter.stats()).to.include({ queued: 5, acked: 0 });
      expect(server.upgrades).to.have.length(1);
      await exporter.shutdown();
      expect(exporter.stats().dropped.shutdown_timeout).to.equal(5);
      await server.stop();
    }
    await serve();
  });

  it('never follows a redirect', async () => {
    const elsewhere = await ScriptedServer.start();
    const location = elsewhere.url;
    await serve({ refuses: () => ({ status: 302, headers: { location } }) });
    const exporter = quickExporter(server.url, { protocol: 'event' });
    exporter.export(numberedSpans(1), ignore);
    await until('a suspended exporter', () => exporter.stats().state === 'suspended');
    expect(elsewhere.upgrades).to.have.length(0);
  });

  it('starts with the backend down and delivers once it is up', async () => {
    const { port, url } = await serve();
    await server.stop();
    const exporter = quickExporter(url);
    exporter.export(numberedSpans(20), ignore);
    await until('a failed attempt', () => exporter.stats().state === 'backoff');
    await serve({}, port);
    await exporter.forceFlush();
    expect(paths()).to.deep.equal(numbered(20));
  });

  it('gives up on the one event that the server finds too large, and on no other', async () => {
    await serve({
      onMessage: (message, socket) => (message['endpoint'] === '/5' ? socket.close(1009) : socket.send('ok')),
    });
    const exporter = quickExporter(server.url, { protocol: 'event' });
    exporter.export(numberedSpans(12), ignore);
    await exporter.forceFlush();
    const { acked, dropped } = exporter.stats();
    expect([acked, dropped.too_large]).to.deep.equal([11, 1]);
  });

  it('rejects forceFlush with a typed error and counts when the time is over, and keeps the events', async () => {
    await serve({ onMessage: ignore });
    const exporter = quickExporter(server.url, { protocol: 'event', forceFlushTimeoutMillis: 50 });
    exporter.export(numberedSpans(5), ignore);
    const error = await exporter.forceFlush().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error)
      .to.be.instanceOf(CerberusFlushTimeoutError)
      .and.include({ code: 'FLUSH_TIMEOUT', pending: 5 });
    const { queued, inFlight } = exporter.stats();
    expect(queued + inFlight).to.equal(5);
  });
});
