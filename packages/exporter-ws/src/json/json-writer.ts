import { wellFormed } from './well-formed.ts';

/** What JSON escapes (RFC 8259 §7), and everything that takes more than a byte in UTF-8. */
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const NEEDS_CARE = /["\\\u0000-\u001f\u0080-\uffff]/;
/** What `byte` is given for. */
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;
export const OPEN_BRACKET = 0x5b;
export const CLOSE_BRACKET = 0x5d;
export const COMMA = 0x2c;
export const POINT = 0x2e;
const QUOTE = 0x22;
const ZERO = 0x30;
const MINUS = 0x2d;
/** 1 at the codes of what needs no care. */
const PLAIN = Uint8Array.from({ length: 0x80 }, (_, code) =>
  NEEDS_CARE.test(String.fromCharCode(code)) ? 0 : 1,
);
/** From here on Node copies a string faster than a loop does. */
const LONG_UNITS = 48;
const MAX_INT32 = 0x7fff_ffff;

/**
 * Writes JSON as UTF-8 into memory that it is given, without making a text of it.
 *
 * What does not fit is counted instead: `position` is then past the end of the memory, and says how much would do.
 */
export class JsonWriter {
  #bytes: Buffer = Buffer.alloc(0);
  #position = 0;

  /** Where the next byte goes. */
  get position(): number {
    return this.#position;
  }

  /** Begins, or goes on, at `position` in `bytes`. */
  start(bytes: Buffer, position: number): void {
    this.#bytes = bytes;
    this.#position = position;
  }

  /** Forgets what was written from `position` on. */
  rewind(position: number): void {
    this.#position = position;
  }

  /** A byte that is JSON already. */
  byte(code: number): void {
    this.#bytes[this.#position] = code;
    this.#position += 1;
  }

  /** UTF-8 that is JSON already. */
  encoded(piece: Uint8Array): void {
    const position = this.#position;
    this.#position = position + piece.length;
    if (this.#position <= this.#bytes.length) this.#bytes.set(piece, position);
  }

  /**
   * A string: what `JSON.stringify` makes of it, cut to `maxBytes` of UTF-8 before escapes, and with U+FFFD for lone
   * surrogates.
   *
   * @returns whether it was cut
   */
  string(text: string, maxBytes: number): boolean {
    const bytes = this.#bytes;
    const { length } = text;
    let position = this.#position;
    if (length >= LONG_UNITS || length > maxBytes || position + length + 2 > bytes.length) {
      return this.#longString(text, maxBytes);
    }
    bytes[position++] = QUOTE;
    for (let index = 0; index < length; index += 1) {
      const unit = text.charCodeAt(index);
      if (PLAIN[unit] !== 1) return this.#anyString(text, maxBytes);
      bytes[position++] = unit;
    }
    bytes[position++] = QUOTE;
    this.#position = position;
    return false;
  }

  /** A string that is known to be ASCII without anything to escape. */
  plainString(text: string): void {
    const position = this.#position;
    this.#position = position + text.length + 2;
    if (this.#position > this.#bytes.length) return;
    this.#bytes[position] = QUOTE;
    this.#bytes.write(text, position + 1, 'latin1');
    this.#bytes[this.#position - 1] = QUOTE;
  }

  /** A number, which must be finite. */
  number(value: number): void {
    if (Number.isInteger(value) && value >= -MAX_INT32 && value <= MAX_INT32) this.#integer(value);
    else this.#text(`${value}`);
  }

  /** A number that is an integer from 0 to 999, in three digits. */
  threeDigits(value: number): void {
    this.byte(ZERO + Math.floor(value / 100));
    this.byte(ZERO + (Math.floor(value / 10) % 10));
    this.byte(ZERO + (value % 10));
  }

  #integer(value: number): void {
    if (value < 0) this.byte(MINUS);
    let rest = Math.abs(value);
    let digits = 1;
    for (let power = 10; power <= rest; power *= 10) digits += 1;
    this.#position += digits;
    for (let position = this.#position - 1; digits > 0; digits -= 1, position -= 1) {
      this.#bytes[position] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
  }

  #longString(text: string, maxBytes: number): boolean {
    if (text.length > maxBytes || NEEDS_CARE.test(text)) return this.#anyString(text, maxBytes);
    this.plainString(text);
    return false;
  }

  #anyString(text: string, maxBytes: number): boolean {
    const clean = wellFormed(text, maxBytes);
    this.#text(JSON.stringify(clean));
    return clean.length < text.length;
  }

  #text(json: string): void {
    const position = this.#position;
    this.#position = position + Buffer.byteLength(json);
    if (this.#position <= this.#bytes.length) this.#bytes.write(json, position);
  }
}
