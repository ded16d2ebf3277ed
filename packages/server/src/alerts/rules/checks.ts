import { DAY_MILLIS, MINUTE_MILLIS } from '../../durations.ts';
import { GIVEN_UP_DAYS } from './measure.ts';
import { readBy, RULE_SCHEMA, type Measure, type Rule } from './rule.ts';
import { scheduleProblem } from './schedule.ts';

/** What a rule of each measure must have, and what it may have beside what every rule may. */
const MEMBERS: Readonly<
  Record<Measure, { readonly must: readonly Member[]; readonly may: readonly Member[] }>
> = {
  error_rate: { must: ['above'], may: ['recover', 'recover_windows', 'min_requests'] },
  p95_ms: { must: ['above'], may: ['recover', 'recover_windows', 'min_requests'] },
  requests: { must: [], may: ['above', 'below', 'recover', 'recover_windows'] },
  share: { must: ['above'], may: ['of', 'recover', 'recover_windows', 'min_requests'] },
  silent_source: { must: ['above'], may: [] },
  new_error_type: { must: [], may: ['min_requests'] },
  summary: { must: ['schedule'], may: ['time_zone'] },
};

const OPTIONAL = [
  'above',
  'below',
  'recover',
  'recover_windows',
  'min_requests',
  'of',
  'schedule',
  'time_zone',
] as const;
type Member = (typeof OPTIONAL)[number];

/** Shares are from 0 to 1. */
const OF_SHARES: ReadonlySet<Measure> = new Set(['error_rate', 'share']);

/** From so many minutes on, what is silent is in use no more. */
const GIVEN_UP_MINUTES = (GIVEN_UP_DAYS * DAY_MILLIS) / MINUTE_MILLIS;

/** Reads a rule that somebody wants from now on: also one that can never fire is refused. @returns the rule that is broken, as text */
export function parseNewRule(value: unknown): Rule | string {
  const rule = parseRule(value);
  return typeof rule === 'string' ? rule : (neverFires(rule) ?? rule);
}

/** Who writes 1 for one per cent believes that something is watched. */
function neverFires({ measure, above, below }: Rule): string | undefined {
  if (OF_SHARES.has(measure) && above === 1) return '`above` must be less than everything, or it never fires';
  if (measure === 'silent_source' && (above ?? 0) >= GIVEN_UP_MINUTES)
    return `\`above\` must be less than ${GIVEN_UP_DAYS} days (${GIVEN_UP_MINUTES}): what is silent for longer is looked at no more`;
  return below === 0 ? '`below` must be more than 0, or it never fires' : undefined;
}

/** Reads a rule, as one is kept. @returns the rule that is broken, as text */
export function parseRule(value: unknown): Rule | string {
  const rule = readBy(RULE_SCHEMA, value);
  return typeof rule === 'string' ? rule : (problemOf(rule) ?? rule);
}

function problemOf(rule: Rule): string | undefined {
  const { measure } = rule;
  const { must, may } = MEMBERS[measure];
  const missing = must.find((name) => rule[name] === undefined);
  if (missing !== undefined) return `\`${missing}\` must be given for ${measure}`;
  const strange = OPTIONAL.find((name) => rule[name] !== undefined && ![...must, ...may].includes(name));
  if (strange !== undefined) return `\`${strange}\` does not go with ${measure}`;
  return (
    limitProblem(rule) ??
    (rule.schedule === undefined ? sourceProblem(rule) : scheduleProblem(rule.schedule, rule.time_zone))
  );
}

function limitProblem({ measure, above, below, recover }: Rule): string | undefined {
  if (measure === 'requests' && (above === undefined) === (below === undefined))
    return 'either `above` or `below` must be given for requests';
  if (OF_SHARES.has(measure) && (above ?? 0) > 1) return '`above` must be a share from 0 to 1';
  if (recover === undefined) return undefined;
  if (above !== undefined && recover > above) return '`recover` must not be above `above`';
  if (below !== undefined && recover < below) return '`recover` must not be below `below`';
  return undefined;
}

/** Silence is known of applications, and of nothing smaller. */
function sourceProblem({ measure, filter }: Rule): string | undefined {
  const other = Object.keys(filter).find((name) => name !== 'client_id');
  return measure === 'silent_source' && other !== undefined
    ? '`filter` may have `client_id` only for silent_source'
    : undefined;
}
