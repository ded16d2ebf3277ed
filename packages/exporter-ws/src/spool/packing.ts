/**
 * Takes apart what events repeat and what they do not, so that deflate does well on them: long runs of hex digits (the
 * pseudonym, the ids) become bytes, and the digits of numbers go to columns, one for each thing that numbers stand behind. What
 * is left is nearly the same text for every event. Pure, and exact: unpacked is byte for byte what was packed.
 */
import { ByteSink, ByteSource } from './bytes.ts';

/** Stands for a run of hex digits; the next byte says of how many bytes. Control characters are never part of JSON as it is sent. */
const HEX = 0x01;
/** Stands for a run of decimal digits. */
const DIGITS = 0x02;
/** Behind each event, and behind each number of a column. */
const END = 0x0a;
/** Shorter runs cost more than they save. */
const MIN_HEX_DIGITS = 16;
const MAX_HEX_DIGITS = 2 * 0xff;
const COLUMNS = 256;

const IS_DIGIT = 1;
const IS_HEX = 2;
const IS_RESERVED = 4;

/** By byte: what it may be part of. */
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === HEX || byte === DIGITS || byte === END) return IS_RESERVED;
  if (byte >= 0x30 && byte <= 0x39) return IS_DIGIT | IS_HEX;
  return byte >= 0x61 && byte <= 0x66 ? IS_HEX : 0;
});
const HEX_DIGITS = Buffer.from('0123456789abcdef');
/** By digit. */
const VALUES = Uint8Array.from({ length: 256 }, (_, byte) => Math.max(0, HEX_DIGITS.indexOf(byte)));

/** The column of digits that stand behind these four bytes, the latest lowest. Part of the format. */
function columnOf(context: number): number {
  return Math.imul(context, 0x9e3779b1) >>> 24;
}

/** Packs events one after the other. */
export class Packer {
  readonly #text = new ByteSink();
  readonly #hex = new ByteSink();
  readonly #columns: (ByteSink | undefined)[] = Array.from({ length: COLUMNS }, () => undefined);
  /** Of all events with a byte between them. */
  #length = 0;

  /**
   * Adds the event whose bytes are those from `start` up to, and without, `end`.
   *
   * @returns false for bytes that cannot be packed, which JSON never has; the packer is of no more use then
   */
  add(bytes: Uint8Array, start: number, end: number): boolean {
    // An event is never longer as text, and has half as many bytes of hex at most.
    const text = this.#text.reserve(end - start + 1);
    const first = this.#text.length;
    let position = first;
    let context = 0;
    let index = start;
    while (index < end) {
      const byte = bytes[index] as number;
      const kind = KINDS[byte] as number;
      let symbol = byte;
      let length = 1;
      if (kind === IS_RESERVED) return false;
      if ((kind & IS_HEX) !== 0) {
        const run = runOf(IS_HEX, bytes, index, Math.min(end, index + MAX_HEX_DIGITS));
        if (run >= MIN_HEX_DIGITS) {
          symbol = HEX;
          length = run & ~1;
          this.#addHex(bytes, index, length);
        } else if ((kind & IS_DIGIT) !== 0) {
          symbol = DIGITS;
          length = runOf(IS_DIGIT, bytes, index, end);
          this.#addDigits(columnOf(context), bytes, index, length);
        }
      }
      text[position++] = symbol;
      if (symbol === HEX) text[position++] = length / 2;
      context = (context << 8) | symbol;
      index += length;
    }
    text[position++] = END;
    this.#text.wrote(position - first);
    this.#length += end - start + 1;
    return true;
  }

  /** What was added, packed. */
  finish(): Buffer {
    const out = new ByteSink();
    out.uint32(this.#length);
    out.uint32(this.#text.length);
    for (const column of this.#columns) out.uint32(column?.length ?? 0);
    out.uint32(this.#hex.length);
    out.bytes(this.#text.taken());
    for (const column of this.#columns) if (column !== undefined) out.bytes(column.taken());
    out.bytes(this.#hex.taken());
    return out.taken();
  }

  #addHex(bytes: Uint8Array, start: number, digits: number): void {
    const hex = this.#hex.reserve(digits / 2);
    let position = this.#hex.length;
    for (let index = start; index < start + digits; index += 2) {
      hex[position++] =
        ((VALUES[bytes[index] as number] as number) << 4) | (VALUES[bytes[index + 1] as number] as number);
    }
    this.#hex.wrote(digits / 2);
  }

  #addDigits(column: number, bytes: Uint8Array, start: number, digits: number): void {
    const sink = (this.#columns[column] ??= new ByteSink());
    const numbers = sink.reserve(digits + 1);
    let position = sink.length;
    for (let index = start; index < start + digits; index += 1) numbers[position++] = bytes[index] as number;
    numbers[position] = END;
    sink.wrote(digits + 1);
  }
}

/** How many bytes of this kind begin at `start`. */
function runOf(kind: number, bytes: Uint8Array, start: number, end: number): number {
  let index = start;
  while (index < end && ((KINDS[bytes[index] as number] as number) & kind) !== 0) index += 1;
  return index - start;
}

/** Events behind each other, a comma between them, and where each ends. */
export interface Unpacked {
  readonly bytes: Buffer;
  readonly ends: readonly number[];
}

/**
 * What `Packer` packed.
 *
 * @throws RangeError for what no packer made
 */
export function unpack(packed: Buffer, comma: number): Unpacked {
  const source = new ByteSource(packed);
  const bytes = Buffer.allocUnsafeSlow(source.uint32(packed.length * MAX_HEX_DIGITS));
  const textLength = source.uint32(packed.length);
  const columnLengths = Array.from({ length: COLUMNS }, () => source.uint32(packed.length));
  const hexLength = source.uint32(packed.length);
  const text = source.part(textLength);
  const columns = columnLengths.map((length) => (length === 0 ? undefined : source.part(length)));
  const hex = source.part(hexLength);
  const ends: number[] = [];
  let context = 0;
  let position = 0;
  while (text.rest > 0) {
    const byte = text.byte();
    if (byte === HEX) {
      for (let count = text.byte(); count > 0; count -= 1) {
        const value = hex.byte();
        bytes[position++] = HEX_DIGITS[value >> 4] ?? 0;
        bytes[position++] = HEX_DIGITS[value & 0xf] ?? 0;
      }
    } else if (byte === DIGITS) {
      const column = columns[columnOf(context)];
      if (column === undefined) throw new RangeError('no such column');
      for (let digit = column.byte(); digit !== END; digit = column.byte()) bytes[position++] = digit;
    } else if (byte === END) {
      ends.push(position);
      bytes[position++] = comma;
      context = 0;
      continue;
    } else {
      bytes[position++] = byte;
    }
    context = (context << 8) | byte;
  }
  if (position !== bytes.length) throw new RangeError('another length than was packed');
  return { bytes, ends };
}
