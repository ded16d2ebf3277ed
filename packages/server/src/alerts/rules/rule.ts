import { createHash } from 'node:crypto';

import * as v from 'valibot';

/** What a rule looks at. */
export const MEASURES = [
  'error_rate',
  'p95_ms',
  'requests',
  'share',
  'silent_source',
  'new_error_type',
  'summary',
] as const;

/** What a rule looks at. */
export type Measure = (typeof MEASURES)[number];

/** Of what one value may have too large a share of the requests. */
export const SHARERS = ['source_ip', 'consumer', 'user_id', 'client_id'] as const;

const MAX_WORDS = 30;
const MAX_WINDOW_MINUTES = 1440;
const MAX_DESTINATIONS = 10;

/** A text that is shown: 1 to so many visible characters. */
export function labelSchema(max: number): v.GenericSchema<unknown, string> {
  const rule = `1 to ${max} visible characters`;
  return v.pipe(
    v.string(rule),
    v.check(
      (text) => text.trim() !== '' && text.length <= max && !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(text),
      rule,
    ),
    v.description(rule),
  );
}

function numberSchema(rule: string, min: number, max: number): v.GenericSchema<unknown, number> {
  return v.pipe(v.number(rule), v.minValue(min, rule), v.maxValue(max, rule), v.description(rule));
}

function integerSchema(rule: string, min: number, max: number): v.GenericSchema<unknown, number> {
  return v.pipe(numberSchema(rule, min, max), v.integer(rule));
}

function wordSchema<const T extends readonly string[]>(words: T): v.GenericSchema<unknown, T[number]> {
  const rule = `one of ${words.join(', ')}`;
  return v.pipe(v.picklist(words, rule), v.description(rule));
}

const FILTER_RULE = 'an object of words of the filter, such as {"client_id": "shop"}';

/** Words of the filter, with the values that they have in a query. */
const FILTER: v.GenericSchema<unknown, Readonly<Record<string, string>>> = v.pipe(
  v.custom<object>((value) => typeof value === 'object' && !Array.isArray(value), FILTER_RULE),
  v.record(v.string(), v.union([v.string(), v.number(), v.boolean()], FILTER_RULE), FILTER_RULE),
  v.check((words) => Object.keys(words).length <= MAX_WORDS, FILTER_RULE),
  v.transform((words) =>
    Object.fromEntries(Object.entries(words).map(([name, value]) => [name, String(value)])),
  ),
  v.description(FILTER_RULE),
);

/** A number to compare with. */
const LIMIT = numberSchema('a number from 0 to 1e15', 0, 1e15);

/** A rule, as it is sent, kept and written into a file. */
export interface Rule {
  readonly name: string;
  readonly measure: Measure;
  /** Words of the filter; none for all requests. */
  readonly filter: Readonly<Record<string, string>>;
  /** `share`: of what. Default `source_ip`. */
  readonly of?: (typeof SHARERS)[number] | undefined;
  /** Fires when the value is above it: a share of 0 to 1, milliseconds, requests, or minutes of silence. */
  readonly above?: number | undefined;
  /** Fires when there are fewer requests. */
  readonly below?: number | undefined;
  /** Recovers when the value is not beyond this one any more; without it, that is `above` or `below`. */
  readonly recover?: number | undefined;
  /** For so many windows without a break the condition must not hold before it recovers; see {@link recoverWindowsOf}. */
  readonly recover_windows?: number | undefined;
  /** Default 5. */
  readonly window_minutes: number;
  /** With fewer requests in the window nothing is judged; see {@link minRequestsOf}. Of `new_error_type`: so many of the type. */
  readonly min_requests?: number | undefined;
  /** So long after its end a window is looked at, for events arrive late. Default 30. */
  readonly delay_seconds: number;
  /** `summary`: when, in five fields of cron. */
  readonly schedule?: string | undefined;
  /** Of the schedule, such as `Europe/Berlin`. Default UTC. */
  readonly time_zone?: string | undefined;
  /** Ids of those who are told. */
  readonly destinations: readonly string[];
  /** Default false. */
  readonly paused: boolean;
}

/** The description of a {@link Rule}. */
export const RULE_SCHEMA: v.GenericSchema<unknown, Rule> = v.strictObject({
  name: labelSchema(100),
  measure: wordSchema(MEASURES),
  filter: v.optional(FILTER, {}),
  of: v.optional(wordSchema(SHARERS)),
  above: v.optional(LIMIT),
  below: v.optional(LIMIT),
  recover: v.optional(LIMIT),
  recover_windows: v.optional(integerSchema('an integer from 1 to 100', 1, 100)),
  window_minutes: v.optional(
    integerSchema(`an integer from 1 to ${MAX_WINDOW_MINUTES}`, 1, MAX_WINDOW_MINUTES),
    5,
  ),
  min_requests: v.optional(integerSchema('an integer from 0 to 1e9', 0, 1e9)),
  delay_seconds: v.optional(integerSchema('an integer from 0 to 3600', 0, 3600), 30),
  schedule: v.optional(labelSchema(100)),
  time_zone: v.optional(labelSchema(64)),
  destinations: v.optional(
    v.pipe(
      v.array(labelSchema(80), 'a list of ids of destinations'),
      v.maxLength(MAX_DESTINATIONS, `at most ${MAX_DESTINATIONS}`),
    ),
    [],
  ),
  paused: v.optional(v.boolean('true or false'), false),
});

/** What a rule says of its numbers where it says nothing. */
export function minRequestsOf({ measure, min_requests: given }: Rule): number {
  if (given !== undefined) return given;
  if (measure === 'new_error_type') return 1;
  return measure === 'requests' ? 0 : 20;
}

/** {@link RULE_SCHEMA}. Fewer where the value has to come back to another number first. */
export function recoverWindowsOf({ recover, recover_windows: given }: Rule): number {
  return given ?? (recover === undefined ? 2 : 1);
}

/** What a rule is about, as a text to compare: with another one, what was known of it is of no use. */
export function aboutOf({ measure, filter, of, schedule, time_zone: zone }: Rule): string {
  const text = JSON.stringify([measure, Object.entries(filter).sort(), of, schedule, zone]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Reads what must be as a description says. @returns a text where it is not: which member, and its rule */
export function readBy<T>(schema: v.GenericSchema<unknown, T>, value: unknown): T | string {
  if (Array.isArray(value)) return 'it must be an object';
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  if (path === null) return 'it must be an object';
  if (issue.type === 'strict_object' && issue.expected === 'never')
    return `there is no member \`${path.slice(0, 64)}\``;
  return issue.received === 'undefined' && /^(?:strict|loose)_object$/.test(issue.type)
    ? `\`${path}\` must be given`
    : `\`${path}\` must be ${issue.message}`;
}
