import type { ServiceMembers } from '../config/service-members.ts';
import type { SpoolSource } from '../spool/spool-source.ts';
import type { Frame } from './in-flight.ts';
import type { Isolation } from './isolation.ts';
import { fits, type Lane } from './lane.ts';
import { Producer } from './producer.ts';

/** Frames that were written to disk, under the producer and the numbers that they have there. */
export class SpoolLane implements Lane {
  readonly producer: Producer;
  readonly service: ServiceMembers | undefined;
  readonly givesNumbers = false;
  readonly source: SpoolSource;
  readonly #isolation: Isolation;
  readonly #surrender: (frames: readonly Frame[]) => void;
  #lastSeq = 0;

  /** @param surrender takes frames that are not stored, and whose events have to be sent in another way */
  constructor(source: SpoolSource, isolation: Isolation, surrender: (frames: readonly Frame[]) => void) {
    this.source = source;
    this.producer = new Producer(source.producer);
    this.service = source.service;
    this.#isolation = isolation;
    this.#surrender = surrender;
  }

  /** Whether there is nothing to send, and nothing that was sent and may have to be sent again. */
  get isDrained(): boolean {
    return this.source.events === 0 && this.producer.frames.length === 0;
  }

  next(_inFlight: number, _everything: boolean, maxFrameBytes: number): Frame | undefined {
    if (this.#isolation.mustTakeApart) return undefined;
    for (let frame = this.source.take(); frame !== undefined; frame = this.source.take()) {
      if (frame.seq <= this.#lastSeq || fits(frame, maxFrameBytes)) {
        this.producer.frames.addNumbered(frame);
        return frame;
      }
      this.#surrender([frame]);
    }
    return undefined;
  }

  fetch(): Promise<boolean> | undefined {
    if (this.#isolation.mustTakeApart) return undefined;
    return this.source.fetch().then((some) => some || this.isDrained);
  }

  refit(lastSeq: number, maxFrameBytes: number): void {
    this.#lastSeq = lastSeq;
    const { frames } = this.producer;
    const tooLarge = frames.someUnsent((frame) => !fits(frame, maxFrameBytes));
    if (tooLarge || this.#isolation.mustTakeApart) this.#surrender(frames.takeAll());
  }

  release({ seq }: Frame): void {
    this.source.settledThrough(seq);
  }
}
