import { WebSocket } from 'ws';
import { afterTest } from '@cerberus-otel/test-support/disposal';

/** What a {@link BatchSender} sends: frame `n` has sequence number `n + 1`. */
export interface SenderOptions {
  /** Asked anew for each connection: a restarted server may have another port. */
  readonly wsUrl: () => string;
  readonly token: string;
  readonly producer: string;
  readonly frames: readonly (readonly unknown[])[];
  /** Frames that it sends again after a reconnect although they were acknowledged. Default 0. */
  readonly repeats?: number;
  /** Called on each acknowledgement with the highest acknowledged sequence number. */
  readonly onAck?: (acked: number) => void;
}

/**
 * A client that does what PROTOCOL.md demands and nothing more: a window, resending from the first unacknowledged
 * frame after a reconnect or a throttle. Tests use it to see whether the server keeps its half of "effectively once".
 */
export class BatchSender {
  connections = 0;
  throttles = 0;
  #acked = 0;
  #sent = 0;
  #window = 1;
  readonly #options: SenderOptions;
  #socket: WebSocket | undefined;
  #stopped = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    afterTest(() => this.stop());
  }

  get acked(): number {
    return this.#acked;
  }

  /** Sends until every frame is acknowledged. */
  async run(): Promise<void> {
    while (!this.#stopped && this.#acked < this.#options.frames.length) {
      await this.#connect();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Cuts the connection without a closing handshake. */
  cut(): void {
    this.#socket?.terminate();
  }

  stop(): void {
    this.#stopped = true;
    this.cut();
  }

  #connect(): Promise<void> {
    const { wsUrl, token, producer } = this.#options;
    const headers = { authorization: `Bearer ${token}` };
    const socket = new WebSocket(wsUrl(), ['cerberus.batch.v1'], { headers, handshakeTimeout: 3000 });
    this.#socket = socket;
    socket.on('error', () => undefined);
    socket.on('open', () => {
      this.connections += 1;
      socket.send(JSON.stringify({ type: 'hello', client_id: 'my-app', producer }));
    });
    socket.on('message', (data: Buffer) => this.#onMessage(socket, JSON.parse(data.toString('utf8'))));
    return new Promise((resolve) => {
      socket.on('close', () => resolve());
    });
  }

  #onMessage(socket: WebSocket, message: Record<string, unknown>): void {
    if (message['type'] === 'welcome') {
      this.#window = Number(message['max_in_flight']);
      this.#ack(Number(message['last_seq']));
      this.#sent = Math.max(0, this.#acked - (this.#options.repeats ?? 0));
    } else if (message['type'] === 'nack' && message['code'] === 'throttle') {
      this.throttles += 1;
      this.#sent = Number(message['seq']) - 1;
      setTimeout(() => this.#fill(socket), Number(message['retry_after_millis']));
      return;
    } else {
      this.#ack(Number(message['seq']));
    }
    if (this.#acked >= this.#options.frames.length) socket.close(1000);
    else this.#fill(socket);
  }

  #ack(seq: number): void {
    this.#acked = Math.max(this.#acked, seq);
    this.#options.onAck?.(this.#acked);
  }

  #fill(socket: WebSocket): void {
    while (this.#sent < this.#options.frames.length && this.#sent - this.#acked < this.#window) {
      if (socket.readyState !== socket.OPEN) return;
      const events = this.#options.frames[this.#sent];
      this.#sent += 1;
      socket.send(JSON.stringify({ type: 'events', seq: this.#sent, events }));
    }
  }
}
