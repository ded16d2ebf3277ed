import type { MetricValue } from './cerberus-event.ts';
import { jsonString } from './json-string.ts';
import { metricMember } from './metric-names.ts';
import { wellFormed } from './well-formed.ts';

const MAX_METRICS = 64;
const MAX_TOTAL_BYTES = 8 * 1024;
const MAX_STRING_BYTES = 1024;
const MAX_ELEMENTS = 64;

/** Metrics as JSON text of an object, and what did not fit. */
export interface CustomData {
  readonly json: string;
  /** Metrics left out: not a metric's type, a forbidden key, or over a limit. */
  readonly dropped: number;
  /** Values that were shortened. */
  readonly cut: number;
}

const EMPTY: CustomData = { json: '{}', dropped: 0, cut: 0 };

/**
 * Reads `cerberus.metric.*` from a span's attributes within the limits of PROTOCOL.md ("The event"). Total: whatever
 * the values are, the result is valid JSON and nothing is thrown for a plain object.
 *
 * @param attributes own enumerable members count; SDK 3 lets any JavaScript value through
 */
export function customData(attributes: Readonly<Record<string, unknown>>): CustomData {
  let members = '';
  let count = 0;
  let dropped = 0;
  let cut = 0;
  for (const name in attributes) {
    const member = metricMember(name);
    // `in` also sees a replaced prototype, which `setAttribute('__proto__', …)` makes possible.
    if (member === null || !Object.hasOwn(attributes, name)) continue;
    const metric = count < MAX_METRICS && member !== '' ? readMetric(attributes, name, member) : undefined;
    if (metric === undefined || !fits(members, metric.json)) {
      dropped += 1;
      continue;
    }
    members = count === 0 ? metric.json : `${members},${metric.json}`;
    count += 1;
    if (metric.cut) cut += 1;
  }
  return count === 0 && dropped === 0 ? EMPTY : { json: `{${members}}`, dropped, cut };
}

/** Whether the object stays within its limit with one more member; bytes are counted only where it is close. */
function fits(members: string, member: string): boolean {
  const aroundThem = '{,}'.length;
  // A UTF-16 unit takes at most three bytes of UTF-8.
  if ((members.length + member.length) * 3 + aroundThem <= MAX_TOTAL_BYTES) return true;
  return Buffer.byteLength(members) + Buffer.byteLength(member) + aroundThem <= MAX_TOTAL_BYTES;
}

function readMetric(
  attributes: Readonly<Record<string, unknown>>,
  attribute: string,
  member: string,
): { json: string; cut: boolean } | undefined {
  try {
    const raw = attributes[attribute];
    const value = metricValue(raw);
    if (value === undefined) return undefined;
    return { json: member + jsonOf(value), cut: isCut(raw, value) };
  } catch {
    // A getter or a proxy that throws when it is read costs its own metric, not the event.
    return undefined;
  }
}

function jsonOf(value: MetricValue): string {
  if (typeof value === 'string') return jsonString(value);
  return typeof value === 'object' ? JSON.stringify(value) : `${value}`;
}

function metricValue(raw: unknown): MetricValue | undefined {
  if (!Array.isArray(raw)) return scalar(raw);
  const elements: (string | number | boolean)[] = [];
  for (let index = 0; index < raw.length && elements.length < MAX_ELEMENTS; index += 1) {
    const element = scalar(raw[index]);
    if (element !== undefined) elements.push(element);
  }
  return elements.length === 0 && raw.length > 0 ? undefined : elements;
}

function scalar(raw: unknown): string | number | boolean | undefined {
  if (typeof raw === 'string') return wellFormed(raw, MAX_STRING_BYTES);
  if (typeof raw === 'number') return Number.isFinite(raw) ? raw : undefined;
  return typeof raw === 'boolean' ? raw : undefined;
}

function isCut(raw: unknown, value: MetricValue): boolean {
  if (typeof raw === 'string') return typeof value === 'string' && value.length < raw.length;
  if (!Array.isArray(raw) || !Array.isArray(value)) return false;
  return value.length < raw.length || value.some((element, index) => isCut(raw[index], element));
}
