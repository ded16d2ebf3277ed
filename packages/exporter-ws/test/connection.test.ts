import { expect } from 'chai';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openConnection, type Connection, type ConnectionHandlers } from '../dist/esm/connection.js';
import { eventually } from './support/eventually.js';
import { FakeClock } from './support/fake-clock.js';
import { ScriptedServer } from './support/scripted-server.js';

/** A text of one character, unmasked (RFC 6455 §5.2). */
const FRAME_BYTES = 3;

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
  onReceived(): void {
    this.lines.push('received');
  }
  onLife(): void {
    // Of no interest here.
  }
  onTaken(): void {
    // Of no interest here.
  }
  onEnd(): void {
    this.lines.push('end');
  }
}

describe('connection', () => {
  const log = new Log();
  const clock = new FakeClock();
  const sockets: Socket[] = [];
  const collect = (message: unknown): void =>
    void sockets.push((message as { readonly socket: Socket }).socket);
  let server: ScriptedServer;
  let connection: Connection;

  async function connect(): Promise<void> {
    server = await ScriptedServer.start();
    const config = {
      wsUrl: new URL(server.url),
      token: 'sk-1',
      connectTimeoutMillis: 5_000,
      tlsCa: undefined,
      tlsCert: undefined,
      tlsKey: undefined,
      agent: undefined,
    };
    connection = openConnection(config, undefined, clock, log);
    await eventually('an open connection', () => log.lines.includes('open'));
  }

  function say(text: string): void {
    for (const socket of server.sockets) socket.send(text);
  }

  beforeEach(async () => {
    subscribe('net.client.socket', collect);
    log.lines.length = 0;
    sockets.length = 0;
    log.onText = () => connection.rest();
    await connect();
  });

  afterEach(async () => {
    unsubscribe('net.client.socket', collect);
    connection.abort({ kind: 'closed', code: 1000 });
    await server.stop();
  });

  it('reads nothing while it rests, and then all that has come', async () => {
    say('a');
    await eventually('the first message', () => log.lines.includes('a'));
    const before = sockets[0]?.bytesRead ?? NaN;
    for (const text of ['b', 'c', 'd', 'e']) {
      say(text);
      await sleep(10);
    }
    expect(log.lines).to.deep.equal(['open', 'a', 'received']);
    // Node has read on until it noticed that nobody takes what it reads.
    expect((sockets[0]?.bytesRead ?? NaN) - before).to.be.at.most(FRAME_BYTES);
    log.onText = () => undefined;
    clock.pass(1);
    await eventually('all messages', () => log.lines.includes('e'));
    expect(log.lines.filter((line) => line !== 'received')).to.deep.equal(['open', 'a', 'b', 'c', 'd', 'e']);
    expect(log.lines.filter((line) => line === 'received')).to.have.length.below(4);
  });

  it('hears the answer to its goodbye although it was resting', async () => {
    say('a');
    await eventually('the first message', () => log.lines.includes('a'));
    connection.close();
    await eventually('the end', () => log.lines.includes('end'));
  });

  it('says that everything was received before it says that it has ended', async () => {
    log.onText = () => connection.abort({ kind: 'timeout', what: 'ping' });
    say('a');
    await eventually('the end', () => log.lines.includes('end'));
    expect(log.lines).to.deep.equal(['open', 'a', 'received', 'end']);
  });
});
