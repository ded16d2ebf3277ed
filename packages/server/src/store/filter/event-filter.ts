import type { Outcome, SyntheticType } from '../../event/event.ts';

/** Numbers, both ends included; an end that is not given is open. */
export interface NumberSpan {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Which custom metric an event must have, with a value other than null, and what that must be. */
export interface MetricCondition extends NumberSpan {
  readonly name: string;
  /** The text that it is, or the number or boolean that it is when it is written so. */
  readonly equals?: string | undefined;
}

/**
 * Which events are meant: those of which everything that is given holds. The same for every question. Times are milliseconds
 * since the epoch, half-open, on `eventTime`.
 */
export interface EventFilter {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly clientId?: string | undefined;
  readonly method?: string | undefined;
  /** The name under which the endpoint is listed: the route or, without one, `(no route)`, `(other)`, a template such as `~/users/:id`, or the path. */
  readonly endpoint?: string | undefined;
  /** A part of that name, in any case. */
  readonly endpointPart?: string | undefined;
  /** The path, whether there is a route or not. */
  readonly path?: string | undefined;
  /** Status codes, both ends included; `none`: no status, or one below 200. */
  readonly status?: { readonly from: number; readonly to: number } | 'none' | undefined;
  /** `null`: without an outcome. */
  readonly outcome?: Outcome | null | undefined;
  /** Whether it counts as an error. */
  readonly failed?: boolean | undefined;
  /** `null`: without one. */
  readonly errorType?: string | null | undefined;
  /** How the pseudonym of the client begins: 1 to 64 hex digits, in lower case. */
  readonly client?: string | undefined;
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
  /** 32 hex digits, in lower case. */
  readonly traceId?: string | undefined;
  /** What asked without being a person: one kind, `any` of them, or `none`. */
  readonly synthetic?: SyntheticType | 'any' | 'none' | undefined;
  /** `service.version` of what served it. */
  readonly release?: string | undefined;
  /** `deployment.environment.name`, likewise. */
  readonly environment?: string | undefined;
  /** Whole pseudonym. */
  readonly consumer?: string | undefined;
  readonly consumerGroup?: string | undefined;
  /** Milliseconds. It must be known, also where both ends are open. */
  readonly latency?: NumberSpan | undefined;
  readonly metric?: MetricCondition | undefined;
  /** Those that a store has put aside for a question, of which everything else holds. Never asked for from outside. */
  readonly isPutAside?: true | undefined;
}

/** What tells whether an event is meant: the keys of aggregates, or only the event itself. */
const TOLD_BY: Readonly<Record<keyof EventFilter, 'keys' | 'event'>> = {
  since: 'keys',
  until: 'keys',
  clientId: 'keys',
  method: 'keys',
  endpoint: 'keys',
  endpointPart: 'keys',
  path: 'event',
  status: 'event',
  outcome: 'event',
  failed: 'event',
  errorType: 'event',
  client: 'event',
  userId: 'event',
  sessionId: 'event',
  traceId: 'event',
  synthetic: 'keys',
  release: 'keys',
  environment: 'keys',
  consumer: 'event',
  consumerGroup: 'event',
  latency: 'event',
  metric: 'event',
  isPutAside: 'event',
};

const OF_EVENTS = (Object.keys(TOLD_BY) as (keyof EventFilter)[]).filter((name) => TOLD_BY[name] === 'event');

/** Whether aggregates tell what is meant: they are kept by client id, method, endpoint, release, environment and synthetic type. */
export function isToldByKeys(filter: EventFilter): boolean {
  return OF_EVENTS.every((name) => filter[name] === undefined);
}

const OF_ENDPOINTS: ReadonlySet<string> = new Set([
  'since',
  'until',
  'clientId',
  'method',
  'endpoint',
  'endpointPart',
]);

/** Whether aggregates that are kept by client id, method and endpoint alone tell what is meant. */
export function isToldByEndpoints(filter: EventFilter): boolean {
  return Object.entries(filter).every(
    ([name, value]) => value === undefined || !(name in TOLD_BY) || OF_ENDPOINTS.has(name),
  );
}

/** Whether it is about what servers did not tell that kept aggregates by client id, method and endpoint alone. */
export function isAboutOrigin({ release, environment, synthetic }: EventFilter): boolean {
  return release !== undefined || environment !== undefined || synthetic !== undefined;
}

const NOTHING_BUT_TIME: EventFilter = Object.fromEntries(
  Object.keys(TOLD_BY)
    .filter((name) => name !== 'since' && name !== 'until')
    .map((name) => [name, undefined]),
);

/** A question about events that have been put aside with its filter, of which the time alone is left to tell. */
export function ofPutAside<Q extends EventFilter>(query: Q): Q {
  return { ...query, ...NOTHING_BUT_TIME, isPutAside: true };
}

/** Whether rows that hold all endpoints of a client id together tell it. */
export function isOfAllEndpoints({ method, endpoint, endpointPart }: EventFilter): boolean {
  return method === undefined && endpoint === undefined && endpointPart === undefined;
}

/** The first and the last pseudonym that begin so; as texts and as bytes, all others lie outside. */
export function pseudonymsFrom(prefix: string): { readonly first: string; readonly last: string } {
  return { first: prefix.padEnd(64, '0'), last: prefix.padEnd(64, 'f') };
}

/** The number that a text is as JSON writes it. */
export function numberIn(text: string): number | undefined {
  const isNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text);
  return isNumber && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

/**
 * Texts of which one is in `customData` where a condition on a metric holds: it is JSON as `JSON.stringify` writes it, so there is one way
 * only to write a member. To search for a text is much quicker than to parse. Where members of members cannot be meant, nor what is
 * escaped, the texts of what it equals tell that it does.
 */
export function metricTexts({ name, equals }: MetricCondition): readonly string[] {
  const key = `${JSON.stringify(name)}:`;
  if (equals === undefined) return [key];
  const number = numberIn(equals);
  return [
    key + JSON.stringify(equals),
    ...(equals === 'true' || equals === 'false' ? [key + equals] : []),
    // Others begin with its digits.
    ...(number === undefined ? [] : [',', '}'].map((end) => key + JSON.stringify(number) + end)),
  ];
}
