import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** Bytes of `maxOtlpBytes` for each piece that a request may have: no valid span, and few attributes, take less. */
const BYTES_PER_PIECE = 32;

/** Most attributes of a span; an SDK has 128 by default. */
export const MAX_SPAN_ATTRIBUTES = 10_000;

/** Most elements that are read of a list; of a metric 64 are kept. */
const MAX_LIST_ELEMENTS = 10_000;

/** A piece takes two bytes at least. */
const MIN_PIECE_BYTES = 2;

/** A request of more pieces than it may have: a few KiB of gzip would else fill the memory with empty ones, and take a minute to read. */
export class TooManyPiecesError extends Error {}

/** Most resources, scopes, spans and attributes of resources that a request may have together. */
export function maxPieces(maxOtlpBytes: number): number {
  return Math.ceil(maxOtlpBytes / BYTES_PER_PIECE);
}

/** Fields that are decoded at once, by their numbers, with those in them. */
interface Fields {
  readonly [number: number]: Fields;
}

const LEAF: Fields = {};
const REQUEST: Fields = { 1: { 1: { 1: LEAF }, 2: { 2: LEAF } } };
const SPAN: Fields = { 9: LEAF };
const VALUE: Fields = { 5: { 1: LEAF } };

/** @throws TooManyPiecesError */
export function checkRequestPieces(bytes: Uint8Array, most: number): void {
  if (hasMore(bytes, REQUEST, most)) throw new TooManyPiecesError();
}

/** @throws TooManyPiecesError */
export function checkSpanPieces(bytes: Uint8Array): void {
  if (hasMore(bytes, SPAN, MAX_SPAN_ATTRIBUTES)) throw new TooManyPiecesError();
}

/** The first elements of a value that is a list of too many, each as it was sent; `undefined` for any other value. */
export function elementsOfLongList(value: Uint8Array): readonly Uint8Array[] | undefined {
  if (!hasMore(value, VALUE, MAX_LIST_ELEMENTS)) return undefined;
  const [list = value] = messagesIn(value, 5, 1);
  return messagesIn(list, 1, MAX_LIST_ELEMENTS);
}

/** The first messages of one field. */
function messagesIn(bytes: Uint8Array, field: number, most: number): readonly Uint8Array[] {
  const reader = new BinaryReader(bytes);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len && found.length < most) {
    const [number, type] = reader.tag();
    if (number === field && type === WireType.LengthDelimited) found.push(reader.bytes());
    else reader.skip(type, number);
  }
  return found;
}

function hasMore(bytes: Uint8Array, fields: Fields, most: number): boolean {
  return bytes.length > most * MIN_PIECE_BYTES && piecesIn(bytes, fields, most) > most;
}

/** Counts fields without decoding them, and no further than to one more than `most`. */
function piecesIn(bytes: Uint8Array, fields: Fields, most: number): number {
  const reader = new BinaryReader(bytes);
  let count = 0;
  while (reader.pos < reader.len && count <= most) {
    const [number, type] = reader.tag();
    const inner = fields[number];
    if (inner === undefined || type !== WireType.LengthDelimited) {
      reader.skip(type, number);
      continue;
    }
    count += 1;
    const piece = reader.bytes();
    if (inner !== LEAF) count += piecesIn(piece, inner, most - count);
  }
  return count;
}

/** Counts the pieces of a request as they are read. */
export class PieceCount {
  #left: number;

  constructor(most: number) {
    this.#left = most;
  }

  /** Counts the entries of a list. @throws TooManyPiecesError */
  of(list: readonly unknown[]): readonly unknown[] {
    this.#left -= list.length;
    if (this.#left < 0) throw new TooManyPiecesError();
    return list;
  }
}

/** Objects and lists for each piece that JSON may have: an attribute is two objects. */
const VALUES_PER_PIECE = 2;
const [BRACE, BRACKET, QUOTE, BACKSLASH] = Buffer.from('{["\\');

/** Looks how much there is to make of JSON before it is made. @throws TooManyPiecesError */
export function checkJsonValues(bytes: Uint8Array, most: number): void {
  let left = most * VALUES_PER_PIECE;
  if (bytes.length <= left) return;
  let isText = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (isText && byte === BACKSLASH) at += 1;
    else if (byte === QUOTE) isText = !isText;
    else if (!isText && (byte === BRACE || byte === BRACKET)) left -= 1;
  }
  if (left < 0) throw new TooManyPiecesError();
}
