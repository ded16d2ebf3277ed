// Measures the questions of the page against a database that scripts/fill.mjs filled, and storing beside them:
// `node scripts/measure-reads.mjs --db big.duckdb`. It adds events to the database.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages', 'server', 'dist');
const { DuckDbStore } = await import(join(dist, 'duckdb-store.js'));

const { values } = parseArgs({
  options: {
    db: { type: 'string' },
    rounds: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '10' },
  },
});
const store = await DuckDbStore.open(values.db, { memoryLimit: '512MB', threads: 2 });
const { analytics } = store;
const DAY = 86_400_000;
const until = Date.now();
const endpoint = { method: 'GET', endpoint: '/things/1/:id' };

/** What the page asks, for a range; times that are not round, as they are. */
function questions(days) {
  const range = { since: until - days * DAY, until };
  const bucketMillis = days > 20 ? DAY / 2 : 900_000;
  return {
    overview: () => analytics.overview({ ...range, bucketMillis }),
    'overview of an endpoint': () => analytics.overview({ ...range, bucketMillis, endpoint }),
    'endpoints by requests': () => analytics.endpoints({ ...range, order: 'requests', limit: 50 }),
    'endpoints by p95': () => analytics.endpoints({ ...range, order: 'p95', limit: 50 }),
    clients: () => analytics.clients({ ...range, limit: 20 }),
    'clients of an endpoint': () => analytics.clients({ ...range, limit: 20, endpoint }),
    metrics: () => analytics.metrics(range),
    'metric, by endpoint': () =>
      analytics.metric({ ...range, bucketMillis, name: 'items', byEndpoint: true }),
    'latest events': () => store.events({ ...range, limit: 100 }),
    'latest errors': () => store.events({ ...range, limit: 100, status: { from: 500, to: 599 } }),
  };
}

function percentile(sorted, q) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
}

async function measure(days) {
  console.log(`\n${days} days: milliseconds, p50 and p95 of ${values.rounds}`);
  for (const [name, ask] of Object.entries(questions(days))) {
    const times = [];
    await ask();
    for (let round = 0; round < Number(values.rounds); round += 1) {
      const start = performance.now();
      await ask();
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    console.log(
      `${name.padEnd(26)} ${percentile(times, 0.5).toFixed(0).padStart(6)} ${percentile(times, 0.95).toFixed(0).padStart(6)}`,
    );
  }
}

let seq = 0;
const producer = { producer: `measure-${Date.now()}`, clientId: 'shop', mode: 'batch', agent: null };

function frame(size) {
  seq += 1;
  const events = Array.from({ length: size }, (_, n) => ({
    clientId: 'shop',
    sourceIp: String(n % 10).repeat(64),
    endpoint: `/things/${n % 20}/1`,
    scheme: true,
    method: 'GET',
    customData: '{"items":3}',
    timestamp: Date.now(),
    statusCode: 200,
    latencyMs: 1 + (n % 100),
    route: `/things/${n % 20}/:id`,
    outcome: 'completed',
    userId: null,
    userAgent: null,
    traceId: 'a'.repeat(32),
    spanId: 'b'.repeat(16),
    sessionId: null,
    sampleRate: null,
  }));
  return { producer, seq, after: null, events, rejected: 0, receivedAt: Date.now(), bytes: size * 400 };
}

/** Events stored per second by eight senders without a pause, in frames of 500. */
async function ingest(asking) {
  const end = performance.now() + Number(values.seconds) * 1000;
  const reads = asking ? Object.values(questions(30)) : [];
  const ask = async (question) => {
    while (performance.now() < end) await question();
  };
  const send = async () => {
    let stored = 0;
    for (; performance.now() < end; stored += 500) await store.append(frame(500));
    return stored;
  };
  const asked = Promise.all(reads.map(ask));
  const counts = await Promise.all(Array.from({ length: 8 }, send));
  await asked;
  return Math.round(counts.reduce((sum, count) => sum + count, 0) / Number(values.seconds));
}

await store.rollUp();
await measure(30);
await measure(1);
console.log(
  `\nstored per second: ${await ingest(false)}, while the page asks without a pause: ${await ingest(true)}`,
);
await store.close();
