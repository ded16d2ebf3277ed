import { WebSocket } from 'ws';

import { within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';

/** How a connection ended. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

interface ClientOptions {
  readonly token?: string | undefined;
  readonly batch?: boolean;
}

/** A real WebSocket client whose answers are taken one by one, in order; terminated after the test. */
export class WsClient {
  readonly socket: WebSocket;
  readonly closed: Promise<Closing>;
  readonly #answers: string[] = [];
  #wake: () => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      this.#answers.push(data.toString('utf8'));
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString('utf8') }));
    });
  }

  static async connect(wsUrl: string, options: ClientOptions = {}): Promise<WsClient> {
    const headers = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
    const socket = new WebSocket(wsUrl, options.batch === true ? ['cerberus.batch.v1'] : [], { headers });
    const client = new WsClient(socket);
    afterTest(() => socket.terminate());
    await within(
      'the connection to open',
      new Promise<void>((resolve, reject) => {
        socket.once('open', resolve);
        socket.once('error', reject);
      }),
    );
    return client;
  }

  /** Connects in batch mode and says hello. */
  static async batch(
    wsUrl: string,
    token: string,
    producer = 'producer-1',
    clientId = 'my-app',
  ): Promise<WsClient> {
    const client = await WsClient.connect(wsUrl, { token, batch: true });
    client.hello(producer, clientId);
    const welcome = await client.next();
    if (welcome['type'] !== 'welcome') throw new Error(`expected welcome, got ${JSON.stringify(welcome)}`);
    return client;
  }

  send(message: unknown): void {
    this.socket.send(
      typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message),
    );
  }

  hello(producer: string, clientId = 'my-app'): void {
    this.send({ type: 'hello', client_id: clientId, producer, agent: 'test/1' });
  }

  frame(seq: number, ...events: unknown[]): void {
    this.send({ type: 'events', seq, events });
  }

  /** The next answer. */
  async next(): Promise<Record<string, unknown>> {
    await within('an answer', this.#arrived());
    return JSON.parse(this.#answers.shift() ?? '') as Record<string, unknown>;
  }

  /** Answers that came and were not taken. */
  get waiting(): number {
    return this.#answers.length;
  }

  ended(): Promise<Closing> {
    return within('the connection to close', this.closed);
  }

  async close(): Promise<void> {
    this.socket.terminate();
    await this.ended();
  }

  async #arrived(): Promise<void> {
    while (this.#answers.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
