import { WebSocket } from 'ws';
import { expect } from 'chai';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../dist/esm/protocol/connection.js';
import { openConnection, type ConnectionHandlers } from '../../dist/esm/transport/ws-connection.js';
import { selfSigned } from '../support/certificates.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { FakeClock } from '../support/fake-clock.js';
import { quickExporter } from '../support/exporters.js';
import { BatchBackend, ScriptedServer } from '../support/scripted-server.js';
import { numberedSpans } from '../support/spans.js';
import { startTlsTerminator } from '../support/tls-terminator.js';

/** What a connection said, in its order. */
class Log implements ConnectionHandlers {
  readonly lines: string[] = [];
  onText: (text: string) => void = () => undefined;
  onOpen(): void {
    this.lines.push('open');
  }
  onMessage(data: Buffer): void {
    this.lines.push(data.toString());
    this.onText(data.toString());
  }
  onAll: () => void = () => undefined;
  onReceived(): void {
    this.lines.push('received');
    this.onAll();
  }
  onClosing(): void {
    // Of no interest here.
  }
  onLife(): void {
    // Of no interest here.
  }
  readonly taken: (readonly [count: number, late: boolean])[] = [];
  onTaken(count: number, late: boolean): void {
    this.taken.push([count, late]);
  }
  onEnd(): void {
    this.lines.push('end');
  }
}

/** The sockets that an agent makes, which is where a socket can be seen. */
function sockets(agent: HttpAgent | HttpsAgent): Socket[] {
  const made: Socket[] = [];
  const create = agent.createConnection.bind(agent) as (options: object) => Socket;
  Object.assign(agent, {
    createConnection(options: object): Socket {
      const socket = create(options);
      made.push(socket);
      return socket;
    },
  });
  return made;
}

for (const scheme of ['ws', 'wss'] as const) {
  describe(`connection, ${scheme}`, () => {
    const clock = new FakeClock();
    let log: Log;
    let server: ScriptedServer;
    let stopTls: (() => Promise<void>) | undefined;
    let connection: Connection;
    let made: Socket[];

    beforeEach(async () => {
      log = new Log();
      log.onText = () => connection.rest();
      server = await ScriptedServer.start();
      const agent = scheme === 'ws' ? new HttpAgent() : new HttpsAgent();
      made = sockets(agent);
      const config = {
        token: 'sk-1',
        connectTimeoutMillis: 5_000,
        proxy: { server: undefined, unusable: undefined },
        agent,
      };
      const { url, ca } = scheme === 'ws' ? { url: server.url, ca: undefined } : await overTls();
      connection = openConnection(
        WebSocket,
        { ...config, wsUrl: new URL(url), certificates: ca === undefined ? {} : { ca } },
        undefined,
        clock,
        log,
      );
      await until('an open connection', () => log.lines.includes('open'));
    });

    afterEach(async () => {
      connection.abort({ kind: 'closed', code: 1000 });
      await stopTls?.();
      await server.stop();
    });

    async function overTls(): Promise<{ url: string; ca: string }> {
      const certificate = await selfSigned('localhost');
      const { port, stop } = await startTlsTerminator(certificate, () => server.port);
      stopTls = stop;
      return { url: `wss://localhost:${port}/ws/events`, ca: certificate.cert };
    }

    function say(text: string): void {
      for (const socket of server.sockets) socket.send(text);
    }

    it('reads nothing while it rests, and then all that has come', async () => {
      say('a');
      await until('the first message', () => log.lines.includes('a'));
      const bytesRead = (): number => made[0]?.bytesRead ?? NaN;
      const before = bytesRead();
      for (const text of ['b', 'c', 'd', 'e']) {
        say(text);
        await sleep(10);
      }
      expect(log.lines).to.deep.equal(['open', 'a', 'received']);
      const whileResting = bytesRead() - before;
      log.onText = () => undefined;
      clock.pass(1);
      await until('all messages', () => log.lines.includes('e'));
      // Node has read on until it noticed that nobody takes what it reads: one message of four.
      expect(whileResting).to.be.below((bytesRead() - before) / 2);
      expect(log.lines.filter((line) => line !== 'received')).to.deep.equal([
        'open',
        'a',
        'b',
        'c',
        'd',
        'e',
      ]);
    });

    it('hears the answer to its goodbye although it was resting', async () => {
      say('a');
      await until('the first message', () => log.lines.includes('a'));
      connection.close();
      await until('the end', () => log.lines.includes('end'));
    });

    it('says that everything was received before it says that it has ended', async () => {
      log.onText = () => connection.abort({ kind: 'timeout', what: 'ping' });
      say('a');
      await until('the end', () => log.lines.includes('end'));
      expect(log.lines).to.deep.equal(['open', 'a', 'received', 'end']);
    });

    it('takes nothing more to send once it is ending', async () => {
      log.onText = () => connection.abort({ kind: 'timeout', what: 'ping' });
      let sent = NaN;
      log.onAll = () => void (sent = connection.send([[Buffer.from('{}')]], 'text'));
      say('a');
      await until('the end', () => log.lines.includes('end'));
      expect(sent).to.equal(0);
    });

    // Over TLS the same, with the buffers of two hops to fill.
    if (scheme === 'wss') return;

    it('tells a message that waited for room in the socket from one that did not', async () => {
      connection.send([[Buffer.from('1')], [Buffer.from('2')]], 'text');
      await until('two messages to be taken', () => log.taken.length === 1);
      for (const socket of server.sockets) socket.pause();
      // More than the buffers of the system take on all of the way.
      connection.send([[Buffer.from('3')]], 'text');
      connection.send([[Buffer.alloc(16 * 1024 * 1024, ' ')]], 'text');
      await sleep(20);
      clock.pass(1_500);
      for (const socket of server.sockets) socket.resume();
      await until('all to be taken', () => log.taken.length === 3, 30_000);
      expect(log.taken).to.deep.equal([
        [2, false],
        [1, false],
        [1, true],
      ]);
    });
  });
}

/** A stream around a socket that has nothing of one, as a tunnel may be. */
class Around extends Duplex {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('data', (chunk) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#socket.write(chunk, done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}

describe('connection over a stream that an agent brings', () => {
  it('does all that one over a socket does, and ends nothing of the application', async () => {
    const backend = new BatchBackend();
    const server = await ScriptedServer.start(backend.script());
    const agent = new HttpAgent();
    Object.assign(agent, { createConnection: () => new Around(connect(server.port, '127.0.0.1')) });
    const exporter = quickExporter(server.url, { agent });
    exporter.export(numberedSpans(5), () => undefined);
    await exporter.forceFlush();
    for (const socket of server.sockets) socket.terminate();
    exporter.export(numberedSpans(5, 5), () => undefined);
    await exporter.forceFlush();
    expect([backend.stored.length, server.connections]).to.deep.equal([10, 2]);
  });

  for (const [what, error] of [
    ['a text', 'hunter2'],
    ['a code that is a text', Object.assign(new Error('hunter2'), { code: 'GET http://user:hunter2@proxy' })],
  ] as const) {
    it(`fails with nothing of what the agent says where that is ${what}`, async () => {
      const agent = new HttpAgent();
      Object.assign(agent, {
        createConnection: (_options: object, done: (error: unknown) => void) =>
          void setImmediate(() => done(error)),
      });
      const exporter = quickExporter('ws://localhost/', { agent });
      exporter.export(numberedSpans(1), () => undefined);
      await until('a failure', () => exporter.stats().lastFailure !== null);
      expect(exporter.stats().lastFailure).to.not.include('hunter2');
    });
  }
});
