// The clients, in a process of its own: every request has another address, as behind a proxy.
import { connect, type Socket } from 'node:net';
import { answerCalls } from '../harness/subject.ts';

/** What is sent, and how fast. */
export interface Sending {
  readonly port: number;
  readonly millis: number;
  /** `undefined`: as many as the server answers. */
  readonly perSecond?: number;
}

const CONNECTIONS = 32;
const TICK_MILLIS = 1;
const END_OF_HEAD = Buffer.from('\r\n\r\n');

/** One request at a time; the connection is kept. */
class Client {
  readonly #socket: Socket;
  readonly #head: string;
  #received: Buffer[] = [];
  #answered: ((error?: Error) => void) | undefined;

  constructor(port: number) {
    this.#head = `GET /orders/7 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: benchmark/1.0\r\nX-Forwarded-For: `;
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('error', (error) => this.#answered?.(error));
    this.#socket.on('close', () => this.#answered?.(new Error('the connection was closed')));
  }

  /** @param done called once, when the answer is there or cannot come */
  send(done: (error?: Error) => void): void {
    this.#answered = done;
    this.#socket.write(`${this.#head}${nextAddress()}\r\n\r\n`);
  }

  #read(chunk: Buffer): void {
    this.#received.push(chunk);
    const answer = this.#received.length === 1 ? chunk : Buffer.concat(this.#received);
    const head = answer.indexOf(END_OF_HEAD);
    if (head === -1) return;
    const text = answer.toString('latin1', 0, head);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1]);
    const isGood = text.startsWith('HTTP/1.1 200') && Number.isInteger(length);
    if (isGood && answer.length < head + END_OF_HEAD.length + length) return;
    this.#received = [];
    this.#answered?.(isGood ? undefined : new Error('an answer is no success of a known length'));
  }
}

let requests = 0;

/** Of 10.0.0.0/8, another one for each request. */
function nextAddress(): string {
  requests += 1;
  return `10.${(requests >> 16) & 255}.${(requests >> 8) & 255}.${requests & 255}`;
}

const clients = new Map<number, readonly Client[]>();

function clientsOf(port: number): readonly Client[] {
  const known = clients.get(port) ?? Array.from({ length: CONNECTIONS }, () => new Client(port));
  clients.set(port, known);
  return known;
}

answerCalls({
  /**
   * @returns how many requests were answered
   * @throws Error when one was not
   */
  send({ port, millis, perSecond }: Sending): Promise<number> {
    const all = clientsOf(port);
    return perSecond === undefined ? saturate(all, millis) : pace(all, millis, perSecond);
  },
});

/**
 * Each client sends its next request when it has the answer to the last one. This process does not sleep meanwhile: to wake it up
 * takes the application 5 to 10 µs, for each answer, and only where it answers more slowly than it is asked.
 */
async function saturate(all: readonly Client[], millis: number): Promise<number> {
  const end = performance.now() + millis;
  stayAwakeUntil(end);
  let answered = 0;
  await Promise.all(
    all.map(
      (client) =>
        new Promise<void>((resolve, reject) => {
          const next = (error?: Error): void => {
            if (error !== undefined) return reject(error);
            answered += 1;
            if (performance.now() < end) client.send(next);
            else resolve();
          };
          client.send(next);
        }),
    ),
  );
  return answered;
}

function stayAwakeUntil(end: number): void {
  if (performance.now() < end) setImmediate(stayAwakeUntil, end);
}

/** At a steady rate; what is late because all clients wait is sent when one is free. */
async function pace(all: readonly Client[], millis: number, perSecond: number): Promise<number> {
  const total = Math.round((millis / 1000) * perSecond);
  const free = [...all];
  const begin = performance.now();
  let sent = 0;
  let answered = 0;
  await new Promise<void>((resolve, reject) => {
    const timer = setInterval(() => {
      const due = Math.min(total, ((performance.now() - begin) / 1000) * perSecond);
      for (; sent < due && free.length > 0; sent += 1) {
        const client = free.shift() as Client;
        client.send((error) => {
          answered += 1;
          free.push(client);
          if (error === undefined && answered < total) return;
          clearInterval(timer);
          if (error === undefined) resolve();
          else reject(error);
        });
      }
    }, TICK_MILLIS);
  });
  return answered;
}
