declare const pseudonym: unique symbol;
/**
 * 64 lower-case hex digits, or (only with `allowRawSourceIp`) what the processor put there. Made by
 * `sourceIpOf` alone, so that no other string can become the address of an event by accident.
 */
export type SourceIp = string & { readonly [pseudonym]: true };

/** The longest text of an IPv6 address has 45 characters. */
const MAX_ADDRESS_LENGTH = 45;
const HASH_LENGTH = 64;

/** 1 at the code of each lower-case hex digit: twice as fast as a regular expression, and every event needs it. */
const IS_HEX = new Uint8Array(128);
for (const digit of '0123456789abcdef') IS_HEX[digit.charCodeAt(0)] = 1;

/** What may stand for the address of an event; null for anything else. */
export function sourceIpOf(value: unknown, allowRaw: boolean): SourceIp | null {
  if (typeof value !== 'string') return null;
  return isHash(value) || (allowRaw && value.length <= MAX_ADDRESS_LENGTH) ? (value as SourceIp) : null;
}

/** Whether it is a hash, and so needs no escaping. */
export function isHashed(sourceIp: SourceIp): boolean {
  return sourceIp.length === HASH_LENGTH;
}

/** What names a consumer: its pseudonym, or nobody, whoever has set the attribute. There is no option to send more. */
export function pseudonymIn(value: unknown): string | undefined {
  return typeof value === 'string' && isHash(value) ? value : undefined;
}

function isHash(value: string): boolean {
  if (value.length !== HASH_LENGTH) return false;
  for (let index = 0; index < HASH_LENGTH; index += 1) {
    if (IS_HEX[value.charCodeAt(index)] !== 1) return false;
  }
  return true;
}
