// A peer that misbehaves inside the protocol: it can cost a connection, never an event, the process or the memory.
import { expect } from 'chai';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { CerberusWsExporter } from '../../dist/esm/index.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { closeExporters, imbalance, quickExporter } from '../support/exporters.js';
import { acceptance, frame, RawServer } from '../support/raw-server.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';
import { numberedSpans } from '../support/spans.js';

const ignore = (): void => undefined;
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `/${index}`);

/** No timeout may be what ends the connection. */
const PATIENT = { ackTimeoutMillis: 60_000, pingIntervalMillis: 60_000 };

/** As much as the other end takes, until it hangs up. */
function pour(socket: Socket, bytes: Buffer): void {
  while (!socket.destroyed && socket.write(bytes));
  socket.once('drain', () => pour(socket, bytes));
}

describe('faults of the peer', () => {
  const servers: { stop(): Promise<void> }[] = [];
  const exporters: CerberusWsExporter[] = [];

  function loaded(url: string, options: Parameters<typeof quickExporter>[1] = {}): CerberusWsExporter {
    const exporter = quickExporter(url, options);
    exporters.push(exporter);
    exporter.export(numberedSpans(5), ignore);
    return exporter;
  }
  async function scripted(script: Parameters<typeof ScriptedServer.start>[0]): Promise<ScriptedServer> {
    const server = await ScriptedServer.start(script);
    servers.push(server);
    return server;
  }
  async function raw(onRequest: Parameters<typeof RawServer.start>[0]): Promise<RawServer> {
    const server = await RawServer.start(onRequest);
    servers.push(server);
    return server;
  }

  afterEach(async () => {
    for (const exporter of exporters.splice(0)) expect(imbalance(exporter.stats())).to.equal(0);
    await closeExporters();
    await Promise.all(servers.splice(0).map((server) => server.stop()));
  });

  const SUSPENDING = new Set([1008, 4401, 4403]);
  const LEGAL = [
    1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4000, 4400, 4401, 4403,
    4408, 4409, 4999,
  ];
  for (const code of LEGAL) {
    it(`F17 close code ${code}: ${SUSPENDING.has(code) ? 'suspended' : 'tried again later'}, nothing lost`, async () => {
      const server = await scripted({ onMessage: (_message, socket) => socket.close(code) });
      const exporter = loaded(server.url, {
        protocol: 'event',
        initialBackoffMillis: 10_000,
        maxBackoffMillis: 60_000,
      });
      const state = SUSPENDING.has(code) ? 'suspended' : 'backoff';
      await until(`the state ${state}`, () => exporter.stats().state === state);
      expect(exporter.stats()).to.include({ queued: 5, acked: 0 });
    });
  }

  for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65_535]) {
    it(`F17 illegal close code ${code}: hangs up at once although the peer stays`, async () => {
      const payload = Buffer.alloc(2);
      payload.writeUInt16BE(code);
      const server = await raw((socket, head) =>
        socket.write(Buffer.concat([Buffer.from(acceptance(head)), frame(0x88, payload)])),
      );
      const exporter = loaded(server.url, {
        protocol: 'event',
        initialBackoffMillis: 5_000,
        maxBackoffMillis: 60_000,
        ...PATIENT,
      });
      await until('the state backoff', () => exporter.stats().state === 'backoff', 3_000);
      await until('a closed socket', () => server.sockets.size === 0, 3_000);
    });
  }

  const BAD_FRAMES: Record<string, Buffer> = {
    'invalid UTF-8': frame(0x81, Buffer.from([0xff, 0xfe])),
    'a reserved opcode': frame(0x83, Buffer.from('x')),
    'RSV1 without compression': frame(0xc1, Buffer.from('x')),
    'a masked frame': Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x41]),
    'a length of 200 MB': Buffer.from([0x81, 127, 0, 0, 0, 0, 0x0b, 0xeb, 0xc2, 0x00]),
    'a length of 2^63': Buffer.from([0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0]),
    'a fragmented ping': frame(0x09, Buffer.from('x')),
  };
  for (const [name, bytes] of Object.entries(BAD_FRAMES)) {
    it(`F18 ${name}: hangs up, tries again, keeps the queue`, async () => {
      const server = await raw((socket, head) =>
        socket.write(Buffer.concat([Buffer.from(acceptance(head)), bytes])),
      );
      const exporter = loaded(server.url, { protocol: 'event', ...PATIENT });
      await until('a second attempt', () => server.connections >= 2);
      expect(exporter.stats()).to.include({ accepted: 5, acked: 0 });
    });
  }

  it('F18 flood of pings: hangs up instead of piling up answers, and delivers over the next connection', async () => {
    const backend = new BatchBackend();
    const server = await scripted({
      ...backend.script(),
      onConnection: (socket, connection) => {
        const pings = connection === 1 ? 5_000 : 0;
        for (let count = 0; count < pings; count += 1) socket.ping();
      },
    });
    await loaded(server.url).forceFlush();
    expect(backend.stored).to.have.length(5);
    expect(server.connections).to.equal(2);
  });

  for (const [what, bytes] of [
    ['pongs', [0x8a, 0]],
    ['messages', [0x81, 0]],
  ] as const) {
    it(`F18 flood of ${what} that answer nothing: hangs up, and delivers over the next connection`, async () => {
      const flood = Buffer.alloc(64 * 1024, Buffer.from(bytes));
      const backend = new BatchBackend();
      const server = await scripted({
        ...backend.script(),
        onConnection: (socket, connection) => {
          const { _socket: link } = socket as unknown as { _socket: Socket };
          // Behind the welcome.
          if (connection === 1) socket.once('message', () => setImmediate(() => pour(link, flood)));
        },
      });
      backend.silent = true;
      const exporter = loaded(server.url, PATIENT);
      await until('another connection', () => server.connections === 2);
      backend.silent = false;
      await exporter.forceFlush();
      expect(exporter.stats().acked).to.equal(5);
    });
  }

  it('F19 batch server that never acknowledges: tries again and again, bounded, and delivers when it does', async () => {
    const backend = new BatchBackend();
    backend.onFrame = () => false;
    const server = await scripted(backend.script());
    const exporter = loaded(server.url, { ackTimeoutMillis: 50 });
    await until('several connections', () => server.connections >= 5);
    expect(exporter.stats()).to.include({ accepted: 5, acked: 0 });
    backend.onFrame = () => true;
    await exporter.forceFlush();
    expect(backend.stored).to.have.length(5);
  });

  it('F20 acknowledgements twice, out of order, cumulative, unknown and of before: each event counted once', async () => {
    const backend = new BatchBackend();
    backend.silent = true;
    const script = backend.script();
    const server = await scripted({
      ...script,
      onMessage: (message, socket, connection) => {
        script.onMessage?.(message, socket, connection);
        const seq = Number(message['seq']);
        if (message['type'] !== 'events' || seq % 3 !== 0) return;
        for (const answer of [seq - 1, seq, seq, seq - 2, seq + 7, 2 ** 53 - 1])
          socket.send(JSON.stringify({ type: 'ack', seq: answer }));
      },
    });
    const exporter = quickExporter(server.url, { maxBatchEvents: 10 });
    exporters.push(exporter);
    exporter.export(numberedSpans(90), ignore);
    await exporter.forceFlush();
    expect(exporter.stats()).to.include({ acked: 90, rejected: 0 });
    expect(exporter.stats().unexpectedMessages).to.be.above(0);
    expect(backend.stored.map(({ endpoint }) => endpoint)).to.deep.equal(numbered(90));
  });

  const GARBAGE = [
    'null',
    '[[[',
    '{"seq":"NaN"}',
    '{"type":"ack","seq":9007199254740992}',
    '{"__proto__":{"type":"ack"}}',
    '"x"',
    '7',
    '['.repeat(30_000),
    '{"type":"nack","seq":1,"code":"invalid","rejected":"all"}',
  ];
  it('F21 garbage instead of acknowledgements: counted, nothing thrown, nothing forgotten', async () => {
    const backend = new BatchBackend();
    backend.onFrame = (_seq, _events, socket: WebSocket) => {
      for (const text of GARBAGE) socket.send(text);
      socket.send(Buffer.from('{"type":"ack","seq":1}'), { binary: true });
      return true;
    };
    const server = await scripted(backend.script());
    const exporter = loaded(server.url);
    await exporter.forceFlush();
    expect(exporter.stats()).to.include({ acked: 5, unexpectedMessages: GARBAGE.length + 1 });
    expect(({} as Record<string, unknown>)['type']).to.equal(undefined);
  });

  it('F21 answer of 10 MB: ends the connection, and memory stays', async () => {
    const backend = new BatchBackend();
    let first = true;
    backend.onFrame = (_seq, _events, socket) => {
      if (first) socket.send(`{"type":"ack","seq":1,"x":"${'x'.repeat(10_000_000)}"}`);
      const stored = !first;
      first = false;
      return stored;
    };
    const server = await scripted(backend.script());
    const exporter = loaded(server.url);
    await exporter.forceFlush();
    expect(server.connections).to.equal(2);
    expect(exporter.stats().acked).to.equal(5);
  });

  it('F22 poison event refused by nack: given up once, its neighbours delivered', async () => {
    const backend = new BatchBackend();
    backend.onFrame = (seq, events, socket) => {
      const rejected = events.flatMap((event, index) => (event['endpoint'] === '/3' ? [index] : []));
      if (rejected.length > 0) socket.send(JSON.stringify({ type: 'nack', seq, code: 'invalid', rejected }));
      return true;
    };
    const exporter = loaded((await scripted(backend.script())).url);
    await exporter.forceFlush();
    expect(exporter.stats()).to.include({ acked: 4, rejected: 1 });
  });

  it('F22 throttle without end: head of the line kept, in order, and the wait is honoured', async () => {
    const backend = new BatchBackend();
    let refusals = 0;
    backend.onFrame = (seq, _events, socket) => {
      if (refusals >= 4) return true;
      refusals += 1;
      socket.send(JSON.stringify({ type: 'nack', seq, code: 'throttle', retry_after_millis: 0 }));
      return false;
    };
    const server = await scripted(backend.script());
    const exporter = quickExporter(server.url, { maxBatchEvents: 2 });
    exporters.push(exporter);
    const started = performance.now();
    exporter.export(numberedSpans(12), ignore);
    await exporter.forceFlush();
    expect(performance.now() - started).to.be.at.least(399);
    expect(backend.stored.map(({ endpoint }) => endpoint)).to.deep.equal(numbered(12));
    expect(server.connections).to.equal(1);
  });
});
