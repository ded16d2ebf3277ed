import { METRIC_PREFIX } from './attributes.ts';

const MAX_KEY_BYTES = 256;
/** Keys that mean something else in JavaScript than in JSON: never written, so that no consumer stumbles. */
const DANGEROUS_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** An application has few metrics and names them in every request. Cleared when full: evicting costs more. */
const MAX_REMEMBERED = 1000;
const remembered = new Map<string, string>();

/**
 * The beginning of the JSON member of a metric, `"items":` for the attribute `cerberus.metric.items`.
 *
 * @returns undefined for a key that is never sent: empty, over 256 bytes, or dangerous in JavaScript
 */
export function memberName(attribute: string): string | undefined {
  const known = remembered.get(attribute);
  if (known !== undefined) return known;
  const key = cleanKey(attribute.slice(METRIC_PREFIX.length));
  if (key === undefined) return undefined;
  const name = `${JSON.stringify(key)}:`;
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(attribute, name);
  return name;
}

function cleanKey(key: string): string | undefined {
  if (key === '' || key.length > MAX_KEY_BYTES || DANGEROUS_KEYS.has(key)) return undefined;
  const clean = key.toWellFormed();
  return clean.length * 3 > MAX_KEY_BYTES && Buffer.byteLength(clean) > MAX_KEY_BYTES ? undefined : clean;
}
