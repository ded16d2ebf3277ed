import type { Attributes, AttributeValue, HrTime } from '@opentelemetry/api';
import { METRIC_PREFIX } from '@cerberus-otel/exporter-ws/internal';

/** What a metric may hold: text, a truth value, a finite number, or a list of one of these. */
export type MetricValue =
  | string
  | number
  | boolean
  | readonly string[]
  | readonly number[]
  | readonly boolean[];

/** A span that may carry metrics, as far as they are read. */
export interface MetricSource {
  readonly attributes: Attributes;
  readonly startTime: HrTime;
}

/** Metrics of children that are no longer held, each with the start of the child that set it. */
export type SettledMetrics = Map<
  string,
  { readonly value: AttributeValue | undefined; readonly startTime: HrTime }
>;

/** A request can set no more than this many by name: a loop over names must not fill the memory. */
export const MAX_METRICS = 1000;

/** Of a longer list the exporter reads no more, and sends less. */
export const MAX_ELEMENTS_READ = 1024;

/**
 * What of `value` becomes a metric: itself, or a copy of a list, which the application may go on using. A list is read by index and not to
 * its end, which may be far away: `new Array(4e9)` is one.
 *
 * @returns undefined for what cannot be a metric: another type, a number that has no JSON, a list of several types or with holes
 * @throws what a list throws when it is read
 */
export function metricValue(value: unknown): MetricValue | undefined {
  if (!Array.isArray(value)) return isScalar(value) ? value : undefined;
  const elements: (string | number | boolean)[] = [];
  const length = Math.min(value.length, MAX_ELEMENTS_READ);
  for (let index = 0; index < length; index += 1) {
    const element: unknown = value[index];
    if (!isScalar(element) || (index > 0 && typeof element !== typeof elements[0])) return undefined;
    elements.push(element);
  }
  return elements as MetricValue;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

/**
 * Adds to the attributes of the SERVER span what its request set elsewhere. A metric of the SERVER span itself
 * wins, then the helper's, then that of the child that started last.
 *
 * Writes into the object rather than through `setAttribute`, which refuses at the span's attribute limit.
 *
 * @param children in the order of their start
 */
export function rollUp(
  attributes: Attributes,
  fromHelper: ReadonlyMap<string, MetricValue> | undefined,
  children: readonly MetricSource[],
  settled: SettledMetrics | undefined,
): void {
  if (fromHelper !== undefined) {
    for (const [name, value] of fromHelper)
      addMissing(attributes, METRIC_PREFIX + name, value as AttributeValue);
  }
  for (let index = children.length - 1; index >= 0; index -= 1) {
    const child = children[index];
    if (child !== undefined) addFromChild(attributes, child, settled);
  }
  if (settled === undefined) return;
  for (const [key, { value }] of settled) addMissing(attributes, key, value);
}

function addFromChild(
  attributes: Attributes,
  child: MetricSource,
  settled: SettledMetrics | undefined,
): void {
  const metrics = child.attributes;
  for (const key in metrics) {
    if (!isMetricKey(metrics, key)) continue;
    const rival = settled?.get(key);
    if (rival !== undefined && isLater(rival.startTime, child.startTime)) continue;
    addMissing(attributes, key, metrics[key]);
  }
}

/** Keeps the metrics of a child that is let go before its request ends. */
export function settle(settled: SettledMetrics, child: MetricSource): void {
  const metrics = child.attributes;
  for (const key in metrics) {
    if (!isMetricKey(metrics, key)) continue;
    const rival = settled.get(key);
    if (rival === undefined ? settled.size >= MAX_METRICS : isLater(rival.startTime, child.startTime))
      continue;
    settled.set(key, { value: metrics[key], startTime: child.startTime });
  }
}

/** `in` also sees a replaced prototype, which `setAttribute('__proto__', …)` makes possible. */
function isMetricKey(metrics: Attributes, key: string): boolean {
  return key.startsWith(METRIC_PREFIX) && Object.hasOwn(metrics, key);
}

function addMissing(attributes: Attributes, key: string, value: AttributeValue | undefined): void {
  if (value !== undefined && !Object.hasOwn(attributes, key)) attributes[key] = value;
}

function isLater(time: HrTime, than: HrTime): boolean {
  return time[0] > than[0] || (time[0] === than[0] && time[1] > than[1]);
}
