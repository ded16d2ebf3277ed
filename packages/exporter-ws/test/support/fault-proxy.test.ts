import { expect } from 'chai';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { until } from '@cerberus-otel/test-support/deadline';
import { FaultProxy } from './fault-proxy.js';

const closed = (socket: Socket): Promise<unknown> =>
  new Promise((resolve) => void socket.once('close', resolve));

describe('fault proxy', () => {
  let upstream: Server;
  let received: string;
  let proxy: FaultProxy;
  let client: Socket;
  let echoed: string;

  beforeEach(async () => {
    received = '';
    echoed = '';
    upstream = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString('latin1');
        socket.write(chunk);
      });
    }).listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    proxy = await FaultProxy.start(() => (upstream.address() as AddressInfo).port);
    client = connect(proxy.port, '127.0.0.1');
    client.on('error', () => undefined);
    client.on('data', (chunk: Buffer) => void (echoed += chunk.toString('latin1')));
    await once(client, 'connect');
    client.write('one');
    await until('an echo', () => echoed === 'one');
  });
  afterEach(async () => {
    client.destroy();
    await proxy.stop();
    upstream.close();
  });

  it('passes nothing through a black hole, in neither direction, and stays open', async () => {
    proxy.set('blackhole');
    client.write('two');
    await new Promise((resolve) => void setTimeout(resolve, 50));
    expect([received, echoed, client.destroyed]).to.deep.equal(['one', 'one', false]);
  });

  it('passes nothing behind a gap, whatever the state is later', async () => {
    proxy.set('blackhole');
    client.write('two');
    await new Promise((resolve) => void setTimeout(resolve, 50));
    for (const state of ['drop-down', 'pass'] as const) {
      proxy.set(state);
      client.write('three');
      await new Promise((resolve) => void setTimeout(resolve, 50));
      expect([received, echoed]).to.deep.equal(['one', 'one']);
    }
  });

  it('loses only what the server says with drop-down', async () => {
    proxy.set('drop-down');
    client.write('two');
    await until('the bytes upstream', () => received === 'onetwo');
    expect(echoed).to.equal('one');
  });

  it('reads nothing while stalled and passes it later', async () => {
    proxy.set('stall');
    client.write('two');
    await new Promise((resolve) => void setTimeout(resolve, 50));
    expect(received).to.equal('one');
    proxy.set('pass');
    await until('the bytes upstream', () => received === 'onetwo');
  });

  it('passes everything in its order while it is slow, and the rest at once when it no longer is', async () => {
    const text = Array.from({ length: 20_000 }, (_, index) => index).join();
    proxy.set('slow');
    client.write(text);
    await until('some bytes upstream', () => received.length > 1_000);
    expect(received.length).to.be.below(text.length / 2);
    proxy.set('pass');
    client.write('two');
    await until('all bytes upstream', () => received.length === text.length + 6);
    expect(received).to.equal(`one${text}two`);
  });

  it('flips one bit', async () => {
    proxy.set('corrupt');
    client.write('two');
    await until('the bytes upstream', () => received.length === 6);
    expect(received).to.equal('onetgo');
    client.write('x');
    await until('the bytes upstream', () => received === 'onetgox');
  });

  it('resets and ends links and counts them', async () => {
    expect([proxy.connections, proxy.open]).to.deep.equal([1, 1]);
    proxy.reset();
    await closed(client);
    await until('no open link', () => proxy.open === 0);
    proxy.refuse(true);
    const refused = connect(proxy.port, '127.0.0.1');
    refused.on('error', () => undefined);
    await closed(refused);
    expect(proxy.connections).to.equal(1);
  });
});
