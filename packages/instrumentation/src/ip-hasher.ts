import { createHmac, createSecretKey, getFips, hash, type KeyObject } from 'node:crypto';
import { compress, INITIAL_STATE, newBlock, type State } from './sha256.ts';

declare const hashed: unique symbol;

/** 64 lower-case hex digits. Only `pseudonym` makes one, so a raw address cannot take its place by accident. */
export type Pseudonym = string & { readonly [hashed]: true };

/** A key of fewer bytes is easier to guess than the addresses it hides. */
export const RECOMMENDED_KEY_BYTES = 32;

const ALGORITHM = 'sha256';
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
const HEX_DIGITS = Buffer.from('0123456789abcdef');

/** HMAC-SHA256 of the UTF-8 bytes of a canonical address or a user id: the same in every Cerberus client. */
export function pseudonym(key: KeyObject, text: string): Pseudonym {
  const states = statesOf(key);
  const isShort = states !== null && putText(text);
  return (isShort ? shortHmac(states) : nodesHmac(key, text)) as Pseudonym;
}

/** Holds a key where neither `inspect` nor `JSON.stringify` can show it. */
export function secretKeyOf(text: string): KeyObject {
  return createSecretKey(Buffer.from(text, 'utf8'));
}

/** True when the key should be replaced by a longer one. */
export function isShortKey(key: KeyObject): boolean {
  return (key.symmetricKeySize ?? 0) < RECOMMENDED_KEY_BYTES;
}

function nodesHmac(key: KeyObject, text: string): string {
  return createHmac(ALGORITHM, key).update(text, 'utf8').digest('hex');
}

/** What the two hashes of an HMAC (RFC 2104 §2) have made of the key, which is a block of each. */
interface KeyedStates {
  readonly inner: Readonly<State>;
  readonly outer: Readonly<State>;
}

/** Null where only certified code may hash. Reachable through the key alone, so that it goes when the key goes. */
const keyedStates = new WeakMap<KeyObject, KeyedStates | null>();

function statesOf(key: KeyObject): KeyedStates | null {
  const known = keyedStates.get(key);
  if (known !== undefined) return known;
  const made = getFips() === 1 ? null : newStates(key.export());
  keyedStates.set(key, made);
  return made;
}

function newStates(secret: Buffer): KeyedStates {
  const padded = Buffer.alloc(BLOCK_BYTES);
  padded.set(secret.length > BLOCK_BYTES ? hash(ALGORITHM, secret, 'buffer') : secret);
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
const hex = Buffer.alloc(DIGEST_BYTES * 2);

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
 * What HMAC-SHA256 makes of the text in the block. Node's own takes as long when it is called again and again, but five
 * times as long when it is called once between two requests (ADR 020).
 */
function shortHmac({ inner, outer }: KeyedStates): string {
  compress(inner, block, digest);
  endMessage(DIGEST_BYTES);
  for (let word = 0; word < STATE_WORDS; word += 1) block[word] = digest[word] ?? 0;
  compress(outer, block, digest);
  return hexOf(digest);
}

function hexOf(words: State): string {
  for (let digit = 0; digit < DIGEST_BYTES * 2; digit += 1) {
    const word = words[digit >> 3] ?? 0;
    hex[digit] = HEX_DIGITS[(word >>> (28 - (digit & 7) * 4)) & 15] ?? 0;
  }
  return hex.toString('latin1');
}
