import type { CerberusEvent } from '../../../dist/event/event.js';
import { NO_ROUTE } from '../../../dist/event/path-group.js';
import { storeEvent } from './events.js';

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A hash as good as those of addresses; the same for the same number. */
export function hashOf(client: number): string {
  const digits = seededRandom(client + 1);
  return Array.from({ length: 64 }, () => Math.floor(digits() * 16).toString(16)).join('');
}

/** How pseudonyms begin, in {@link randomEvent} those of many, of few, of one and of none. */
export const PREFIXES: readonly string[] = [
  '7',
  'f1',
  hashOf(5).slice(0, 16),
  hashOf(6),
  `${hashOf(7).slice(0, 40)}${hashOf(7)[40] === '0' ? '1' : '0'}`,
];

/** An event of some endpoint, client and status, somewhere in a range. */
export function randomEvent(random: () => number, since: number, until: number): CerberusEvent {
  const pick = <T>(...choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const endpoint = pick('/a', '/b', '/c/1', '/c/2');
  const metrics = {
    ...(random() < 0.5 && { items: Math.floor(random() * 40) - 10 }),
    ...(random() < 0.3 && { plan: pick('free', 'pro', 'team') }),
    ...(random() < 0.3 && { vip: pick(true, false) }),
    ...(random() < 0.1 && { tags: ['x'] }),
  };
  const clientId = pick('shop', 'blog');
  const client = random() < 0.1 ? null : Math.floor(random() * 300);
  return storeEvent({
    clientId,
    sourceIp: client === null ? null : hashOf(client),
    userId: client === null ? null : `user-${client % 7}`,
    errorType: client === null || client % 3 > 0 ? null : 'TypeError',
    syntheticType: client === null || client % 5 > 0 ? null : 'bot',
    release: client === null ? null : pick('1.4.1', '1.4.2', '1.4.2'),
    environment: client === null ? null : client % 4 === 0 ? 'staging' : 'production',
    consumer: client === null ? null : `consumer-${client % 11}`,
    consumerGroup: client === null ? null : client % 11 < 4 ? 'free' : 'pro',
    consumerLabel: client === null ? null : `Consumer ${client % 11}`,
    endpoint,
    route: endpoint.startsWith('/c') ? '/c/:id' : null,
    // Of one application, as what was stored before requests without a route were put together.
    pathGroup: endpoint === '/b' && clientId === 'blog' ? NO_ROUTE : null,
    method: pick('GET', 'GET', 'POST'),
    timestamp: since + Math.floor(random() * (until - since)),
    statusCode: pick(null, 200, 200, 201, 302, 404, 500),
    // Log-normal, as latencies are; zero now and then.
    latencyMs: random() < 0.05 ? pick(null, 0) : Math.exp(3 + 2 * (random() + random() + random() - 1.5)),
    outcome: pick('completed', 'completed', 'aborted', 'error', null),
    customData: JSON.stringify(metrics),
  });
}
