import { MINUTE_MILLIS } from '../../durations.ts';
import { formatTime } from '../../event/timestamps.ts';
import type { Transition } from '../rules/evaluation.ts';
import { GIVEN_UP_DAYS } from '../rules/measure.ts';
import type { Rule } from '../rules/rule.ts';
import { MOST_DIGITS, percent } from './percent.ts';
import { plain } from './plain.ts';

/** What happened to a rule, in one sentence for a person. */
export function textOf(rule: Rule, transition: Transition, until: number): string {
  const { subject, to, value, since } = transition;
  const about = subject === '' ? rule.name : `${rule.name} (${plain(subject)})`;
  if (to === 'firing') return `${about}: ${whatOf(rule, transition, until)}`;
  if (to === 'ended')
    return `${about}: gone, or silent for ${GIVEN_UP_DAYS} days, and not looked at any more`;
  const minutes = Math.max(0, Math.round((until - since) / MINUTE_MILLIS));
  const now = value === undefined || rule.measure === 'silent_source' ? '' : `, now ${shown(rule, value)}`;
  return `${about}: resolved after ${minutes} min${now}`;
}

function whatOf(rule: Rule, { subject, value = 0, detail }: Transition, until: number): string {
  if (rule.measure === 'silent_source') return `nothing from ${plain(subject)} for ${value} min`;
  const window = `in the ${rule.window_minutes} min until ${formatTime(until).slice(11, 16)} UTC`;
  if (rule.measure === 'new_error_type')
    return `error type ${plain(subject)} is new, ${value} requests ${window}`;
  const limit = rule.above ?? rule.below ?? 0;
  const side = rule.above === undefined ? 'below' : 'above';
  const whom = detail === undefined ? '' : ` (${rule.of ?? 'source_ip'} ${plain(detail)})`;
  const digits = digitsApart(rule, value, limit);
  return `${NAMES[rule.measure]}${whom} is ${shown(rule, value, digits)}, ${side} ${shown(rule, limit)} ${window}`;
}

/** Digits more than a value is usually shown with: so many that it does not look like the limit that it is beyond. */
function digitsApart(rule: Rule, value: number, limit: number): number {
  let more = 0;
  while (more < MOST_DIGITS && shown(rule, value, more) === shown(rule, limit)) more += 1;
  return more;
}

const NAMES = {
  error_rate: 'error rate',
  p95_ms: 'p95',
  requests: 'number of requests',
  share: 'largest share',
  summary: 'summary',
} as const;

/** A value with its unit. @param more - digits, than usual */
function shown({ measure }: Rule, value: number, more = 0): string {
  if (measure === 'error_rate' || measure === 'share') return `${percent(value, more)} %`;
  return measure === 'p95_ms' ? `${Number(value.toFixed(more))} ms` : String(value);
}
