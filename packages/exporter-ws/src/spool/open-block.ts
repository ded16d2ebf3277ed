import type { Clock, Timer } from '../clock.ts';
import { EventBatch } from '../queue/event-batch.ts';
import { EventChunk, type EventWriter } from '../queue/event-chunk.ts';
import { Block } from './block.ts';

/** With what a message adds, less than every server takes (PROTOCOL.md, "Size"). */
const FRAME_BYTES = 60 * 1024;
/** Fewer than every server takes, even if events are short. */
const FRAME_EVENTS = 4096;
/** Five frames. Larger ones are hardly smaller on disk; half as large, 2 % more. */
export const BLOCK_BYTES: number = 5 * FRAME_BYTES;
/** How long an event may wait for others. What is lost when the process is killed. */
const OPEN_MILLIS = 1_000;

/** Where events are added: a frame that grows, behind frames that are full. */
export class OpenBlock {
  readonly #clock: Clock;
  readonly #onFull: (block: Block) => void;
  #block = new Block();
  #chunk: EventChunk | undefined;
  #lastSeq = 0;
  #timer: Timer | undefined;

  /** @param onFull gets a block that is full, or old enough */
  constructor(clock: Clock, onFull: (block: Block) => void) {
    this.#clock = clock;
    this.#onFull = onFull;
  }

  /** Events in here. */
  get events(): number {
    return this.#block.events + (this.#chunk?.count ?? 0);
  }

  /** Their bytes. */
  get bytes(): number {
    const { count = 0 } = this.#chunk ?? {};
    return this.#block.bytes + (count === 0 ? 0 : (this.#chunk?.endOf(count - 1) ?? 0));
  }

  /**
   * Adds an event if `hasRoomFor` its bytes, and if a frame can be as large.
   *
   * @throws RangeError for an event that is longer when it is written a second time
   */
  add<Event>(event: Event, write: EventWriter<Event>, hasRoomFor: (bytes: number) => boolean): boolean {
    if (!hasRoomFor(0)) return false;
    let chunk = (this.#chunk ??= new EventChunk(FRAME_BYTES));
    let size = chunk.write(event, write);
    if (size > FRAME_BYTES || !hasRoomFor(size)) return false;
    if (!chunk.hasRoomFor(size) || chunk.count === FRAME_EVENTS) {
      this.#closeFrame();
      chunk = this.#chunk = new EventChunk(FRAME_BYTES);
      const room = size;
      size = chunk.write(event, write);
      if (size > room) throw new RangeError('the event changes while it is written');
    }
    chunk.keep(size);
    this.#timer ??= this.#clock.after(OPEN_MILLIS, () => this.#pass());
    return true;
  }

  /** Takes what is in here. */
  seal(): Block | undefined {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#addFrame();
    const block = this.#block;
    if (block.events === 0) return undefined;
    this.#block = new Block();
    return block;
  }

  #closeFrame(): void {
    this.#addFrame();
    if (this.#block.bytes + FRAME_BYTES > BLOCK_BYTES) this.#pass();
  }

  #addFrame(): void {
    const chunk = this.#chunk;
    this.#chunk = undefined;
    if (chunk === undefined || chunk.count === 0) return;
    this.#lastSeq += 1;
    this.#block.add({
      seq: this.#lastSeq,
      events: new EventBatch([{ chunk, from: 0, to: chunk.count }]),
    });
  }

  #pass(): void {
    const block = this.seal();
    if (block !== undefined) this.#onFull(block);
  }
}
