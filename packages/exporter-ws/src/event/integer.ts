const DIGITS = /^(?:0|[1-9]\d{0,14})$/;

/** A whole number of an attribute; also one that is written as a text, as Deno and Envoy write statuses. */
export function integerIn(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
  return typeof value === 'string' && DIGITS.test(value) ? Number(value) : undefined;
}
