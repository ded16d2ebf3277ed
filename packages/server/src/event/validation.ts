import { routeTemplate, withoutAuthority } from '@cerberus-otel/exporter-ws/translation';
import { fitCustomData } from './custom-data.ts';
import { OUTCOMES, SYNTHETIC_TYPES, type CerberusEvent, type Outcome, type SyntheticType } from './event.ts';
import { isHex } from './hex-text.ts';
import { shortText } from './short-text.ts';
import { fitText } from './text-limits.ts';
import { ANY_TIME, parseRfc3339, type TimeWindow } from './timestamps.ts';

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
type Adjustment =
  | 'source_ip_not_hashed'
  | 'text_cut'
  | 'value_out_of_range'
  | 'metric_dropped'
  | 'time_not_plausible';

/** An event that is kept, and what was changed for that. */
export interface ReadEvent {
  readonly event: CerberusEvent;
  readonly adjustments: readonly Adjustment[];
}

/** The outcome of reading one event. */
export type EventVerdict =
  | ({ readonly ok: true } & ReadEvent)
  | { readonly ok: false; readonly error: string };

/** Digits of a hashed address, of a trace id and of a span id. */
export const HEX_DIGITS = { hash: 64, traceId: 32, spanId: 16 } as const;

/** A status, or a name as classes and system errors have one: no message is kept, and no address in a name. */
export const ERROR_TYPE = /^(?:\d{3}|(?!.*\d[.-]\d{1,3}[.-]\d{1,3}[.-]\d)[A-Za-z_$][\w.$-]{0,127})$/;

/** Of HTTP. */
export const PROTOCOL_VERSION = /^\d(?:\.\d)?$/;

/** The highest status that is kept. */
export const MAX_STATUS = 999;

/** The longest latency that is kept, milliseconds. `1e999` is JSON, and read as infinite, which no answer can say. */
export const MAX_LATENCY_MILLIS: number = Number.MAX_SAFE_INTEGER;

/** The largest number that is kept as an id; what is larger is to come as a text. */
export const MAX_ID_NUMBER: number = Number.MAX_SAFE_INTEGER;

/** The largest body that is kept, bytes: two of them add up exactly. */
export const MAX_BODY_BYTES: number = 2 ** 52 - 1;

type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a parsed JSON value is an object (and no array). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads one event as a client sent it. Pure and deterministic: a frame that is sent again gets the same verdict.
 *
 * `endpoint`, `method` and a client id must be there, and no known member may have the wrong JSON type; else the
 * event is refused. The endpoint alone may be empty: an exporter that was told to send no path has none where no route matched. A value of the right type that cannot be used (an unknown outcome, a time that is none) is stored
 * as null, a text over its limit is cut: the event is kept and the adjustment reported. Unknown members are ignored.
 *
 * @param clientId - the connection's client id; where it is `undefined` the event must name one.
 * @param window - when a request can have begun; an event with another time is kept without it, and counts as of its arrival
 */
export function validateEvent(
  value: unknown,
  clientId?: string,
  window: TimeWindow = ANY_TIME,
): EventVerdict {
  if (!isJsonObject(value)) return { ok: false, error: 'event must be a JSON object' };
  return readMembers(withOwnMembersOnly(value), clientId, window);
}

/** What JSON.parse makes inherits nothing that is a member of an event; anything else is not trusted to. */
function withOwnMembersOnly(value: JsonObject): JsonObject {
  return Object.getPrototypeOf(value) === Object.prototype ? value : { ...value };
}

function readMembers(value: JsonObject, clientId: string | undefined, window: TimeWindow): EventVerdict {
  const members = new MemberReader();
  const event: CerberusEvent = {
    clientId: clientId ?? members.requiredText('client_id', value['client_id'], TEXT_LIMITS.clientId),
    sourceIp: members.sourceIp(value['source_ip'], value['remote_addr']),
    endpoint: pathOf(members.givenText('endpoint', value['endpoint'], TEXT_LIMITS.path)),
    scheme: members.flag('scheme', value['scheme']),
    method: members.requiredText('method', value['method'], TEXT_LIMITS.method),
    customData: members.customData(value['custom_data']),
    timestamp: members.time(members.string('timestamp', value['timestamp']), window),
    statusCode: members.usable(members.number('status_code', value['status_code']), statusCode),
    latencyMs: members.usable(members.number('latency_ms', value['latency_ms']), latency),
    route: members.route(value['route']),
    outcome: members.usable(members.string('outcome', value['outcome']), outcome),
    userId: members.identifier('user_id', value['user_id'], TEXT_LIMITS.userId),
    userAgent: members.text('user_agent', value['user_agent'], TEXT_LIMITS.userAgent),
    traceId: members.usable(members.string('trace_id', value['trace_id']), traceId),
    spanId: members.usable(members.string('span_id', value['span_id']), spanId),
    sessionId: members.identifier('session_id', value['session_id'], TEXT_LIMITS.sessionId),
    sampleRate: members.usable(members.number('sample_rate', value['sample_rate']), sampleRate),
    errorType: members.detail(value['error_type'], errorType),
    requestBodySize: members.detail(value['request_body_size'], size),
    responseBodySize: members.detail(value['response_body_size'], size),
    protocolVersion: members.detail(value['network_protocol_version'], protocolVersion),
    syntheticType: members.detail(value['user_agent_synthetic_type'], syntheticType),
    release: members.detail(value['service_version'], shortText),
    environment: members.detail(value['deployment_environment'], shortText),
    consumer: members.detail(value['consumer'], shortText),
    consumerGroup: members.detail(value['consumer_group'], shortText),
    consumerLabel: members.detail(value['consumer_label'], shortText),
    pathGroup: null,
  };
  const [error] = members.errors;
  return error === undefined ? { ok: true, event, adjustments: members.adjustments } : { ok: false, error };
}

