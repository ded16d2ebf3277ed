import { METRIC_PREFIX } from '../event/attributes.ts';

const MAX_KEY_BYTES = 256;
/** Keys that mean something else in JavaScript than in JSON: never written, so that no consumer stumbles. */
const DANGEROUS_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** An application has few attributes and sets them in every request. Cleared when full: evicting costs more. */
const MAX_REMEMBERED = 1000;
const remembered = new Map<string, Uint8Array | null>();
const NEVER_SENT = new Uint8Array(0);

/**
 * The beginning of the JSON member of a metric as UTF-8, `"items":` for the attribute `cerberus.metric.items`.
 *
 * @returns no bytes for a metric whose key is never sent: empty, over 256 bytes, or dangerous in JavaScript; null for an
 * attribute that is no metric
 */
export function metricMember(attribute: string): Uint8Array | null {
  const known = remembered.get(attribute);
  if (known !== undefined) return known;
  const member = attribute.startsWith(METRIC_PREFIX) ? memberOf(attribute) : null;
  // A long name is no name that comes again.
  if (attribute.length > MAX_KEY_BYTES) return member;
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(attribute, member);
  return member;
}

function memberOf(attribute: string): Uint8Array {
  const key = cleanKey(attribute.slice(METRIC_PREFIX.length));
  return key === undefined ? NEVER_SENT : Buffer.from(`${JSON.stringify(key)}:`);
}

function cleanKey(key: string): string | undefined {
  if (key === '' || key.length > MAX_KEY_BYTES || DANGEROUS_KEYS.has(key)) return undefined;
  const clean = key.toWellFormed();
  return clean.length * 3 > MAX_KEY_BYTES && Buffer.byteLength(clean) > MAX_KEY_BYTES ? undefined : clean;
}
