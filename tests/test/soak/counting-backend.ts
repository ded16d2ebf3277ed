import { ScriptedServer } from '../../../packages/exporter-ws/test-dist/support/scripted-server.js';

/** A backend of batch mode that costs nearly nothing, so that it is the exporter that is measured; it knows what it has by a number. */
export class CountingBackend {
  /** Different events, and arrivals of those that it had. */
  stored = 0;
  duplicates = 0;
  readonly #seen = new Set<number>();
  readonly #lastSeq = new Map<string, number>();
  readonly #producers = new WeakMap<object, string>();
  #server: ScriptedServer | undefined;

  async start(port = 0): Promise<number> {
    const server = await ScriptedServer.start(
      {
        selects: (offered) => (offered.has('cerberus.batch.v1') ? 'cerberus.batch.v1' : false),
        onMessage: (message, socket) => {
          // It records everything, which would be gigabytes here.
          server.messages.length = server.texts.length = 0;
          if (message['type'] === 'hello') {
            const producer = String(message['producer']);
            this.#producers.set(socket, producer);
            const last_seq = this.#lastSeq.get(producer) ?? 0;
            socket.send(
              JSON.stringify({ type: 'welcome', last_seq, max_in_flight: 8, max_frame_bytes: 1_048_576 }),
            );
            return;
          }
          const producer = this.#producers.get(socket) ?? '';
          const seq = Number(message['seq']);
          if (seq > (this.#lastSeq.get(producer) ?? 0)) {
            this.#lastSeq.set(producer, seq);
            for (const { endpoint } of message['events'] as { endpoint: string }[]) this.#count(endpoint);
          }
          socket.send(JSON.stringify({ type: 'ack', seq }));
        },
      },
      port,
    );
    this.#server = server;
    return server.port;
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  #count(endpoint: string): void {
    const number = Number(endpoint.slice(endpoint.lastIndexOf('/') + 1));
    if (this.#seen.has(number)) this.duplicates += 1;
    else this.stored += 1;
    this.#seen.add(number);
  }
}
