import { within, until } from '@cerberus-otel/test-support/deadline';
import { clientFrame, rawSocket, upgradeRequest, type RawSocket } from './raw-upgrade.js';
import { TOKEN } from '../servers/server-fixture.js';

/** An upgraded connection on which any byte can be written. */
export async function rawClient(port: number, mode: 'batch' | 'event', hello = false): Promise<RawSocket> {
  const raw = await rawSocket(port);
  const offer = mode === 'batch' ? { 'Sec-WebSocket-Protocol': 'cerberus.batch.v1' } : undefined;
  raw.socket.write(upgradeRequest('/ws/events', { Authorization: `Bearer ${TOKEN}`, ...offer }));
  await until('the upgrade', () => raw.received().includes('\r\n\r\n'));
  if (!hello) return raw;
  raw.socket.write(textFrame({ type: 'hello', client_id: 'raw', producer: 'raw' }));
  await until('the welcome', () => raw.received().includes('"type":"welcome"'));
  return raw;
}

export function textFrame(message: unknown): Buffer {
  return clientFrame(0x81, Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)));
}

/** Writes as fast as the other side takes it, until it hangs up or everything is written. */
export async function flood({ socket, closed }: RawSocket, chunk: Buffer, times: number): Promise<void> {
  const ended = closed.then(() => 'closed' as const);
  for (let n = 0; n < times && !socket.destroyed; n += 1) {
    if (socket.write(chunk)) continue;
    const drained = new Promise<'drained'>((resolve) => void socket.once('drain', () => resolve('drained')));
    if ((await within('the flood to go on', Promise.race([drained, ended]))) === 'closed') return;
  }
}
