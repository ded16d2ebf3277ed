const INITIAL_BYTES = 1024;

/** Memory that grows while it is written to. */
export class ByteSink {
  #bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #length = 0;

  /** Bytes written. */
  get length(): number {
    return this.#length;
  }

  /** Memory with room for so many bytes from `length` on, for a loop that writes there itself and says so by `wrote`. */
  reserve(bytes: number): Buffer {
    this.#grow(bytes);
    return this.#bytes;
  }

  /** So many bytes more were written. */
  wrote(bytes: number): void {
    this.#length += bytes;
  }

  bytes(piece: Uint8Array): void {
    this.#grow(piece.length);
    this.#bytes.set(piece, this.#length);
    this.#length += piece.length;
  }

  /** Little endian, as all numbers of the format. */
  uint32(value: number): void {
    this.#grow(4);
    this.#length = this.#bytes.writeUInt32LE(value, this.#length);
  }

  /** A number that may be larger than 32 bits. */
  float64(value: number): void {
    this.#grow(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  /** What was written, in the memory it was written to. */
  taken(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(by: number): void {
    const needed = this.#length + by;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.taken());
    this.#bytes = larger;
  }
}

/** Memory that is read from its beginning; to read past its end throws a RangeError. */
export class ByteSource {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Bytes not yet read. */
  get rest(): number {
    return this.#bytes.length - this.#position;
  }

  byte(): number {
    const value = this.#bytes[this.#position++];
    if (value === undefined) throw new RangeError('the bytes end early');
    return value;
  }

  /** @throws RangeError also for more than `most`, so that a wrong number allocates nothing */
  uint32(most: number): number {
    const value = this.#bytes.readUInt32LE(this.#position);
    this.#position += 4;
    if (value > most) throw new RangeError('more than there can be');
    return value;
  }

  float64(): number {
    const value = this.#bytes.readDoubleLE(this.#position);
    this.#position += 8;
    return value;
  }

  /** The next `length` bytes, in the same memory. */
  part(length: number): ByteSource {
    if (length > this.rest) throw new RangeError('the bytes end early');
    this.#position += length;
    return new ByteSource(this.#bytes.subarray(this.#position - length, this.#position));
  }

  /** All that is left, in the same memory. */
  remaining(): Buffer {
    return this.#bytes.subarray(this.#position);
  }
}
