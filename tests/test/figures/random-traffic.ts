// What random applications send: of all that an event can have, something is there often, and something is missing often.
import { createHash } from 'node:crypto';
import type { SentEvent } from '../support/stored-traffic.js';

/** Numbers from 0 to 1. */
export type Random = () => number;

const HOUR = 3_600_000;
/** Over which requests are spread. */
const DAYS = 6;
const CLIENTS = 120;
const CONSUMERS = 14;

/** One of several. */
export function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[Math.floor(random() * choices.length)] as T;
}

function digits(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

interface Application {
  readonly name: string;
  /** What is asked of it, with the route where there is one. */
  readonly paths: readonly (readonly [method: string, path: string, route: string | null])[];
  readonly releases: readonly string[];
}

const APPLICATIONS: readonly Application[] = [
  {
    name: 'shop',
    paths: [
      ['GET', '/products/#', '/products/:id'],
      ['GET', '/products', '/products'],
      ['POST', '/checkout', '/checkout'],
      ['PUT', '/cart/#', '/cart/:item'],
      ['GET', '/wp-login.php', null],
      ['POST', '/unknown/#', null],
    ],
    releases: ['1.4.1', '1.4.2', '1.5.0-rc.1'],
  },
  // It names no routes.
  {
    name: 'jobs',
    paths: [
      ['POST', '/run/#', null],
      ['GET', '/state', null],
      ['GET', '/runs/#/log', null],
    ],
    releases: ['2025.1'],
  },
  {
    name: 'Büro',
    paths: [
      ['GET', '/mail', '/mail'],
      ['DELETE', '/mail/#', '/mail/{id}'],
    ],
    releases: ['a', 'b'],
  },
];

/** Somebody who asks: the same one has the same pseudonyms each time. */
function somebody(random: Random, time: number): SentEvent {
  const client = Math.floor(CLIENTS * random() ** 2);
  const consumer = client % CONSUMERS;
  return {
    source_ip: random() < 0.06 ? null : digits(`client ${client}`, 64),
    ...(random() < 0.7 && { user_id: digits(`user ${client % 40}`, 64) }),
    ...(random() < 0.5 && { session_id: `session-${client % 50}` }),
    ...(client % 9 === 0 && { user_agent_synthetic_type: pick(random, ['bot', 'test']) }),
    ...(random() < 0.6 && {
      consumer: digits(`consumer ${consumer}`, 64),
      consumer_group: pick(random, ['free', 'pro', 'Pro']),
      // It is called otherwise in the course of time.
      ...(consumer % 3 > 0 && { consumer_label: `Customer ${consumer} of ${new Date(time).getUTCDate()}` }),
    }),
  };
}

function ending(random: Random, release: string): SentEvent {
  const status = pick(random, [200, 200, 200, 200, 201, 204, 304, 404, 429, 500, 503, 101, null]);
  const hasFailed = status !== null && status >= 500;
  return {
    status_code: status,
    outcome:
      random() < 0.1
        ? null
        : hasFailed
          ? 'error'
          : pick(random, ['completed', 'completed', 'completed', 'aborted', 'error']),
    ...(hasFailed &&
      random() < 0.7 && {
        error_type: pick(random, ['TypeError', 'TimeoutError', 'E_FULL', `In_${release}`]),
      }),
    // Log-normal, as latencies are, with as many digits as clocks have.
    latency_ms:
      random() < 0.06
        ? pick(random, [null, 0])
        : Number(Math.exp(4 + 2.2 * (random() + random() + random() - 1.5)).toFixed(6)),
  };
}

function metrics(random: Random): SentEvent {
  return {
    custom_data: {
      ...(random() < 0.5 && { items: Math.floor(random() * 60) - 10 }),
      ...(random() < 0.4 && { amount: Number((10 ** (4 * random()) / 10).toFixed(4)) }),
      ...(random() < 0.4 && { plan: `plan-${Math.floor(30 * random() ** 2)}` }),
      ...(random() < 0.3 && { vip: random() < 0.3 }),
      ...(random() < 0.2 && { tags: ['x', 'y'] }),
      ...(random() < 0.3 && { mixed: pick(random, [1, '1', true, 'true', null, [1]]) }),
    },
  };
}

/** Events of the last days until `now` (milliseconds since the epoch), oldest first, and some that say no time. */
export function randomTraffic(random: Random, count: number, now: number): readonly SentEvent[] {
  const times = Array.from({ length: count }, () => Math.floor(now - 60_000 - random() * DAYS * 24 * HOUR));
  return times
    .toSorted((a, b) => a - b)
    .map((time, index) => {
      const { name, paths, releases } = pick(random, APPLICATIONS);
      const [method, path, route] = pick(random, paths);
      // One release after the other, each still at work for a while beside the next one.
      const age = releases.length * (index / count) - 0.3 * random();
      const release = releases[Math.max(0, Math.floor(age))] ?? '';
      return {
        client_id: name,
        method,
        endpoint: path.replace('#', String(1000 + Math.floor(random() * 300))),
        route,
        ...(index % 50 > 0 && { timestamp: new Date(time).toISOString() }),
        ...somebody(random, time),
        ...ending(random, release),
        ...metrics(random),
        ...(random() < 0.8 && { service_version: release }),
        ...(random() < 0.8 && {
          deployment_environment: pick(random, ['production', 'production', 'staging']),
        }),
        ...(random() < 0.5 && { request_body_size: Math.floor(random() * 1000) }),
        ...(random() < 0.5 && { response_body_size: Math.floor(random() * 100_000) }),
        trace_id: digits(`trace ${random()}`, 32),
        span_id: digits(`span ${random()}`, 16),
      };
    });
}