/** The contract's `endpoint` is a path: of a client that sends a query, or a URL with its host and a password, the server keeps neither. */
function pathOf(endpoint: string): string {
  if (endpoint === '') return endpoint;
  const target = withoutAuthority(endpoint);
  const end = target.search(/[?#]/);
  return (end === -1 ? target : target.slice(0, end)) || '/';
}

/** What is usable of values of the right type; `undefined` for the others. */
const statusCode = (n: number): number | undefined =>
  Number.isInteger(n) && n >= 0 && n <= MAX_STATUS ? n : undefined;
const latency = (n: number): number | undefined => (n >= 0 && n <= MAX_LATENCY_MILLIS ? n : undefined);
const sampleRate = (n: number): number | undefined => (n >= 0 && n <= 1 ? n : undefined);
const traceId = (text: string): string | undefined => (isHex(text, HEX_DIGITS.traceId) ? text : undefined);
const spanId = (text: string): string | undefined => (isHex(text, HEX_DIGITS.spanId) ? text : undefined);
const errorType = (value: unknown): string | undefined =>
  typeof value === 'string' && ERROR_TYPE.test(value) ? value : undefined;
const size = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_BODY_BYTES
    ? value
    : undefined;
const protocolVersion = (value: unknown): string | undefined =>
  typeof value === 'string' && PROTOCOL_VERSION.test(value) ? value : undefined;
const syntheticType = (value: unknown): SyntheticType | undefined =>
  SYNTHETIC_TYPES.find((name) => name === value);
const outcome = (text: string): Outcome | undefined => OUTCOMES.find((name) => name === text);

/**
 * Reads the members of one event and notes what is wrong with them. It is given each value, not the object: a member that
 * is read by its name in the source costs a tenth of one that is looked up by a variable.
 */
class MemberReader {
  readonly errors: string[] = [];
  readonly adjustments: Adjustment[] = [];

  /** A text that says something. */
  requiredText(name: string, value: unknown, maxBytes: number): string {
    const text = this.text(name, value, maxBytes) || null;
    return text ?? this.#missing(name);
  }

  /** A text that is there, and may be empty. */
  givenText(name: string, value: unknown, maxBytes: number): string {
    const text = this.text(name, value, maxBytes);
    return text ?? this.#missing(name);
  }

  text(name: string, value: unknown, maxBytes: number): string | null {
    const given = this.string(name, value);
    if (given === null) return null;
    const { text, cut } = fitText(given, maxBytes);
    if (cut) this.adjustments.push('text_cut');
    return text;
  }

  /** A text that requests can be asked for by: one that is empty says nothing. */
  name(name: string, value: unknown, maxBytes: number): string | null {
    return this.text(name, value, maxBytes) || null;
  }

  /**
   * The same, or a number written as one: Django's primary keys are integers. One that is larger than {@link MAX_ID_NUMBER} has lost digits
   * when it was read, and would be that of several users.
   */
  identifier(name: string, value: unknown, maxBytes: number): string | null {
    if (typeof value !== 'number') return this.name(name, value, maxBytes);
    return this.usable(value, (id) => (Math.abs(id) <= MAX_ID_NUMBER ? String(id) : undefined));
  }

  route(value: unknown): string | null {
    const route = this.name('route', value, TEXT_LIMITS.path);
    return route === null ? null : routeTemplate(route) || null;
  }

  string(name: string, value: unknown): string | null {
    return typeof value === 'string' ? value : this.#absent(name, value, 'string');
  }

  number(name: string, value: unknown): number | null {
    return typeof value === 'number' ? value : this.#absent(name, value, 'number');
  }

  flag(name: string, value: unknown): boolean | null {
    return typeof value === 'boolean' ? value : this.#absent(name, value, 'boolean');
  }

  usable<In, Out>(value: In | null, read: (value: In) => Out | undefined): Out | null {
    if (value === null) return null;
    const result = read(value);
    if (result === undefined) this.adjustments.push('value_out_of_range');
    return result ?? null;
  }

  time(value: string | null, { earliest, latest }: TimeWindow): number | null {
    const time = this.usable(value, parseRfc3339);
    if (time === null || (time >= earliest && time <= latest)) return time;
    this.adjustments.push('time_not_plausible');
    return null;
  }

  /** A member that older senders may have used for something else: whatever it is, the event is kept. */
  detail<Out>(value: unknown, read: (value: unknown) => Out | undefined): Out | null {
    return this.usable(value ?? null, read);
  }

  /**
   * Only a hash is stored. Django clients send the raw address when they could not fetch the key; keeping it would
   * break the promise that no address rests in the database.
   */
  sourceIp(sourceIp: unknown, remoteAddr: unknown): string | null {
    const given = sourceIp ?? null;
    const value =
      given === null ? this.string('remote_addr', remoteAddr) : this.string('source_ip', sourceIp);
    if (value === null || isHex(value, HEX_DIGITS.hash)) return value;
    this.adjustments.push('source_ip_not_hashed');
    return null;
  }

  customData(value: unknown): string {
    if (value === null || value === undefined) return '{}';
    if (!isJsonObject(value)) {
      this.errors.push('`custom_data` must be an object');
      return '{}';
    }
    const { json, dropped } = fitCustomData(value);
    if (dropped > 0) this.adjustments.push('metric_dropped');
    return json;
  }

  #missing(name: string): string {
    this.errors.push(`\`${name}\` is missing`);
    return '';
  }

  /** A member that is null or not there has no value; one of another type is an error. */
  #absent(name: string, value: unknown, type: string): null {
    if (value !== null && value !== undefined) this.errors.push(`\`${name}\` must be a ${type}`);
    return null;
  }
}
