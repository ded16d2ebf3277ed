import type { ServiceMembers } from '../config/service-members.ts';
import type { SpooledFrame, SpoolSource } from './spool-source.ts';

/** Where a `FrameSource` gets its frames from. */
export interface FrameSupply {
  /** Events that can still be read. */
  readonly events: number;
  readonly bytes: number;
  /** Reads some frames and gives them to `take` in the turn in which they leave `events`; false if there are none. Never rejects. */
  read(take: (frames: readonly SpooledFrame[]) => void): Promise<boolean>;
  settledThrough(seq: number): void;
}

/** Gives out one by one the frames that are read several at a time. */
export class FrameSource implements SpoolSource {
  readonly producer: string;
  readonly service: ServiceMembers | undefined;
  readonly #supply: FrameSupply;
  #read: SpooledFrame[] = [];
  #readEvents = 0;
  #taken = 0;
  #fetching: Promise<boolean> | undefined;

  /** @param service as the process that wrote the frames said it; by default it is this one */
  constructor(producer: string, supply: FrameSupply, service?: ServiceMembers) {
    this.producer = producer;
    this.service = service;
    this.#supply = supply;
  }

  get events(): number {
    return this.#supply.events + this.#readEvents;
  }

  get bytes(): number {
    return this.#supply.bytes;
  }

  take(): SpooledFrame | undefined {
    const frame = this.#read.shift();
    if (frame === undefined) return undefined;
    this.#readEvents -= frame.events.length;
    this.#taken = frame.seq;
    return frame;
  }

  fetch(): Promise<boolean> {
    if (this.#read.length > 0) return Promise.resolve(true);
    this.#fetching ??= this.#fetch();
    return this.#fetching;
  }

  settledThrough(seq: number): void {
    this.#supply.settledThrough(Math.min(seq, this.#taken));
  }

  async #fetch(): Promise<boolean> {
    const some = await this.#supply.read((frames) => {
      this.#read.push(...frames);
      this.#readEvents += frames.reduce((sum, { events }) => sum + events.length, 0);
    });
    this.#fetching = undefined;
    return some;
  }
}
