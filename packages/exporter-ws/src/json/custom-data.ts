import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  type JsonWriter,
} from './json-writer.ts';
import { metricMember } from './metric-names.ts';

const MAX_METRICS = 64;
const MAX_TOTAL_BYTES = 8 * 1024;
const MAX_STRING_BYTES = 1024;
const MAX_ELEMENTS = 64;
/** Of an endless list of what are no values. */
const MAX_ELEMENTS_READ = 1024;

const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');

/** What the limits took from the metrics of an event. */
export interface MetricLosses {
  /** Metrics left out: not a metric's type, a forbidden key, or over a limit. */
  dropped: number;
  /** Values that were shortened. */
  cut: number;
}

/** How much of a value was written; what comes to nothing may leave bytes behind, which the caller takes back. */
type Written = 'whole' | 'cut' | 'nothing';

/**
 * Writes `cerberus.metric.*` of a span's attributes as an object, within the limits of PROTOCOL.md ("The event"). Total:
 * whatever the values are, the result is valid JSON and nothing is thrown for a plain object.
 *
 * @param attributes own enumerable members count; SDK 3 lets any JavaScript value through
 * @param losses what the limits take is added to it
 */
export function writeCustomData(
  out: JsonWriter,
  attributes: Readonly<Record<string, unknown>>,
  losses: MetricLosses,
): void {
  const start = out.position;
  let count = 0;
  out.byte(OPEN_BRACE);
  for (const name in attributes) {
    const member = metricMember(name);
    // `in` also sees a replaced prototype, which `setAttribute('__proto__', …)` makes possible.
    if (member === null || !Object.hasOwn(attributes, name)) continue;
    const before = out.position;
    if (count > 0) out.byte(COMMA);
    const written =
      count < MAX_METRICS && member.length > 0 ? writeMetric(out, attributes, name, member) : 'nothing';
    // The closing brace counts as well.
    if (written === 'nothing' || out.position - start >= MAX_TOTAL_BYTES) {
      out.rewind(before);
      losses.dropped += 1;
      continue;
    }
    count += 1;
    if (written === 'cut') losses.cut += 1;
  }
  out.byte(CLOSE_BRACE);
}

function writeMetric(
  out: JsonWriter,
  attributes: Readonly<Record<string, unknown>>,
  attribute: string,
  member: Uint8Array,
): Written {
  try {
    const value = attributes[attribute];
    out.encoded(member);
    return Array.isArray(value) ? writeElements(out, value) : writeScalar(out, value);
  } catch {
    // A getter or a proxy that throws when it is read costs its own metric, not the event.
    return 'nothing';
  }
}

function writeScalar(out: JsonWriter, value: unknown): Written {
  if (typeof value === 'string') return out.string(value, MAX_STRING_BYTES) ? 'cut' : 'whole';
  if (typeof value === 'boolean') out.encoded(value ? TRUE : FALSE);
  else if (Number.isFinite(value)) out.number(value as number);
  else return 'nothing';
  return 'whole';
}

/** The elements that are values; a list of others alone is no metric. */
function writeElements(out: JsonWriter, elements: readonly unknown[]): Written {
  const { length } = elements;
  const end = Math.min(length, MAX_ELEMENTS_READ);
  let count = 0;
  let cut = false;
  out.byte(OPEN_BRACKET);
  for (let index = 0; index < end && count < MAX_ELEMENTS; index += 1) {
    const before = out.position;
    if (count > 0) out.byte(COMMA);
    const written = writeScalar(out, elements[index]);
    if (written === 'nothing') out.rewind(before);
    else count += 1;
    if (written === 'cut') cut = true;
  }
  out.byte(CLOSE_BRACKET);
  if (count === 0 && length > 0) return 'nothing';
  return cut || count < length ? 'cut' : 'whole';
}
