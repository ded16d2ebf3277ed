import { HOUR_MILLIS, MINUTE_MILLIS, SECOND_MILLIS } from '../../durations.ts';
import { aboutOf, recoverWindowsOf, type Rule } from './rule.ts';

/** What was found of one of the things that a rule looks at. */
export interface Reading {
  /** An application, or a type of error; empty where the rule is about all requests together. */
  readonly subject: string;
  /** `undefined`: too few requests to judge. */
  readonly value: number | undefined;
  /** Whom the value is of, such as the busiest client. */
  readonly detail?: string | undefined;
}

/** Something that fires. */
interface Firing {
  /** End of the window that it was found in; instants are milliseconds since the epoch. */
  readonly since: number;
  /** End of the first of the windows without a break in which it did not hold. */
  readonly calmSince?: number | undefined;
  readonly value: number;
}

/** What is known of a rule. */
export interface RuleState {
  /** Some server looks at windows up to this end, or has. */
  readonly claimedTo: number;
  /** End of the newest window that was looked at; 0: of none. */
  readonly evaluatedTo: number;
  /** By subject. */
  readonly firing: Readonly<Record<string, Firing>>;
  /** Types of errors, by when they were seen last; `undefined` before that was asked. */
  readonly known?: Readonly<Record<string, number>> | undefined;
  /** What it is known about ({@link aboutOf}). */
  readonly about?: string | undefined;
  /** Before that, nobody was there to receive anything for a while; `undefined`: nothing is known of that. */
  readonly watchedSince?: number | undefined;
}

/** Nothing is known. */
export const NEW_STATE: RuleState = Object.freeze({ claimedTo: 0, evaluatedTo: 0, firing: {} });

/** Longer than a server takes for all rules, and longer than one that is started anew is away. */
const ALONE_MILLIS = 3 * MINUTE_MILLIS;

/** Of a window that is shorter, the next look may be so much later: so long a server with very many rules takes for all of them. */
const GAP_MILLIS = 5 * MINUTE_MILLIS;

/** Further ahead than clocks of servers are apart: it was kept by a clock that has been set back since. */
export const APART_MILLIS: number = 5 * MINUTE_MILLIS;

/** The same of a summary, which is not sent twice where it came a moment before the clock was set back. */
const SUMMARY_AHEAD_MILLIS = HOUR_MILLIS;

/**
 * What is known of a rule, of what was kept. Of another thing than the rule is about now, nothing is.
 *
 * @param now - milliseconds since the epoch
 */
export function knownOf(rule: Rule, kept: RuleState | undefined, now: number): RuleState {
  const known = { about: aboutOf(rule) };
  if (kept === undefined) return { ...NEW_STATE, ...known };
  const isOther = kept.about !== undefined && kept.about !== known.about;
  if (isAhead(rule, kept, now)) {
    const isAnew = isOther || rule.measure === 'summary';
    return { ...(isAnew ? NEW_STATE : setBack(kept, now)), ...known };
  }
  return isOther ? { ...NEW_STATE, ...known, claimedTo: kept.claimedTo } : { ...kept, ...known };
}

/** Whether it was kept by a clock that was, or is, further ahead than those of servers may be apart. */
export function isAhead({ measure }: Rule, { claimedTo }: RuleState, now: number): boolean {
  return claimedTo > now + (measure === 'summary' ? SUMMARY_AHEAD_MILLIS : APART_MILLIS);
}

/** What a clock that was ahead has left: what fires and what is known stay, and no window was looked at. */
function setBack({ firing, known }: RuleState, now: number): RuleState {
  const still = Object.entries(firing).map(
    ([subject, { since, value }]) => [subject, { since: Math.min(since, now), value }] as const,
  );
  return {
    ...NEW_STATE,
    firing: Object.fromEntries(still),
    known:
      known &&
      Object.fromEntries(Object.entries(known).map(([type, last]) => [type, Math.min(last, now)] as const)),
  };
}

/**
 * What is known of a rule by a server that has begun to receive; where no other one has looked at it shortly before, or ever, nobody was
 * there as far as anybody can tell.
 *
 * @param listeningSince - when it began, milliseconds since the epoch
 */
