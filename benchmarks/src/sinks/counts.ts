import type { Server } from 'node:net';

/** What arrived at a sink since it started. */
export interface Counts {
  readonly events: number;
  /** On the wire: headers and framing included. */
  readonly bytes: number;
}

/** A sink that listens on 127.0.0.1. */
export interface Sink {
  readonly port: number;
  /** Shut, the sink takes connections and answers nothing. */
  readonly gate?: Gate;
  counts(): Counts;
}

/** Where work waits while it is shut. */
export class Gate {
  #waiting: (() => void)[] | undefined;

  get isShut(): boolean {
    return this.#waiting !== undefined;
  }

  shut(): void {
    this.#waiting ??= [];
  }

  open(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const goOn of waiting) goOn();
  }

  async passed<T>(work: () => Promise<T> | T): Promise<T> {
    if (this.#waiting !== undefined) await new Promise<void>((resolve) => void this.#waiting?.push(resolve));
    return work();
  }
}

/** Counts every byte that comes in through the connections of a server. */
export class WireBytes {
  #ended = 0;
  readonly #open = new Set<{ readonly bytesRead: number }>();

  constructor(server: Server) {
    server.on('connection', (socket) => {
      this.#open.add(socket);
      socket.on('close', () => {
        this.#open.delete(socket);
        this.#ended += socket.bytesRead;
      });
    });
  }

  get total(): number {
    let total = this.#ended;
    for (const { bytesRead } of this.#open) total += bytesRead;
    return total;
  }
}
