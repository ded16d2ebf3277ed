import { decimal, duration, exactCount, share } from '../format.ts';
import type { RuleBody } from './alert-types.ts';

/** What can be watched: its name, the unit that its limit is written in, and how many of these are one of the server's. */
interface Choice {
  readonly label: string;
  readonly measure: string;
  readonly side: 'above' | 'below' | undefined;
  readonly unit: string;
  readonly factor: number;
  readonly limit: string;
}

/** What is watched, by its name in a form. */
export type Watched = 'error_rate' | 'p95' | 'more' | 'fewer' | 'share' | 'silent' | 'new' | 'summary';

/** All that can be watched. */
export const CHOICES: Readonly<Record<Watched, Choice>> = {
  error_rate: {
    label: 'Error rate above',
    measure: 'error_rate',
    side: 'above',
    unit: '%',
    factor: 100,
    limit: '5',
  },
  p95: {
    label: '95th percentile above',
    measure: 'p95_ms',
    side: 'above',
    unit: 'ms',
    factor: 1,
    limit: '1000',
  },
  more: {
    label: 'Requests above',
    measure: 'requests',
    side: 'above',
    unit: 'requests',
    factor: 1,
    limit: '10000',
  },
  fewer: {
    label: 'Requests below',
    measure: 'requests',
    side: 'below',
    unit: 'requests',
    factor: 1,
    limit: '1',
  },
  share: {
    label: 'Share of one client above',
    measure: 'share',
    side: 'above',
    unit: '%',
    factor: 100,
    limit: '50',
  },
  silent: {
    label: 'Application silent for',
    measure: 'silent_source',
    side: 'above',
    unit: 'min',
    factor: 1,
    limit: '15',
  },
  new: {
    label: 'New type of error',
    measure: 'new_error_type',
    side: undefined,
    unit: '',
    factor: 1,
    limit: '',
  },
  summary: {
    label: 'Summary of the week',
    measure: 'summary',
    side: undefined,
    unit: '',
    factor: 1,
    limit: '',
  },
};

/** A rule as it is being written. */
export interface RuleDraft {
  readonly watched: Watched;
  readonly name: string;
  readonly limit: string;
  /** Empty: as the limit. */
  readonly recover: string;
  readonly windowMinutes: string;
  readonly schedule: string;
  readonly timeZone: string;
  /** Empty, as the three below: what the server takes by itself. */
  readonly minRequests: string;
  readonly recoverWindows: string;
  readonly delaySeconds: string;
  /** Of what one value has too large a share. */
  readonly of: string;
  readonly destinations: readonly string[];
  readonly paused: boolean;
}

/** Of what one value may have too large a share of the requests. */
export const SHARERS: Readonly<Record<string, string>> = {
  source_ip: 'client',
  consumer: 'consumer',
  user_id: 'user',
  client_id: 'application',
};

/** What a rule without them has. */
const NOTHING_MORE = { minRequests: '', recoverWindows: '', of: '' };

/** An empty form. */
export function newDraft(timeZone: string): RuleDraft {
  return {
    watched: 'error_rate',
    name: '',
    limit: CHOICES.error_rate.limit,
    recover: '',
    windowMinutes: '5',
    schedule: '0 8 * * 1',
    timeZone,
    ...NOTHING_MORE,
    delaySeconds: '',
    destinations: [],
    paused: false,
  };
}

/** The form of a rule that there is. */
export function draftOf(rule: RuleBody): RuleDraft {
  const { measure, above, below, recover } = rule;
  const watched = watchedOf(measure, below !== undefined);
  const { factor } = CHOICES[watched];
  const text = (value: number | undefined): string =>
    textOf(value === undefined ? value : tidy(value * factor));
  return {
    watched,
    name: rule.name,
    limit: text(above ?? below),
    recover: text(recover),
    windowMinutes: String(rule.window_minutes),
    schedule: rule.schedule ?? '',
    timeZone: rule.time_zone ?? '',
    minRequests: textOf(rule.min_requests),
    recoverWindows: textOf(rule.recover_windows),
    delaySeconds: textOf(rule.delay_seconds),
    of: rule.of ?? '',
    destinations: rule.destinations,
    paused: rule.paused,
  };
}

/** The rule that a form means. */
export function ruleOf(draft: RuleDraft, filter: RuleBody['filter']): RuleBody {
  const { watched, name, destinations, paused } = draft;
  const { measure, side, factor } = CHOICES[watched];
  const isSummary = watched === 'summary';
  const limitIn = (text: string): number | undefined => {
    const value = numberIn(text);
    return value === undefined ? undefined : tidy(value / factor);
  };
  return {
    name: name.trim(),
    measure,
    filter: watched === 'silent' ? onlyClient(filter) : filter,
    window_minutes: Number(draft.windowMinutes),
    destinations,
    delay_seconds: numberIn(draft.delaySeconds),
    paused,
    ...(side !== undefined && { [side]: limitIn(draft.limit) }),
    ...(hasRecovery(watched) && {
      recover: limitIn(draft.recover),
      recover_windows: numberIn(draft.recoverWindows),
    }),
    ...(hasMinimum(watched) && { min_requests: numberIn(draft.minRequests) }),
    ...(watched === 'share' && { of: draft.of || undefined }),
    ...(isSummary && { schedule: draft.schedule.trim(), time_zone: draft.timeZone.trim() || undefined }),
  };
}

/** The draft with something else to watch. */
export function watching(draft: RuleDraft, watched: Watched): RuleDraft {
  return { ...draft, ...NOTHING_MORE, watched, limit: CHOICES[watched].limit, recover: '' };
}

/** Whether nothing is judged of too few requests. */
export function hasMinimum(watched: Watched): boolean {
  return watched === 'error_rate' || watched === 'p95' || watched === 'share' || watched === 'new';
}

/** Whether there is a second limit, at which it recovers. */
export function hasRecovery(watched: Watched): boolean {
  return CHOICES[watched].side !== undefined && watched !== 'silent';
}

/** What a rule watches, in words. */
export function conditionText(rule: RuleBody): string {
  const watched = watchedOf(rule.measure, rule.below !== undefined);
  const { label } = CHOICES[watched];
  const limit = rule.above ?? rule.below;
  if (limit !== undefined) return `${label} ${valueText(rule.measure, limit)}`;
  return watched === 'summary' ? `${label}, ${rule.schedule ?? ''} ${rule.time_zone ?? 'UTC'}` : label;
}

/** A value of a measure with its unit. */
export function valueText(measure: string, value: number): string {
  if (measure === 'error_rate' || measure === 'share') return share(value, 1);
  if (measure === 'p95_ms') return duration(value);
  if (measure === 'silent_source') return `${decimal(value)} min`;
  return exactCount(value);
}

function watchedOf(measure: string, isBelow: boolean): Watched {
  const names = Object.keys(CHOICES) as Watched[];
  const fits = (name: Watched): boolean =>
    CHOICES[name].measure === measure && (CHOICES[name].side === 'below') === isBelow;
  return names.find(fits) ?? 'error_rate';
}

function onlyClient({ client_id: id }: RuleBody['filter']): RuleBody['filter'] {
  return id === undefined ? {} : { client_id: id };
}

function textOf(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}

function numberIn(text: string): number | undefined {
  return text.trim() === '' ? undefined : Number(text);
}

/** Without the digits that a multiplication makes up. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}
