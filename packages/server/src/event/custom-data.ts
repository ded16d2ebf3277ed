import { storableText } from './text-limits.ts';

/** Limits of `custom_data`, whose members all have names: twice what the exporter sends, so that a difference in counting never costs a metric. */
export const CUSTOM_DATA_LIMITS = { metrics: 128, bytes: 16_384, keyBytes: 256, depth: 32 } as const;

/** The largest number that is kept of a metric, and the least one is as far below zero: of these, as many add up as there are events. */
export const MAX_METRIC_NUMBER = 1e300;

/** A UTF-16 unit is at most three bytes of UTF-8. */
const MAX_UTF8_BYTES = 3;

const BYTE_ORDER_MARK = '\u{FEFF}';

/** JSON text of an object, and how many of its members did not fit. */
export interface FittedCustomData {
  readonly json: string;
  readonly dropped: number;
}

/**
 * Writes `custom_data` as JSON text within {@link CUSTOM_DATA_LIMITS}; a member that does not fit is left out whole, and so is one that would have
 * the name of another, for names are kept as other texts are.
 *
 * The text is put together member by member, so that keys such as `__proto__` are only ever text.
 */
export function fitCustomData(members: object): FittedCustomData {
  return fitAsAWhole(members) ?? fitByMember(members);
}

/** The same text as {@link fitByMember} makes, at once, where every member fits for certain; else `undefined`. */
function fitAsAWhole(members: object): FittedCustomData | undefined {
  let count = 0;
  for (const [key, value] of Object.entries(members)) {
    count += 1;
    if (key === '' || key.length * MAX_UTF8_BYTES > CUSTOM_DATA_LIMITS.keyBytes) return undefined;
    if (key.startsWith(BYTE_ORDER_MARK)) return undefined;
    if (isTooLarge(value) || isDeeper(value, CUSTOM_DATA_LIMITS.depth)) return undefined;
  }
  if (count > CUSTOM_DATA_LIMITS.metrics) return undefined;
  const json = JSON.stringify(members);
  // One byte more than the text has: the sum over the members counts a comma for each.
  if (json.length * MAX_UTF8_BYTES + 1 > CUSTOM_DATA_LIMITS.bytes) return undefined;
  return wellFormedJson(json) === json ? { json, dropped: 0 } : undefined;
}

function fitByMember(members: object): FittedCustomData {
  const parts: string[] = [];
  const names = new Set<string>();
  let dropped = 0;
  let bytes = 2;
  for (const [key, value] of Object.entries(members)) {
    const name = storableText(key);
    const isRoom = parts.length < CUSTOM_DATA_LIMITS.metrics && !names.has(name);
    const part = isRoom ? memberText(name, value) : undefined;
    const partBytes = part === undefined ? 0 : Buffer.byteLength(part) + 1;
    if (part === undefined || bytes + partBytes > CUSTOM_DATA_LIMITS.bytes) {
      dropped += 1;
      continue;
    }
    parts.push(part);
    names.add(name);
    bytes += partBytes;
  }
  return { json: `{${parts.join(',')}}`, dropped };
}

function memberText(name: string, value: unknown): string | undefined {
  if (name === '' || Buffer.byteLength(name) > CUSTOM_DATA_LIMITS.keyBytes) return undefined;
  if (isTooLarge(value) || isDeeper(value, CUSTOM_DATA_LIMITS.depth)) return undefined;
  return `${JSON.stringify(name)}:${wellFormedJson(JSON.stringify(value))}`;
}

function isTooLarge(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) > MAX_METRIC_NUMBER;
}

/**
 * JSON.parse reads any depth, JSON.stringify recurses. How deep it gets depends on the stack at that moment, so that a
 * value which could be stored could still make every later answer with it fail.
 */
function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((member) => isDeeper(member, depth - 1));
}

/**
 * Replaces escapes of lone surrogates, which are valid in JSON (RFC 8259, 8.2) but make DuckDB's JSON functions fail, and of NUL, which
 * PostgreSQL has in no text, and which no other text of an event has. An escaped backslash is matched first, so that `\\ud800` stays the six characters it is.
 */
function wellFormedJson(json: string): string {
  if (!json.includes('\\u')) return json;
  return json.replaceAll(/\\(?:u(d[89a-f][\da-f]{2}|0000)|[\s\S])/g, (escape, code: string | undefined) =>
    code === undefined ? escape : '\u{FFFD}',
  );
}
