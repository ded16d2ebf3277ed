import { DAY_MILLIS, MINUTE_MILLIS } from '../../durations.ts';
import { isHex } from '../../event/hex-text.ts';
import type { Analytics, RequestTotals } from '../../store/questions/analytics.ts';
import type { EventFilter } from '../../store/filter/event-filter.ts';
import { silenceOf } from '../../store/questions/source-list.ts';
import type { ValueCount } from '../../store/questions/value-list.ts';
import { MAX_FIRING, type Reading, type RuleState } from './evaluation.ts';
import { minRequestsOf, type Rule } from './rule.ts';

/** An application that is silent for longer is in use no more, and nobody is told of it. */
export const GIVEN_UP_DAYS = 7;

/** A type of error that was not seen for so long is new again. */
export const KNOWN_DAYS = 7;

/** Most applications that one rule looks at: those that were heard of last, so there must be room for silent ones behind them. */
const MAX_APPLICATIONS = 10_000;

/** Most types of errors that one rule looks at. */
const MAX_TYPES = 1000;

/** Most types that are known; of more, those that were seen last. */
const MAX_KNOWN = 2000;

/** So much of a pseudonym says which client is meant, here and as a filter, and is of no use to others. */
const PSEUDONYM_DIGITS = 12;

/** Those that pseudonyms of our own have. */
const HASH_DIGITS = 64;

/** What a rule is measured by. */
export interface Measuring {
  readonly analytics: Pick<Analytics, 'totals' | 'values' | 'applications'>;
  /** What the rule's filter means. */
  readonly filter: EventFilter;
  /** The window, milliseconds since the epoch. */
  readonly since: number;
  readonly until: number;
  /** Types of errors, by when they were seen last. */
  readonly known: Readonly<Record<string, number>> | undefined;
  /** What fires already, by subject. */
  readonly firing: RuleState['firing'];
}

/** What was found. */
export interface Measured {
  readonly readings: readonly Reading[];
  /** As {@link Measuring.known}, afterwards. */
  readonly known?: Readonly<Record<string, number>> | undefined;
}

/** Asks the store what a rule is about. A summary is about nothing. */
export async function measure(rule: Rule, measuring: Measuring): Promise<Measured> {
  if (rule.measure === 'silent_source') return { readings: await silences(measuring) };
  if (rule.measure === 'new_error_type') return newErrorTypes(rule, measuring);
  if (rule.measure === 'share') return { readings: [await largestShare(rule, measuring)] };
  if (rule.measure === 'summary') return { readings: [] };
  const totals = await totalsOf(measuring);
  const isEnough = totals.requests >= minRequestsOf(rule);
  return { readings: [{ subject: '', value: isEnough ? valueOf(rule, totals) : undefined }] };
}

function valueOf({ measure: name }: Rule, { requests, errors, latency }: RequestTotals): number | undefined {
  if (name === 'requests') return requests;
  if (name === 'p95_ms') return latency.p95 ?? undefined;
  return requests === 0 ? undefined : errors / requests;
}

function totalsOf({ analytics, filter, since, until }: Measuring): Promise<RequestTotals> {
  return analytics.totals({ ...filter, since, until });
}

async function largestShare(rule: Rule, measuring: Measuring): Promise<Reading> {
  const { analytics, filter, since, until } = measuring;
  const { requests } = await totalsOf(measuring);
  const of = rule.of ?? 'source_ip';
  const {
    values: [largest],
  } = await analytics.values({ ...filter, since, until, of, limit: 1 });
  if (largest === undefined || requests < Math.max(1, minRequestsOf(rule)))
    return { subject: '', value: undefined };
  // Counted a moment later, it may be more than all of before.
  const value = Math.min(1, largest.requests / requests);
  return { subject: '', value, detail: namedAs(of, largest.value) };
}

/** What messages call the one that has the largest share. What somebody sent in the place of a pseudonym may be a name, and stays here. */
function namedAs(of: NonNullable<Rule['of']>, value: string): string | undefined {
  if (of === 'source_ip') return value.slice(0, PSEUDONYM_DIGITS);
  return of === 'client_id' || isHex(value, HASH_DIGITS) ? value : undefined;
}

async function silences({ analytics, filter, until, firing }: Measuring): Promise<readonly Reading[]> {
  const { clientId } = filter;
  const first = Object.keys(firing);
  const { rows } = await analytics.applications({ clientId, first, limit: MAX_APPLICATIONS });
  return rows
    .map((row) => ({ subject: row.clientId, millis: silenceOf(row, until) }))
    .filter(({ millis }) => millis <= GIVEN_UP_DAYS * DAY_MILLIS)
    .map(({ subject, millis }) => ({ subject, value: Math.floor(millis / MINUTE_MILLIS) }));
}

/**
 * A type is new when it was not seen in the days before the window, and then for the length of a window: so many messages there are at most,
 * whatever an application calls its errors.
 */
async function newErrorTypes(rule: Rule, measuring: Measuring): Promise<Measured> {
  const { analytics, filter, since, until, firing } = measuring;
  const known = measuring.known ?? (await typesBefore(measuring));
  const { values: found } = await analytics.values({
    ...filter,
    since,
    until,
    of: 'error_type',
    limit: MAX_TYPES,
  });
  const isYoung = (type: string): boolean => until - (firing[type]?.since ?? 0) < until - since;
  const isKnown = (type: string): boolean => Object.hasOwn(known, type);
  const isNew = ({ value, requests }: ValueCount): boolean =>
    !isKnown(value) && requests >= minRequestsOf(rule);
  // What nobody can be told of now is told later, and is not known before.
  const room = Math.max(0, MAX_FIRING - found.filter((each) => isYoung(each.value)).length);
  const fresh = found.filter(isNew).slice(0, room);
  const seen = [...found.filter((each) => isKnown(each.value)), ...fresh];
  const kept = Object.entries(known).filter(([, last]) => last > until - KNOWN_DAYS * DAY_MILLIS);
  const next = new Map([...kept, ...seen.map(({ value }) => [value, until] as const)]);
  return {
    readings: [...found.filter((each) => isYoung(each.value)), ...fresh].map(({ value, requests }) => ({
      subject: value,
      value: requests,
    })),
    known: Object.fromEntries([...next].sort(([, a], [, b]) => b - a).slice(0, MAX_KNOWN)),
  };
}

async function typesBefore({
  analytics,
  filter,
  since,
}: Measuring): Promise<Readonly<Record<string, number>>> {
  const range = { since: Math.max(0, since - KNOWN_DAYS * DAY_MILLIS), until: since };
  const { values } = await analytics.values({
    ...filter,
    ...range,
    of: 'error_type',
    limit: MAX_TYPES,
  });
  return Object.fromEntries(values.map(({ value }) => [value, since]));
}
