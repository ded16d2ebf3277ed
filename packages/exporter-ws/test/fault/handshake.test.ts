// Faults of the handshake and of name and certificate: the exporter keeps its queue, tries again as often as it
// makes sense, and delivers once the fault is gone.
import { expect } from 'chai';
import { createServer as createHttpsServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { lookup } from 'node:dns';
import { Agent } from 'node:http';
import { WebSocketServer } from 'ws';
import type { CerberusWsExporter } from '../../dist/esm/index.js';
import { selfSigned, type Certificate } from '../support/certificates.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { closeExporters, imbalance, quickExporter } from '../support/exporters.js';
import { acceptance, RawServer } from '../support/raw-server.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';
import { numberedSpans } from '../support/spans.js';

const ignore = (): void => undefined;
const PROTOCOLS = ['batch', 'event'] as const;

function loaded(url: string, options: Parameters<typeof quickExporter>[1] = {}): CerberusWsExporter {
  const exporter = quickExporter(url, options);
  exporter.export(numberedSpans(5), ignore);
  return exporter;
}

function expectKept(exporter: CerberusWsExporter): void {
  const stats = exporter.stats();
  expect(stats).to.include({ accepted: 5, acked: 0, queued: 5, inFlight: 0 });
  expect(imbalance(stats)).to.equal(0);
}

describe('faults of the handshake', () => {
  const servers: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    await closeExporters();
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });
  async function raw(onRequest: Parameters<typeof RawServer.start>[0]): Promise<RawServer> {
    const server = await RawServer.start(onRequest);
    servers.push(server);
    return server;
  }
  async function scripted(
    script: Parameters<typeof ScriptedServer.start>[0],
    port = 0,
  ): Promise<ScriptedServer> {
    const server = await ScriptedServer.start(script, port);
    servers.push(server);
    return server;
  }

  for (const protocol of PROTOCOLS) {
    it(`F1 refused port, ${protocol} mode: backs off, keeps the queue, delivers when it opens`, async () => {
      const backend = new BatchBackend();
      const script = protocol === 'batch' ? backend.script() : {};
      const first = await ScriptedServer.start(script);
      const { port, url } = first;
      await first.stop();
      const exporter = loaded(url, { protocol });
      await until('a backoff', () => exporter.stats().state === 'backoff');
      expectKept(exporter);
      const second = await scripted(script, port);
      await exporter.forceFlush();
      expect(protocol === 'batch' ? backend.stored : second.events).to.have.length(5);
    });
  }

  it('F2 name that does not resolve: backs off, and asks again each time', async () => {
    const backend = new BatchBackend();
    const { port } = await scripted(backend.script());
    let lookups = 0;
    const agent = new Agent({
      lookup: (hostname, options, callback) => {
        lookups += 1;
        if (lookups < 3) callback(Object.assign(new Error('try again'), { code: 'EAI_AGAIN' }), '', 4);
        else lookup('127.0.0.1', options, callback);
        expect(hostname).to.equal('no-such-host.localhost');
      },
    });
    const exporter = loaded(`ws://no-such-host.localhost:${port}/`, { agent });
    await exporter.forceFlush();
    expect(lookups).to.equal(3);
    expect(backend.stored).to.have.length(5);
    agent.destroy();
  });

  it('F3 handshake that is never answered: gives it up at the deadline and tries again', async () => {
    const server = await raw(ignore);
    const exporter = loaded(server.url, { connectTimeoutMillis: 100 });
    await until('a second attempt', () => server.connections >= 2);
    expectKept(exporter);
    await until('no more than one open socket', () => server.sockets.size <= 1);
  });

  it('F4 handshake at one byte at a time: the deadline is absolute', async () => {
    const server = await raw((socket, head) => {
      const answer = acceptance(head);
      let sent = 0;
      const drip = setInterval(() => {
        if (socket.destroyed) clearInterval(drip);
        else socket.write(answer.slice(sent, (sent += 1)));
      }, 20);
    });
    const exporter = loaded(server.url, { protocol: 'event', connectTimeoutMillis: 200 });
    await until('a second attempt', () => server.connections >= 2, 4_000);
    expectKept(exporter);
  });

  for (const status of [401, 403]) {
    it(`F5 upgrade refused with ${status}: suspended, one attempt, queue kept`, async () => {
      const server = await scripted({ refuses: () => ({ status }) });
      const exporter = loaded(server.url);
      await until('a suspension', () => exporter.stats().state === 'suspended');
      await new Promise((resolve) => void setTimeout(resolve, 150));
      expect(server.upgrades).to.have.length(1);
      expectKept(exporter);
    });
  }

  for (const [value, least] of [
    ['1', 1_000],
    ['-1', 0],
    ['garbage', 0],
    [new Date(Date.now() - 5_000).toUTCString(), 0],
  ] as const) {
    it(`F6 upgrade refused with 503 and Retry-After ${value === '1' ? value : JSON.stringify(value.slice(0, 8))}: waits ${least > 0 ? 'as long' : 'the usual time'}, never a hot loop`, async () => {
      const times: number[] = [];
      const server = await scripted({
        refuses: () => {
          times.push(performance.now());
          return { status: 503, headers: { 'retry-after': value } };
        },
      });
      const exporter = loaded(server.url, { initialBackoffMillis: 50 });
      await until('three attempts', () => times.length >= 3);
      const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      expect(Math.min(...waits)).to.be.at.least(least);
      expect(server.upgrades.length).to.be.below(10);
      expectKept(exporter);
    });
  }

  for (const status of [200, 301, 404, 426, 500]) {
    it(`F7 upgrade answered with ${status}: ${status < 500 ? 'suspended' : 'retried'}, not followed`, async () => {
      const elsewhere = await scripted({});
      const server = await scripted({ refuses: () => ({ status, headers: { location: elsewhere.url } }) });
      const exporter = loaded(server.url);
      const state = status < 500 ? 'suspended' : 'backoff';
      await until(`the state ${state}`, () => exporter.stats().state === state);
      expect(elsewhere.upgrades).to.have.length(0);
      expectKept(exporter);
    });
  }

  it('F8 wrong Sec-WebSocket-Accept: a failed connection, backoff not reset', async () => {
    const server = await raw((socket) =>
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n',
      ),
    );
    const exporter = loaded(server.url, {
      protocol: 'event',
      initialBackoffMillis: 40,
      maxBackoffMillis: 10_000,
    });
    await until('some attempts', () => server.connections >= 3);
    const seen = server.connections;
    await new Promise((resolve) => void setTimeout(resolve, 200));
    expect(server.connections - seen).to.be.below(8);
    expectKept(exporter);
  });

  it('F8 subprotocol that was not offered: a failed connection', async () => {
    const server = await raw((socket, head) => socket.write(acceptance(head, 'chat.v2')));
    const exporter = loaded(server.url, { protocol: 'batch' });
    await until('a second attempt', () => server.connections >= 2);
    expectKept(exporter);
  });

  describe('with TLS', () => {
    let good: Certificate;
    before(async () => {
      good = await selfSigned('localhost');
    });

    async function secure(certificate: Certificate): Promise<{ port: number; events: unknown[] }> {
      const http = createHttpsServer(certificate);
      const wss = new WebSocketServer({ server: http, handleProtocols: () => false });
      const events: unknown[] = [];
      wss.on('connection', (socket) =>
        socket.on('message', (data: Buffer) => {
          events.push(JSON.parse(data.toString()));
          socket.send('ok');
        }),
      );
      wss.on('wsClientError', ignore);
      http.on('tlsClientError', ignore);
      http.listen(0, '127.0.0.1');
      await once(http, 'listening');
      servers.push({
        stop: async () => {
          for (const client of wss.clients) client.terminate();
          const closed = once(http, 'close');
          http.close();
          await closed;
        },
      });
      return { port: (http.address() as AddressInfo).port, events };
    }

    const cases: [string, () => Promise<Certificate>, boolean][] = [
      ['self-signed', async () => good, false],
      ['expired', () => selfSigned('localhost', -1), true],
      ['of another host', () => selfSigned('other.example'), true],
    ];
    for (const [name, certificate, trusted] of cases) {
      it(`F9 certificate that is ${name}: refused, suspended, nothing sent`, async () => {
        const made = await certificate();
        const { port, events } = await secure(made);
        const exporter = loaded(`wss://localhost:${port}/`, trusted ? { tlsCa: made.cert } : {});
        await until('a suspension', () => exporter.stats().state === 'suspended');
        expect(events).to.have.length(0);
        expectKept(exporter);
      });
    }

    it('F9 TLS to a plain port: refused, suspended', async () => {
      const server = await scripted({});
      const exporter = loaded(`wss://localhost:${server.port}/`);
      await until('a suspension', () => exporter.stats().state === 'suspended');
      expectKept(exporter);
    });

    it('F9 self-signed certificate that is trusted by tlsCa: delivers', async () => {
      const { port, events } = await secure(good);
      const exporter = loaded(`wss://localhost:${port}/`, { tlsCa: good.cert });
      await exporter.forceFlush();
      expect(events).to.have.length(5);
    });

    it('F9 NODE_TLS_REJECT_UNAUTHORIZED=0 does not make it accept a certificate', async () => {
      const { port, events } = await secure(good);
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
      try {
        const exporter = loaded(`wss://localhost:${port}/`);
        await until('a suspension', () => exporter.stats().state === 'suspended');
        expect(events).to.have.length(0);
      } finally {
        delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      }
    });
  });

  it('F16 server that accepts and closes with 1013 at once: attempts follow the backoff, not the openings', async () => {
    const server = await scripted({ onConnection: (socket) => socket.close(1013) });
    const exporter = loaded(server.url, {
      protocol: 'event',
      initialBackoffMillis: 50,
      maxBackoffMillis: 60_000,
    });
    await new Promise((resolve) => void setTimeout(resolve, 1_500));
    // Doubling from 50 ms: 5 attempts on average in this time, hundreds if an opening reset the backoff.
    expect(server.connections).to.be.within(2, 25);
    expectKept(exporter);
  });
});
