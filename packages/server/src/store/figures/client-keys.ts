/** Hex digits of a pseudonym that its key is made of: 64 bits. */
export const KEY_DIGITS = 16;

/** Keys of clients, unsigned, both ends included. */
export interface KeySpan {
  readonly first: bigint;
  readonly last: bigint;
}

/** The key of a whole pseudonym. */
export function keyOf(pseudonym: string): bigint {
  return BigInt(`0x${pseudonym.slice(0, KEY_DIGITS)}`);
}

/**
 * The keys of all pseudonyms that begin so. Of more digits than a key has it is one key, and whoever asks has to look at the
 * pseudonym as well.
 *
 * @param prefix - 1 to 64 hex digits
 */
export function keysOf(prefix: string): KeySpan {
  const digits = prefix.slice(0, KEY_DIGITS);
  return {
    first: BigInt(`0x${digits.padEnd(KEY_DIGITS, '0')}`),
    last: BigInt(`0x${digits.padEnd(KEY_DIGITS, 'f')}`),
  };
}
