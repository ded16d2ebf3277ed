/** What JSON escapes (RFC 8259 §7), and surrogates, of which JSON.stringify escapes those that are alone. */
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const NEEDS_CARE = /["\\\u0000-\u001f\ud800-\udfff]/;

/**
 * `text` as a JSON string: what `JSON.stringify` gives, at a third of its price for text that needs no escaping, as nearly
 * every path, route and metric is.
 */
export function jsonString(text: string): string {
  return NEEDS_CARE.test(text) ? JSON.stringify(text) : `"${text}"`;
}
