import { randomUUID } from 'node:crypto';
import { InFlightFrames } from './in-flight.ts';

/** The identity under which frames are numbered, for the life of a queue (PROTOCOL.md, "hello"). */
export class Producer {
  readonly frames: InFlightFrames = new InFlightFrames();
  #id: string;

  /** @param id that of a producer whose frames were written to disk; a new one by default */
  constructor(id: string = randomUUID()) {
    this.#id = id;
  }

  /** A UUID. */
  get id(): string {
    return this.#id;
  }

  /** Takes a new identity and numbers the unacknowledged frames from 1. */
  renew(): void {
    this.#id = randomUUID();
    this.frames.renumber();
  }
}
