// Two days of a shop and of what it calls, made up and the same in every run, but for the days.
import { seededRandom } from '../../../packages/server/test-dist/support/events/random-events.js';

const DAY_MILLIS = 86_400_000;

interface Route {
  readonly method: string;
  readonly route: string;
  readonly weight: number;
  /** Median latency, milliseconds. */
  readonly latency: number;
  /** Share that fails. */
  readonly failing: number;
}

/** An application, and its exporters. */
export interface Application {
  readonly name: string;
  readonly version: string;
  readonly instances: number;
  /** On a day. */
  readonly requests: number;
  readonly routes: readonly Route[];
}

function route(method: string, path: string, weight: number, latency: number, failing = 0.004): Route {
  return { method, route: path, weight, latency, failing };
}

export const APPLICATIONS: readonly Application[] = [
  {
    name: 'shop',
    version: '4.12.0',
    instances: 3,
    requests: 14_000,
    routes: [
      route('GET', '/products/:id', 30, 14),
      route('GET', '/products', 21, 8),
      route('GET', '/search', 13, 88, 0.008),
      route('POST', '/cart/items', 9, 20),
      route('GET', '/recommendations', 7, 36),
      route('GET', '/orders/:id', 6, 24),
      route('POST', '/checkout', 4, 173, 0.03),
      route('PUT', '/cart/items/:id', 2, 18),
      route('DELETE', '/cart/items/:id', 1, 16),
    ],
  },
  {
    name: 'payments',
    version: '1.8.3',
    instances: 2,
    requests: 1_900,
    routes: [
      route('POST', '/payments', 6, 240, 0.02),
      route('GET', '/payments/:id', 4, 22),
      route('POST', '/refunds', 1, 310),
    ],
  },
  {
    name: 'stock',
    version: '2.0.1',
    instances: 1,
    requests: 3_100,
    routes: [route('GET', '/stock/:sku', 9, 4), route('PATCH', '/stock/:sku', 1, 12)],
  },
];

const PLANS = ['free', 'free', 'free', 'plus', 'plus', 'pro'];

type Random = () => number;

/**
 * Its events of the last two days until `now` (milliseconds since the epoch), as they are sent, oldest first, and one before them, which tells that
 * the two days were kept as a whole.
 */
export function eventsOf(application: Application, now: number, random: Random): readonly object[] {
  const times = Array.from(
    { length: 2 * application.requests },
    (_, index) => now - DAY_MILLIS * ((index % 2) + 1 - dayTime(random)),
  );
  times.push(now - 3 * DAY_MILLIS);
  return times.toSorted((a, b) => a - b).map((time) => eventAt(application, time, random));
}

/** One event at a time. */
export function eventAt({ routes }: Application, time: number, random: Random): object {
  const chosen = pickedRoute(routes, random);
  const client = Math.floor(820 * random() ** 2.2);
  const aborted = random() < 0.005;
  const failed = !aborted && random() < chosen.failing;
  const latency = chosen.latency * Math.exp(1.1 * (random() + random() + random() - 1.5)) * (failed ? 4 : 1);
  return {
    source_ip: digits(client, 64),
    endpoint: chosen.route.replace(/:(\w+)/, () => String(1000 + Math.floor(random() * 9000))),
    scheme: true,
    method: chosen.method,
    custom_data: {
      items: 1 + Math.floor(random() ** 3 * 24),
      plan: PLANS[client % PLANS.length],
      cache_hit: random() < 0.62,
    },
    timestamp: new Date(time).toISOString(),
    status_code: failed ? (random() < 0.3 ? 503 : 500) : success(chosen.method, random),
    latency_ms: Math.round(latency * 1000) / 1000,
    route: chosen.route,
    outcome: aborted ? 'aborted' : failed ? 'error' : 'completed',
    trace_id: digits(Math.floor(random() * 1e9), 32),
    span_id: digits(Math.floor(random() * 1e9), 16),
    ...(failed && { error_type: random() < 0.6 ? 'TimeoutError' : 'ECONNREFUSED' }),
    response_body_size: Math.round(400 + 9000 * random() ** 2),
    ...(client % 11 === 0 && { user_agent_synthetic_type: 'bot' }),
  };
}

function success(method: string, random: Random): number {
  const lot = random();
  if (lot < 0.035) return 404;
  if (lot < 0.06) return 304;
  return method === 'POST' ? 201 : 200;
}

/** A part of the day, from 0 to 1: few ask at its beginning and its end. */
function dayTime(random: Random): number {
  for (;;) {
    const part = random();
    if (random() < 0.2 + 0.8 * Math.sin(Math.PI * part) ** 2) return part;
  }
}

function pickedRoute(routes: readonly Route[], random: Random): Route {
  let lot = random() * routes.reduce((sum, { weight }) => sum + weight, 0);
  for (const each of routes) {
    lot -= each.weight;
    if (lot < 0) return each;
  }
  throw new Error('no routes');
}

function digits(number: number, length: number): string {
  const next = seededRandom(number);
  return Array.from({ length }, () => Math.floor(next() * 16).toString(16)).join('');
}
