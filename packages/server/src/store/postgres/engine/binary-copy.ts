/** What a COPY in binary format begins with: its signature, no flags, no extension. */
const HEADER = Buffer.from('PGCOPY\n\u00ff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const FIRST_BYTES = 65_536;

/** Object ids of the types of elements that arrays are made of. */
const OIDS = { int2: 21, int4: 23, int8: 20, text: 25 } as const;

/** A type of elements. */
export type ElementType = keyof typeof OIDS;

/** Rows in the format of `COPY … FROM STDIN (FORMAT binary)`, value by value. */
export class BinaryCopy {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);
  #length = 0;

  constructor() {
    this.#length = HEADER.copy(this.#bytes);
  }

  row(columns: number): void {
    this.#room(2);
    this.#length = this.#bytes.writeInt16BE(columns, this.#length);
  }

  null(): void {
    this.#size(-1);
  }

  int2(value: number): void {
    this.#size(2);
    this.#length = this.#bytes.writeInt16BE(value, this.#length);
  }

  int4(value: number): void {
    this.#size(4);
    this.#length = this.#bytes.writeInt32BE(value, this.#length);
  }

  /** Of an integer that a number holds exactly. */
  int8(value: number): void {
    this.#size(8);
    this.#length = this.#bytes.writeInt32BE(Math.floor(value / 2 ** 32), this.#length);
    this.#length = this.#bytes.writeUInt32BE(value >>> 0, this.#length);
  }

  float8(value: number): void {
    this.#size(8);
    this.#length = this.#bytes.writeDoubleBE(value, this.#length);
  }

  bool(value: boolean): void {
    this.#size(1);
    this.#length = this.#bytes.writeInt8(value ? 1 : 0, this.#length);
  }

  /** @param days - since 1970-01-01 */
  date(days: number): void {
    this.int4(days - DAYS_UNTIL_2000);
  }

  text(value: string): void {
    // A UTF-16 unit is at most three bytes of UTF-8; the length is written when it is known.
    this.#room(4 + value.length * 3);
    const written = this.#bytes.write(value, this.#length + 4, 'utf8');
    this.#bytes.writeInt32BE(written, this.#length);
    this.#length += 4 + written;
  }

  bytes(value: Buffer): void {
    this.#size(value.length);
    this.#length += value.copy(this.#bytes, this.#length);
  }

  /** @param digits - two for each byte */
  hex(digits: string): void {
    this.#size(digits.length / 2);
    this.#length += this.#bytes.write(digits, this.#length, 'hex');
  }

  /** An array of one dimension without NULL. */
  array(type: ElementType, values: readonly (number | string)[]): void {
    const start = this.#length;
    this.#size(0);
    this.#room(20);
    for (const each of [values.length === 0 ? 0 : 1, 0, OIDS[type]])
      this.#length = this.#bytes.writeInt32BE(each, this.#length);
    if (values.length > 0) {
      this.#length = this.#bytes.writeInt32BE(values.length, this.#length);
      this.#length = this.#bytes.writeInt32BE(1, this.#length);
    }
    for (const value of values) {
      if (typeof value === 'string') this.text(value);
      else if (type === 'int2') this.int2(value);
      else if (type === 'int4') this.int4(value);
      else this.int8(value);
    }
    this.#bytes.writeInt32BE(this.#length - start - 4, start);
  }

  /** Everything, with the end. Nothing may be added afterwards. */
  finish(): Buffer {
    this.row(-1);
    return this.#bytes.subarray(0, this.#length);
  }

  #size(bytes: number): void {
    this.#room(4 + Math.max(0, bytes));
    this.#length = this.#bytes.writeInt32BE(bytes, this.#length);
  }

  #room(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** PostgreSQL counts days from the beginning of 2000. */
const DAYS_UNTIL_2000 = 10_957;
