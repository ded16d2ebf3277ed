const BLOCK_BYTES = 64 * 1024;
/** A UTF-16 unit takes at most three bytes of UTF-8. */
const MAX_BYTES_PER_UNIT = 3;
/** Longer texts get memory of their own: the rest of a block would be wasted on them. */
const MAX_SHARED_UNITS = BLOCK_BYTES / 4 / MAX_BYTES_PER_UNIT;

/**
 * Encodes texts one behind the other into blocks of memory: one copy per text, and no allocation but a view of it. A
 * block lives as long as a text in it, so this is for texts that come and go in order, as events in a queue do.
 */
export class ByteSlab {
  #block = Buffer.alloc(0);
  #used = 0;

  /** `text` as UTF-8. */
  encode(text: string): Buffer {
    if (text.length > MAX_SHARED_UNITS) return Buffer.from(text);
    if (this.#used + text.length * MAX_BYTES_PER_UNIT > this.#block.length) {
      this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += this.#block.write(text, start);
    return this.#block.subarray(start, this.#used);
  }

  /**
   * Gives the room of the text that was encoded last to the next one. Without that, texts that nobody keeps would fill
   * blocks which the few that are kept hold: a full queue that takes one event in a hundred would hold a block for each.
   */
  takeBack(last: Buffer): void {
    const isLast = last.buffer === this.#block.buffer && last.byteOffset + last.length === this.#used;
    if (isLast) this.#used -= last.length;
  }
}
