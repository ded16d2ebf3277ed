import { fitCustomData } from './custom-data.ts';
import { OUTCOMES, type CerberusEvent, type Outcome } from './event.ts';
import { fitText } from './text-limits.ts';
import { parseRfc3339 } from './timestamps.ts';

/** Byte limits of the texts of an event; a longer text is cut on a code point. */
export const TEXT_LIMITS = {
  clientId: 256,
  path: 2048,
  method: 32,
  userId: 1024,
  userAgent: 1024,
  sessionId: 1024,
} as const;

/** Largest single event, as JSON text. */
export const MAX_EVENT_BYTES = 65_536;

/** What was changed to store an event: the event is kept, the value was cut or left out. */
type Adjustment = 'source_ip_not_hashed' | 'text_cut' | 'value_out_of_range' | 'metric_dropped';

/** The outcome of reading one event. */
export type EventVerdict =
  | { readonly ok: true; readonly event: CerberusEvent; readonly adjustments: readonly Adjustment[] }
  | { readonly ok: false; readonly error: string };

const HASHED_IP = /^[0-9a-f]{64}$/;
const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;

/** Whether a parsed JSON value is an object (and no array). */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads one event as a client sent it. Pure and deterministic: a frame that is sent again gets the same verdict.
 *
 * `endpoint`, `method` and a client id must be there, and no known member may have the wrong JSON type; else the
 * event is refused. A value of the right type that cannot be used (an unknown outcome, a time that is none) is stored
 * as null, a text over its limit is cut: the event is kept and the adjustment reported. Unknown members are ignored.
 *
 * @param clientId - the connection's client id; where it is `undefined` the event must name one.
 */
export function validateEvent(value: unknown, clientId?: string): EventVerdict {
  if (!isJsonObject(value)) return { ok: false, error: 'event must be a JSON object' };
  const members = new MemberReader(value);
  const event: CerberusEvent = {
    clientId: clientId ?? members.requiredText('client_id', TEXT_LIMITS.clientId),
    sourceIp: members.sourceIp(),
    endpoint: withoutQuery(members.requiredText('endpoint', TEXT_LIMITS.path)),
    scheme: members.flag('scheme'),
    method: members.requiredText('method', TEXT_LIMITS.method),
    customData: members.customData(),
    timestamp: members.time('timestamp'),
    statusCode: members.number('status_code', (n) => Number.isInteger(n) && n >= 0 && n <= 999),
    latencyMs: members.number('latency_ms', (n) => n >= 0),
    route: members.text('route', TEXT_LIMITS.path),
    outcome: members.outcome(),
    userId: members.identifier('user_id', TEXT_LIMITS.userId),
    userAgent: members.text('user_agent', TEXT_LIMITS.userAgent),
    traceId: members.pattern('trace_id', TRACE_ID),
    spanId: members.pattern('span_id', SPAN_ID),
    sessionId: members.identifier('session_id', TEXT_LIMITS.sessionId),
    sampleRate: members.number('sample_rate', (n) => n >= 0 && n <= 1),
  };
  const [error] = members.errors;
  return error === undefined ? { ok: true, event, adjustments: members.adjustments } : { ok: false, error };
}

/** The contract's `endpoint` has no query string; a client that sends one must not make the server keep it. */
function withoutQuery(path: string): string {
  const end = path.search(/[?#]/);
  return end === -1 ? path : path.slice(0, end) || '/';
}

/** Reads the members of one event and notes what is wrong with them. */
class MemberReader {
  readonly errors: string[] = [];
  readonly adjustments: Adjustment[] = [];
  readonly #members: Readonly<Record<string, unknown>>;

  constructor(members: Readonly<Record<string, unknown>>) {
    this.#members = members;
  }

  requiredText(name: string, maxBytes: number): string {
    const text = this.text(name, maxBytes);
    if (text === null || text === '') this.errors.push(`\`${name}\` is missing`);
    return text ?? '';
  }

  text(name: string, maxBytes: number): string | null {
    const value = this.#typed(name, 'string');
    if (value === null) return null;
    const { text, cut } = fitText(value, maxBytes);
    if (cut) this.adjustments.push('text_cut');
    return text;
  }

  /** A text, or a number written as one: Django's primary keys are integers. */
  identifier(name: string, maxBytes: number): string | null {
    const value = this.#value(name);
    return typeof value === 'number' ? String(value) : this.text(name, maxBytes);
  }

  flag(name: string): boolean | null {
    return this.#typed(name, 'boolean');
  }

  number(name: string, accepts: (value: number) => boolean): number | null {
    return this.#usable(this.#typed(name, 'number'), (n) => (accepts(n) ? n : undefined));
  }

  time(name: string): number | null {
    return this.#usable(this.#typed(name, 'string'), parseRfc3339);
  }

  pattern(name: string, pattern: RegExp): string | null {
    return this.#usable(this.#typed(name, 'string'), (text) => (pattern.test(text) ? text : undefined));
  }

  outcome(): Outcome | null {
    return this.#usable(this.#typed('outcome', 'string'), (text) => (isOutcome(text) ? text : undefined));
  }

  /**
   * Only a hash is stored. Django clients send the raw address when they could not fetch the key; keeping it would
   * break the promise that no address rests in the database.
   */
  sourceIp(): string | null {
    const name = this.#value('source_ip') === null ? 'remote_addr' : 'source_ip';
    const value = this.#typed(name, 'string');
    if (value === null || HASHED_IP.test(value)) return value;
    this.adjustments.push('source_ip_not_hashed');
    return null;
  }

  customData(): string {
    const value = this.#value('custom_data');
    if (value === null) return '{}';
    if (!isJsonObject(value)) {
      this.errors.push('`custom_data` must be an object');
      return '{}';
    }
    const { json, dropped } = fitCustomData(value);
    if (dropped > 0) this.adjustments.push('metric_dropped');
    return json;
  }

  #value(name: string): unknown {
    return Object.hasOwn(this.#members, name) ? (this.#members[name] ?? null) : null;
  }

  #typed<T extends keyof JsonTypes>(name: string, type: T): JsonTypes[T] | null {
    const value = this.#value(name);
    if (value === null) return null;
    if (isOfType(value, type)) return value;
    this.errors.push(`\`${name}\` must be a ${type}`);
    return null;
  }

  #usable<In, Out>(value: In | null, read: (value: In) => Out | undefined): Out | null {
    if (value === null) return null;
    const result = read(value);
    if (result === undefined) this.adjustments.push('value_out_of_range');
    return result ?? null;
  }
}

interface JsonTypes {
  string: string;
  number: number;
  boolean: boolean;
}

function isOfType<T extends keyof JsonTypes>(value: unknown, type: T): value is JsonTypes[T] {
  return typeof value === type;
}

function isOutcome(text: string): text is Outcome {
  return (OUTCOMES as readonly string[]).includes(text);
}
