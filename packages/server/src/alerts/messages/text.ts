import { MINUTE_MILLIS } from '../../durations.ts';
import { formatTime } from '../../event/timestamps.ts';
import type { Transition } from '../rules/evaluation.ts';
import { GIVEN_UP_DAYS } from '../rules/measure.ts';
import type { Rule } from '../rules/rule.ts';
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
  const limit =
    rule.above === undefined ? `below ${shown(rule, rule.below ?? 0)}` : `above ${shown(rule, rule.above)}`;
  return `${NAMES[rule.measure]}${detail === undefined ? '' : ` (${rule.of ?? 'source_ip'} ${plain(detail)})`} is ${shown(rule, value)}, ${limit} ${window}`;
}

const NAMES = {
  error_rate: 'error rate',
  p95_ms: 'p95',
  requests: 'number of requests',
  share: 'largest share',
  summary: 'summary',
} as const;

/** A value with its unit. */
function shown({ measure }: Rule, value: number): string {
  if (measure === 'error_rate' || measure === 'share') return `${percent(value)} %`;
  return measure === 'p95_ms' ? `${Math.round(value)} ms` : String(value);
}

/** Two digits that count. */
function percent(share: number): number {
  return Number((share * 100).toPrecision(share < 0.1 ? 2 : 3));
}
