import { expect } from 'chai';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { until } from '@cerberus-otel/test-support/deadline';
import { SlowLine } from './slow-line.js';

const DELAY_MILLIS = 60;

describe('slow line', () => {
  let upstream: Server;
  let received: string;
  let line: SlowLine;
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
    line = await SlowLine.start(() => (upstream.address() as AddressInfo).port, Infinity);
    client = connect(line.port, '127.0.0.1');
    client.on('error', () => undefined);
    client.on('data', (chunk: Buffer) => void (echoed += chunk.toString('latin1')));
    await once(client, 'connect');
  });
  afterEach(async () => {
    client.destroy();
    await line.stop();
    upstream.close();
  });

  it('takes its time both ways', async () => {
    client.write('one');
    await until('an echo', () => echoed === 'one');
    line.delayMillis = DELAY_MILLIS;
    const began = performance.now();
    client.write('two');
    await until('the bytes upstream', () => received === 'onetwo');
    expect(performance.now() - began).to.be.at.least(DELAY_MILLIS - 2);
    await until('an echo', () => echoed === 'onetwo');
    expect(performance.now() - began).to.be.at.least(2 * DELAY_MILLIS - 2);
  });

  it('passes everything in its order while it is slow and when it becomes fast', async () => {
    const text = Array.from({ length: 20_000 }, (_, index) => index).join();
    line.bytesPerSecond = 20_000;
    line.delayMillis = DELAY_MILLIS;
    client.write(text);
    await until('some bytes upstream', () => received.length > 1_000);
    expect(received.length).to.be.below(text.length / 2);
    line.delayMillis = 0;
    line.bytesPerSecond = Infinity;
    client.write('two');
    await until('all bytes', () => echoed.length === text.length + 3, 20_000);
    expect(received).to.equal(`${text}two`);
    expect(echoed).to.equal(received);
  });
});
