import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

declare const hashed: unique symbol;

/** 64 lower-case hex digits. Only `pseudonym` makes one, so a raw address cannot take its place by accident. */
export type Pseudonym = string & { readonly [hashed]: true };

/** A key of fewer bytes is easier to guess than the addresses it hides. */
export const RECOMMENDED_KEY_BYTES = 32;

const ALGORITHM = 'sha256';
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
/** Longer than every address and most user ids. */
const MAX_SHORT_UNITS = 128;
const MAX_BYTES_PER_UNIT = 3;

/** HMAC-SHA256 of the UTF-8 bytes of a canonical address or a user id: the same in every Cerberus client. */
export function pseudonym(key: KeyObject, text: string): Pseudonym {
  const hex =
    text.length > MAX_SHORT_UNITS
      ? createHmac(ALGORITHM, key).update(text, 'utf8').digest('hex')
      : shortHmac(padsOf(key), text);
  return hex as Pseudonym;
}

/** Holds a key where neither `inspect` nor `JSON.stringify` can show it. */
export function secretKeyOf(text: string): KeyObject {
  return createSecretKey(Buffer.from(text, 'utf8'));
}

/** True when the key should be replaced by a longer one. */
export function isShortKey(key: KeyObject): boolean {
  return (key.symmetricKeySize ?? 0) < RECOMMENDED_KEY_BYTES;
}

/** The two messages of an HMAC (RFC 2104 §2), each with its padded key in front and room for what follows. */
interface Pads {
  readonly inner: Buffer;
  /** `inner` up to its so many bytes: addresses have few lengths, and a view costs as much as a third of a hash. */
  readonly innerViews: (Buffer | undefined)[];
  readonly outer: Buffer;
}

/** Reachable through the key alone, so that it goes when the key goes. */
const pads = new WeakMap<KeyObject, Pads>();

function padsOf(key: KeyObject): Pads {
  const known = pads.get(key);
  if (known !== undefined) return known;
  const secret = key.export();
  const block = secret.length > BLOCK_BYTES ? hash(ALGORITHM, secret, 'buffer') : secret;
  const made: Pads = {
    inner: Buffer.alloc(BLOCK_BYTES + MAX_SHORT_UNITS * MAX_BYTES_PER_UNIT),
    innerViews: [],
    outer: Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES),
  };
  for (let index = 0; index < BLOCK_BYTES; index += 1) {
    made.inner[index] = (block[index] ?? 0) ^ 0x36;
    made.outer[index] = (block[index] ?? 0) ^ 0x5c;
  }
  pads.set(key, made);
  return made;
}

/**
 * Node's Hmac is an object with native memory that has to be made, finished and collected for every address: in a
 * benchmark two plain hashes took well under half of its time (docs/performance.md).
 */
function shortHmac({ inner, innerViews, outer }: Pads, text: string): string {
  const length = BLOCK_BYTES + inner.write(text, BLOCK_BYTES);
  const message = (innerViews[length] ??= inner.subarray(0, length));
  outer.write(hash(ALGORITHM, message, 'binary'), BLOCK_BYTES, 'latin1');
  return hash(ALGORITHM, outer, 'hex');
}
