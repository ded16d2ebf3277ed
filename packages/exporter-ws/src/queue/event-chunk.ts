const COMMA = 0x2c;

/**
 * Writes an event into memory, beginning at `start`, and says where it ends: past the end of `bytes` if it does not fit.
 */
export type EventWriter<Event> = (event: Event, bytes: Buffer, start: number) => number;

/**
 * A piece of memory full of events: the UTF-8 of their JSON, one behind the other with a comma between, as a frame of
 * batch mode has them. An event costs neither an object nor an allocation, and a frame copies hundreds of them at once.
 */
export class EventChunk {
  /** Whoever holds events here reads them from it; nobody writes but this class. */
  readonly bytes: Buffer;
  /** Where each event ends; entries from `#count` on are left over from an earlier use. */
  #ends: number[] = [];
  #count = 0;
  #unreleased = 0;

  /** @param capacity bytes */
  constructor(capacity: number, bytes: Buffer = Buffer.allocUnsafeSlow(capacity)) {
    this.bytes = bytes;
  }

  /**
   * A chunk of events that were written before, by another chunk or another process. It belongs to no queue.
   *
   * @param bytes the events with a comma between them; nobody else writes there
   * @param ends where each event ends
   */
  static restore(bytes: Buffer, ends: readonly number[]): EventChunk {
    const chunk = new EventChunk(bytes.length, bytes);
    chunk.#ends = [...ends];
    chunk.#count = ends.length;
    chunk.#unreleased = ends.length;
    return chunk;
  }

  /** Events in here. */
  get count(): number {
    return this.#count;
  }

  /** True when everything that was added was released. */
  get isSpent(): boolean {
    return this.#unreleased === 0;
  }

  /** First byte of the event at `index`. */
  startOf(index: number): number {
    return index === 0 ? 0 : this.endOf(index - 1) + 1;
  }

  /** The byte behind the event at `index`. */
  endOf(index: number): number {
    return this.#ends[index] ?? 0;
  }

  /** Bytes of the event at `index`. */
  sizeOf(index: number): number {
    return this.endOf(index) - this.startOf(index);
  }

  /**
   * Writes an event behind the others, where it stays only if `keep` follows: what is refused leaves no trace.
   *
   * @returns its bytes; what has no room is not all there
   */
  write<Event>(event: Event, write: EventWriter<Event>): number {
    const start = this.startOf(this.#count);
    return write(event, this.bytes, start) - start;
  }

  /** Whether there is room for one more event of `size` bytes. */
  hasRoomFor(size: number): boolean {
    return this.startOf(this.#count) + size <= this.bytes.length;
  }

  /** Adds the event of `size` bytes that was just written. */
  keep(size: number): void {
    const start = this.startOf(this.#count);
    if (start > 0) this.bytes[start - 1] = COMMA;
    this.#ends[this.#count] = start + size;
    this.#count += 1;
    this.#unreleased += 1;
  }

  /** So many events are done with. */
  release(count: number): void {
    this.#unreleased -= count;
  }

  /** Makes room for other events. Only once it is spent. */
  reset(): void {
    this.#count = 0;
  }
}
