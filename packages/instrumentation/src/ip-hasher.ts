import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

declare const hashed: unique symbol;

/** 64 lower-case hex digits. Only `pseudonym` makes one, so a raw address cannot take its place by accident. */
export type Pseudonym = string & { readonly [hashed]: true };

/** A key of fewer bytes is easier to guess than the addresses it hides. */
export const RECOMMENDED_KEY_BYTES = 32;

/** HMAC-SHA256 of the UTF-8 bytes of a canonical address or a user id: the same in every Cerberus client. */
export function pseudonym(key: KeyObject, text: string): Pseudonym {
  return createHmac('sha256', key).update(text, 'utf8').digest('hex') as Pseudonym;
}

/** Holds a key where neither `inspect` nor `JSON.stringify` can show it. */
export function secretKeyOf(text: string): KeyObject {
  return createSecretKey(Buffer.from(text, 'utf8'));
}

/** True when the key should be replaced by a longer one. */
export function isShortKey(key: KeyObject): boolean {
  return (key.symmetricKeySize ?? 0) < RECOMMENDED_KEY_BYTES;
}
