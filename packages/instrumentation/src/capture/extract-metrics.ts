import { MAX_METRICS, metricValue } from '../enrich/custom-metrics.ts';
import { currentRecord } from './own-requests.ts';
import type { RequestRecord } from './request-record.ts';

/** The member of a response's object that carries the metrics, as in the Django package. */
const MEMBER = '_cerberus_metrics';

/** From here on the exporter refuses a name (PROTOCOL.md: 256 bytes), so nothing deeper is worth reading. */
const MAX_NAME_LENGTH = 256;

/** What is left of a body: the same type, without the member where it has one. */
export type WithoutCerberusMetrics<Body> = Body extends unknown
  ? typeof MEMBER extends keyof Body
    ? Omit<Body, typeof MEMBER>
    : Body
  : never;

/**
 * Takes `_cerberus_metrics` out of the object that a handler responds with, and adds its members to the event of the
 * current request as `setMetric` does: nested objects with dots in their names, 1,000 members at most; what is no
 * metric is left out.
 *
 * @param body anything; only a plain object with a member `_cerberus_metrics` of its own is treated
 * @returns a shallow copy without the member, or `body` itself when there is nothing to take out. `body` is not
 *   changed. Never throws.
 */
export function extractCerberusMetrics<Body>(body: Body): WithoutCerberusMetrics<Body> {
  return (withoutMember(body) ?? body) as WithoutCerberusMetrics<Body>;
}

function withoutMember(body: unknown): object | undefined {
  try {
    if (!isPlainObject(body) || !Object.hasOwn(body, MEMBER)) return undefined;
    // By descriptors, so that no other member is read here: a getter may throw, and that is its reader's business.
    const { [MEMBER]: _taken, ...rest } = Object.getOwnPropertyDescriptors(body as Members);
    record(body);
    return Object.create(prototypeOf(body), rest) as object;
  } catch {
    return undefined;
  }
}

function record(body: object): void {
  try {
    const request = currentRecord();
    if (request !== undefined) new Flattening(request).members('', (body as Members)[MEMBER]);
  } catch {
    // It could not be read; what it has set so far stays.
  }
}

type Members = Readonly<Record<string, unknown>>;

/** Walks nested plain objects, each member once per place where it stands. */
class Flattening {
  readonly #request: RequestRecord;
  /** The objects around the current one: meeting one of them again would go on for ever. */
  readonly #around = new Set<object>();
  #reads = 0;

  constructor(request: RequestRecord) {
    this.#request = request;
  }

  /** @param prefix what stands before the name of each member, dot included */
  members(prefix: string, value: unknown): void {
    if (!isPlainObject(value) || this.#around.has(value)) return;
    this.#around.add(value);
    for (const key of Object.keys(value)) {
      if (this.#reads === MAX_METRICS) break;
      this.#reads += 1;
      this.#member(prefix + key, value, key);
    }
    this.#around.delete(value);
  }

  /** A member that throws when it is read is lost alone. */
  #member(name: string, object: object, key: string): void {
    try {
      const value = (object as Members)[key];
      const metric = metricValue(value);
      if (metric !== undefined) this.#request.setMetric(name, metric);
      else if (name.length <= MAX_NAME_LENGTH) this.members(`${name}.`, value);
      // Recorded, so that the exporter counts what it refuses.
      else if (isPlainObject(value)) this.#request.setMetric(name, true);
    } catch {
      // As above.
    }
  }
}

/** Objects of another realm too: a plain object's prototype has none itself. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = prototypeOf(value);
  return prototype === null || prototypeOf(prototype) === null;
}

/** A proxy that does not show its prototype is judged by its members. */
function prototypeOf(value: object): object | null {
  try {
    return Object.getPrototypeOf(value) as object | null;
  } catch {
    return Object.prototype;
  }
}
