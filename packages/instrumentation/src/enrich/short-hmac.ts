import { hash } from 'node:crypto';
import { compress, INITIAL_STATE, newBlock, type State } from './sha256.ts';

const BLOCK_BYTES = 64;
const BLOCK_WORDS = 16;
const STATE_WORDS = 8;
const DIGEST_BYTES = 32;
const INNER_PAD = 0x36_36_36_36;
const OUTER_PAD = 0x5c_5c_5c_5c;
/** The bit behind a message, and how long its length is (FIPS 180-4, 5.1.1). */
const END_OF_MESSAGE = 0x80;
const LENGTH_BYTES = 8;
/** What one block takes, more than every address and most user ids. */
const MAX_SHORT_BYTES = BLOCK_BYTES - LENGTH_BYTES - 1;
const MAX_ASCII = 0x7f;
/** Both digits of each byte, in one number as they stand in memory. */
const DIGITS_OF_BYTE = new Uint16Array(
  Uint8Array.from(
    Buffer.from(Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')).join('')),
  ).buffer,
);

/** What the two hashes of an HMAC (RFC 2104 §2) have made of the key, which is a block of each. */
export interface KeyedStates {
  readonly inner: Readonly<State>;
  readonly outer: Readonly<State>;
}

/** @param secret the key, of any length */
export function keyedStatesOf(secret: Buffer): KeyedStates {
  const padded = Buffer.alloc(BLOCK_BYTES);
  padded.set(secret.length > BLOCK_BYTES ? hash('sha256', secret, 'buffer') : secret);
  return { inner: stateAfter(padded, INNER_PAD), outer: stateAfter(padded, OUTER_PAD) };
}

function stateAfter(paddedKey: Buffer, pad: number): State {
  const state: State = new Int32Array(STATE_WORDS);
  for (let word = 0; word < BLOCK_WORDS; word += 1) block[word] = paddedKey.readInt32BE(word * 4) ^ pad;
  compress(INITIAL_STATE, block, state);
  return state;
}

/** Nothing of a hash is needed after it: these are used again, and leave nothing to collect. */
const block = newBlock();
const digest: State = new Int32Array(STATE_WORDS);
const digits = new Uint16Array(DIGEST_BYTES);
const hex = Buffer.from(digits.buffer);

/** @returns false when it takes more than a block, or is not ASCII; the block is then spoilt */
function putText(text: string): boolean {
  const { length } = text;
  if (length > MAX_SHORT_BYTES) return false;
  endMessage(length);
  for (let index = 0; index < length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > MAX_ASCII) return false;
    putByte(index, unit);
  }
  return true;
}

/** An otherwise empty block with what stands behind a message of so many bytes that follows the key. */
function endMessage(bytes: number): void {
  for (let word = 0; word < BLOCK_WORDS; word += 1) block[word] = 0;
  putByte(bytes, END_OF_MESSAGE);
  block[BLOCK_WORDS - 1] = (BLOCK_BYTES + bytes) * 8;
}

function putByte(index: number, byte: number): void {
  block[index >> 2] = (block[index >> 2] ?? 0) | (byte << (24 - (index & 3) * 8));
}

/**
 * HMAC-SHA256 of a text of one block, in lower-case hex. In a loop Node's own is a little faster, but called once between two
 * requests it costs several times as much (ADR 020).
 *
 * @returns undefined for a text that is longer than 55 bytes, or is not ASCII
 */
export function shortHmac({ inner, outer }: KeyedStates, text: string): string | undefined {
  if (!putText(text)) return undefined;
  compress(inner, block, digest);
  endMessage(DIGEST_BYTES);
  for (let word = 0; word < STATE_WORDS; word += 1) block[word] = digest[word] ?? 0;
  compress(outer, block, digest);
  return hexOf(digest);
}

function hexOf(words: State): string {
  for (let word = 0; word < STATE_WORDS; word += 1) {
    const bits = words[word] ?? 0;
    const first = word * 4;
    digits[first] = digitsOf(bits >>> 24);
    digits[first + 1] = digitsOf((bits >>> 16) & 255);
    digits[first + 2] = digitsOf((bits >>> 8) & 255);
    digits[first + 3] = digitsOf(bits & 255);
  }
  return hex.toString('latin1');
}

function digitsOf(byte: number): number {
  return DIGITS_OF_BYTE[byte] ?? 0;
}
