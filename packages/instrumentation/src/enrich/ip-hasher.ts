import { createHmac, createSecretKey, getFips, type KeyObject } from 'node:crypto';
import { keyedStatesOf, shortHmac, type KeyedStates } from './short-hmac.ts';

declare const hashed: unique symbol;

/** 64 lower-case hex digits. Only `pseudonym` makes one, so a raw address cannot take its place by accident. */
export type Pseudonym = string & { readonly [hashed]: true };

/** A key of fewer bytes is easier to guess than the addresses it hides. */
export const RECOMMENDED_KEY_BYTES = 32;

/** HMAC-SHA256 of the UTF-8 bytes of a canonical address or a user id: the same in every Cerberus client. */
export function pseudonym(key: KeyObject, text: string): Pseudonym {
  const states = statesOf(key);
  const hex = states === null ? undefined : shortHmac(states, text);
  return (hex ?? nodesHmac(key, text)) as Pseudonym;
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
  return createHmac('sha256', key).update(text, 'utf8').digest('hex');
}

/** Null where only certified code may hash. Reachable through the key alone, so that it goes when the key goes. */
const keyedStates = new WeakMap<KeyObject, KeyedStates | null>();

function statesOf(key: KeyObject): KeyedStates | null {
  const known = keyedStates.get(key);
  if (known !== undefined) return known;
  const made = getFips() === 1 ? null : keyedStatesOf(key.export());
  keyedStates.set(key, made);
  return made;
}