export function watchedBy(rule: Rule, state: RuleState, listeningSince: number): RuleState {
  const lookedAt = state.evaluatedTo + rule.delay_seconds * SECOND_MILLIS;
  return lookedAt < listeningSince - ALONE_MILLIS ? { ...state, watchedSince: listeningSince } : state;
}

/** What a rule may come to. `ended`: what it was about is gone; nobody is told. */
type Outcome = 'firing' | 'resolved' | 'ended';

/** A change of what fires. */
export interface Transition {
  readonly subject: string;
  readonly to: Outcome;
  readonly value: number | undefined;
  readonly detail?: string | undefined;
  /** When it began to fire. */
  readonly since: number;
}

/** Most subjects of one rule that fire at once: no list of names makes a flood of messages. */
export const MAX_FIRING = 50;

/**
 * What the readings of a window make of what was known.
 *
 * @param until - end of the window, milliseconds since the epoch
 */
export function evaluate(
  rule: Rule,
  state: RuleState,
  readings: readonly Reading[],
  until: number,
): { readonly state: RuleState; readonly transitions: readonly Transition[] } {
  // Not an object: a subject may be called `__proto__`.
  const firing = new Map<string, Firing>();
  const transitions: Transition[] = [];
  const bySubject = new Map(readings.map((each) => [each.subject, each]));
  for (const [subject, before] of Object.entries(state.firing)) {
    const next = nextOf(rule, state, before, bySubject.get(subject), until);
    if (typeof next === 'object') firing.set(subject, next);
    else transitions.push({ ...about(bySubject.get(subject), subject), to: next, since: before.since });
  }
  for (const reading of readings) {
    const { subject, value } = reading;
    const isNew =
      !Object.hasOwn(state.firing, subject) && isBeyond(rule, value) && canTell(rule, state, until);
    if (!isNew || value === undefined || firing.size >= MAX_FIRING) continue;
    firing.set(subject, { since: until, value });
    transitions.push({ ...about(reading, subject), to: 'firing', since: until });
  }
  return { state: { ...state, evaluatedTo: until, firing: Object.fromEntries(firing) }, transitions };
}

function about(reading: Reading | undefined, subject: string): Omit<Transition, 'to' | 'since'> {
  return { subject, value: reading?.value, detail: reading?.detail };
}

/** What becomes of something that fires. */
function nextOf(
  rule: Rule,
  { evaluatedTo }: RuleState,
  before: Firing,
  reading: Reading | undefined,
  until: number,
): Firing | 'resolved' | 'ended' {
  if (reading === undefined) return 'ended';
  const value = reading.value ?? before.value;
  if (!isCalm(rule, reading.value)) return { since: before.since, value };
  const windowMillis = rule.window_minutes * MINUTE_MILLIS;
  // Nobody knows how it was while nobody looked.
  const isUnbroken = until - evaluatedTo <= Math.max(windowMillis, GAP_MILLIS);
  const calmSince = (isUnbroken ? before.calmSince : undefined) ?? until;
  const isLong = until - calmSince >= (recoverWindowsOf(rule) - 1) * windowMillis;
  return rule.measure === 'silent_source' || isLong ? 'resolved' : { since: before.since, calmSince, value };
}

/** That something did not come says nothing of a time in which nobody was there to receive it. */
function canTell(rule: Rule, { watchedSince = -Infinity }: RuleState, until: number): boolean {
  const { measure, above = 0, below, window_minutes: window } = rule;
  const minutes = measure === 'silent_source' ? above : below === undefined ? 0 : window;
  return until - watchedSince >= minutes * MINUTE_MILLIS;
}

/** Whether a value is one to fire at. */
function isBeyond({ above, below, measure }: Rule, value: number | undefined): boolean {
  if (value === undefined) return false;
  if (measure === 'new_error_type') return true;
  return above === undefined ? below !== undefined && value < below : value > above;
}

/** Whether a value is one to recover at. Too few requests to judge are none to complain of. */
function isCalm(rule: Rule, value: number | undefined): boolean {
  const { above, below, recover } = rule;
  if (value === undefined) return true;
  return !isBeyond(
    recover === undefined
      ? rule
      : {
          ...rule,
          above: above === undefined ? undefined : recover,
          below: below === undefined ? undefined : recover,
        },
    value,
  );
}
