import { nameOf, statusClass, timeOf, type Exported } from './exported.js';
import type { Filter, Range } from './filter.js';
import { questionOf, type Question } from './question.js';
import { pick, type Random } from './random-traffic.js';

const HOUR = 3_600_000;

type Condition = (event: Exported, random: Random) => Record<string, string | null>;

/** Parts of filters that leave an event in, and many others; `null` is left out. These are of what aggregates are kept by. */
const OF_KEYS: readonly Condition[] = [
  (event) => ({ client_id: event.client_id }),
  ({ method }) => ({ method }),
  (event) => ({ endpoint: nameOf(event) }),
  (event, random) => ({ endpoint_contains: partOf(nameOf(event), random).toUpperCase() }),
  (event, random) => ({ synthetic: pick(random, ['any', event.user_agent_synthetic_type ?? 'none']) }),
  (event) => ({ release: event.service_version }),
  (event) => ({ environment: event.deployment_environment }),
];

/** All of them. */
const CONDITIONS: readonly Condition[] = [
  ...OF_KEYS,
  ({ endpoint }) => ({ path: endpoint }),
  (event) => ({ status: statusClass(event) }),
  (event) => ({ status: event.status_code === null ? 'none' : String(event.status_code) }),
  ({ outcome }) => ({ outcome: outcome ?? 'none' }),
  (_, random) => ({ failed: pick(random, ['true', 'false']) }),
  (event) => ({ error_type: event.error_type }),
  (event, random) => ({ source_ip: event.source_ip?.slice(0, pick(random, [1, 2, 16, 20, 64])) ?? null }),
  (event) => ({ user_id: event.user_id }),
  (event) => ({ session_id: event.session_id }),
  (event, random) => ({ trace_id: random() < 0.2 ? event.trace_id : null }),
  ({ consumer }) => ({ consumer }),
  (event) => ({ consumer_group: event.consumer_group }),
  ({ latency_ms: latency }, random) =>
    latency === null
      ? {}
      : {
          latency_ms_min: random() < 0.7 ? (latency * random()).toFixed(3) : null,
          latency_ms_max: random() < 0.7 ? (latency * (1 + 5 * random())).toFixed(3) : null,
        },
  (event, random) => metricOf(event, random),
];

function partOf(text: string, random: Random): string {
  const begin = Math.floor(random() * text.length);
  return text.slice(begin, begin + 3);
}

function metricOf({ custom_data: metrics }: Exported, random: Random): Record<string, string> {
  const given = Object.entries(metrics).filter(([, value]) => value !== null);
  if (given.length === 0) return {};
  const [metric, value] = pick(random, given);
  if (random() < 0.4 || typeof value === 'object') return { metric };
  if (typeof value !== 'number' || random() < 0.3) return { metric, metric_equals: String(value) };
  return { metric, metric_min: String(value - 5), metric_max: String(value * 2 + 10) };
}

/** A filter of up to three parameters that at least one of some events passes. */
export function randomFilter(random: Random, events: readonly Exported[]): Filter {
  const event = pick(random, events);
  const offered = random() < 0.4 ? OF_KEYS : CONDITIONS;
  const wanted = Array.from({ length: pick(random, [0, 1, 1, 2, 3]) }, () => pick(random, offered));
  const given = wanted.flatMap((condition) => Object.entries(condition(event, random)));
  return Object.fromEntries(given.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** A range with something in it: of hours, of a day, of several days, or beyond now. */
function randomRange(random: Random, events: readonly Exported[], now: number): Range {
  const span = Math.floor(pick(random, [3, 24, 24, 40, 60, 150]) * HOUR * (1 - 0.3 * random() ** 2));
  if (random() < 0.2) return { since: now + HOUR - span, until: now + HOUR };
  const until = Math.min(now - 60_000, timeOf(pick(random, events)) + Math.floor(0.5 * random() * span) + 1);
  return { since: until - span, until };
}

/** Something to ask about what is stored. */
export function randomQuestion(random: Random, stored: readonly Exported[], now: number): Question {
  const range = randomRange(random, stored, now);
  const within = questionOf(stored, range, {}).events;
  return questionOf(stored, range, within.length === 0 ? {} : randomFilter(random, within));
}
