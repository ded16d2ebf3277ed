/** Smaller pieces are made as large as this, so that any of them serves for the next frame. */
const MIN_BYTES = 16 * 1024;
/** Larger ones are not worth keeping: no usual frame needs them. */
const MAX_KEPT_BYTES = 512 * 1024;
const MAX_KEPT = 2;

/**
 * Memory for frames on their way to the socket, used again when the socket has taken them. Memory that was used a moment
 * ago is in the caches, and the garbage collector never hears of it; fresh memory has to be mapped and cleared.
 */
export class FrameMemory {
  readonly #kept: ArrayBuffer[] = [];

  /** At least so many bytes, a power of two of them, with anything in them. */
  readonly take = (bytes: number): ArrayBuffer => {
    const index = this.#kept.findIndex(({ byteLength }) => byteLength >= bytes);
    const [kept] = index === -1 ? [] : this.#kept.splice(index, 1);
    return kept ?? Buffer.allocUnsafeSlow(sizeFor(bytes)).buffer;
  };

  /** Nobody reads `memory` any more. */
  giveBack(memory: ArrayBuffer): void {
    if (memory.byteLength > MAX_KEPT_BYTES) return;
    if (this.#kept.length === MAX_KEPT) this.#kept.shift();
    this.#kept.push(memory);
  }
}

function sizeFor(bytes: number): number {
  let size = MIN_BYTES;
  while (size < bytes) size *= 2;
  return size;
}
