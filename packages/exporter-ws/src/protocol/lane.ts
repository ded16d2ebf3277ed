import type { ExporterConfig } from '../config/config.ts';
import type { ServiceMembers } from '../config/service-members.ts';
import type { SendingQueue } from '../queue/sending-queue.ts';
import { envelopeBytes } from './batch-protocol.ts';
import type { FrameSize } from './frame-size.ts';
import type { Frame } from './in-flight.ts';
import type { Isolation } from './isolation.ts';
import { Producer } from './producer.ts';

/** Frames of one producer, for a connection of batch mode. Outlives connections. */
export interface Lane {
  readonly producer: Producer;
  /** What `hello` says of the application; undefined: what this process says. */
  readonly service: ServiceMembers | undefined;
  /** Numbers are given here: a `last_seq` above all that were given is somebody else's. */
  readonly givesNumbers: boolean;
  /** The next frame, numbered; without `everything` only a full one. Undefined: there is none, or none yet. */
  next(inFlight: number, everything: boolean, maxFrameBytes: number): Frame | undefined;
  /**
   * Looks for more where `next` found none; resolves to whether it would now, or to true where all that was left is lost, so that
   * another lane has its turn. Never rejects. Undefined: there is nowhere to look, which is said for nearly every event and must cost
   * nothing.
   */
  fetch(): Promise<boolean> | undefined;
  /**
   * The server has said that all up to `lastSeq` is stored, and what it takes at most: frames that it cannot take as they are,
   * or that end connections, are taken apart.
   */
  refit(lastSeq: number, maxFrameBytes: number): void;
  /** Its events are settled. */
  release(frame: Frame): void;
}

/** Whether a frame is as small as a server wants it. */
export function fits({ events }: Frame, maxFrameBytes: number): boolean {
  return events.bytes + envelopeBytes(events.length) <= maxFrameBytes;
}

/** What a memory lane works with. */
export interface MemoryLaneParts {
  readonly config: ExporterConfig;
  readonly queue: SendingQueue;
  readonly isolation: Isolation;
  readonly frameSize: FrameSize;
}

/** No server takes more in one frame (PROTOCOL.md, "Size"). */
const MAX_FRAME_EVENTS = 10_000;

/** The frames of what lies in the queue. */
export class MemoryLane implements Lane {
  readonly producer: Producer = new Producer();
  readonly service = undefined;
  readonly givesNumbers = true;
  readonly #parts: MemoryLaneParts;

  constructor(parts: MemoryLaneParts) {
    this.#parts = parts;
  }

  next(inFlight: number, everything: boolean, maxFrameBytes: number): Frame | undefined {
    const { config, frameSize, isolation, queue } = this.#parts;
    const maxEvents = Math.min(config.maxBatchEvents, MAX_FRAME_EVENTS);
    const wanted = Math.min(config.maxBatchBytes, frameSize.bytes);
    const full = queue.length >= maxEvents || queue.bytes >= wanted;
    if (!everything && !full && isolation.calm) return undefined;
    const maxBytes = Math.min(wanted, maxFrameBytes - envelopeBytes(maxEvents));
    const events = isolation.take(queue, inFlight, maxEvents, maxBytes);
    return events.length === 0 ? undefined : this.producer.frames.add(events);
  }

  fetch(): undefined {
    return undefined;
  }

  refit(_lastSeq: number, maxFrameBytes: number): void {
    const { frameSize, isolation, queue } = this.#parts;
    const { frames } = this.producer;
    const tooLarge = frames.someUnsent(
      (frame) => !fits(frame, maxFrameBytes) || frameSize.refuses(frame.events),
    );
    if (tooLarge || isolation.mustTakeApart) queue.putBack(frames.dissolve());
  }

  release({ events }: Frame): void {
    this.#parts.queue.release(events);
  }
}
