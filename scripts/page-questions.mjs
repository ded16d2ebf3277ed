// The questions of the page, as its views ask them, for scripts that measure them.
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const endpoint = { method: 'GET', endpoint: '/things/1/:id' };
const clientId = 'shop';
const environment = 'production';
/** The newest one of `scripts/fill.mjs`. */
const release = '1.100';
const failures = { status: { from: 500, to: 599 } };
/** The pseudonym of the busiest client of `scripts/fill.mjs`. */
const client = 'ec89a9145e15b751';

/** Ranges that the page offers, with as many buckets as the server chooses for them. */
export const RANGES = {
  '1 h': { millis: HOUR, bucket: HOUR / 60 },
  '24 h': { millis: DAY, bucket: HOUR / 4 },
  '7 d': { millis: 7 * DAY, bucket: 3 * HOUR },
  '30 d': { millis: 30 * DAY, bucket: 12 * HOUR },
};

/** Of a heatmap, as wide as the server chooses them. */
function heatBucket(millis) {
  return { [HOUR]: 60_000, [DAY]: HOUR / 2, [7 * DAY]: 3 * HOUR, [30 * DAY]: 12 * HOUR }[millis];
}

/** What the page asks a store, by what it is about, for a range that ends now. Times are not round, as they are. */
export function questionsOf(store, { millis, bucket }) {
  const { analytics } = store;
  const {
    overview,
    endpoints,
    errors,
    latencies,
    clients,
    consumers: asked,
    metrics,
    metric,
    values,
  } = analytics;
  const now = () => {
    const until = Date.now();
    return { since: until - millis, until };
  };
  const ask = (question, query) => () => question.call(analytics, { ...now(), ...query });
  const listed = (by, order, more = {}) => ask(asked, { by, order, limit: 50, ...more });
  const suggested = (of, more = {}) => ask(values, { of, limit: 20, latestRequests: 250_000, ...more });
  const slowest = (filter) => () => store.events({ ...now(), limit: 100, order: 'slowest', ...filter });
  const buckets = { bucketMillis: bucket };
  const items = { name: 'items', byEndpoint: true };
  return {
    overview: ask(overview, buckets),
    'overview of an endpoint': ask(overview, { ...buckets, ...endpoint }),
    'overview of an application': ask(overview, { ...buckets, clientId }),
    'overview of an environment': ask(overview, { ...buckets, environment }),
    'overview of a release': ask(overview, { ...buckets, release }),
    'endpoints by requests': ask(endpoints, { order: 'requests', limit: 50 }),
    'endpoints by p95': ask(endpoints, { order: 'p95', limit: 50 }),
    'endpoints by error rate': ask(endpoints, { order: 'error_rate', limit: 2000 }),
    'endpoints of an application': ask(endpoints, { order: 'requests', limit: 50, clientId }),
    'endpoints of an environment': ask(endpoints, { order: 'requests', limit: 50, environment }),
    errors: ask(errors, { limit: 100 }),
    'errors of an endpoint': ask(errors, { limit: 100, ...endpoint }),
    'latencies by time': ask(latencies, { bucketMillis: heatBucket(millis) }),
    'latencies of an endpoint': ask(latencies, { bucketMillis: heatBucket(millis), ...endpoint }),
    'hours of the week': ask(latencies, { bucketMillis: HOUR }),
    clients: ask(clients, { limit: 20 }),
    'clients of an endpoint': ask(clients, { limit: 20, ...endpoint }),
    'clients of an application': ask(clients, { limit: 20, clientId }),
    'clients of an environment': ask(clients, { limit: 20, environment }),
    metrics: ask(metrics, { limit: 100 }),
    'metrics of an endpoint': ask(metrics, { ...endpoint, limit: 100 }),
    'a metric, by endpoint': ask(metric, items),
    'a metric of an application': ask(metric, { ...items, clientId }),
    'a metric of an endpoint': ask(metric, { ...items, byEndpoint: false, ...endpoint }),
    'overview of 5xx': ask(overview, { ...buckets, ...failures }),
    'overview of a client': ask(overview, { ...buckets, client }),
    'overview of slow ones': ask(overview, { ...buckets, latency: { from: 100 } }),
    'overview of a metric': ask(overview, { ...buckets, metric: { name: 'plan', equals: 'plan-1' } }),
    'endpoints of 5xx': ask(endpoints, { order: 'requests', limit: 50, ...failures }),
    'clients of 5xx': ask(clients, { limit: 20, ...failures }),
    'a metric of 5xx': ask(metric, { ...items, ...failures }),
    consumers: listed('consumer', 'requests'),
    'consumers by p95': listed('consumer', 'p95'),
    'consumers by endpoints': listed('consumer', 'endpoints'),
    'consumers of an application': listed('consumer', 'requests', { clientId }),
    'consumers of an endpoint': listed('consumer', 'requests', endpoint),
    'consumers searched': listed('consumer', 'requests', { search: 'r 12' }),
    'groups of consumers': listed('group', 'requests'),
    'consumers by client': listed('client', 'requests'),
    'suggested consumers': suggested('consumer', { search: '1a' }),
    'suggested groups': suggested('consumer_group'),
    'suggested error types': suggested('error_type'),
    'suggested statuses': suggested('status'),
    'suggested outcomes': suggested('outcome'),
    'suggested paths': suggested('path', { search: '/1/' }),
    'slowest events': slowest(),
    'slowest of an endpoint': slowest(endpoint),
    'slowest of an application': slowest({ clientId }),
    'slowest of 5xx': slowest(failures),
    'slowest from 200 ms': slowest({ latency: { from: 200 } }),
    'latest events': () => store.events({ ...now(), limit: 100 }),
    'latest errors': () => store.events({ ...now(), limit: 100, ...failures }),
  };
}

/** @param sorted - numbers, the least first */
export function percentile(sorted, q) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
}
