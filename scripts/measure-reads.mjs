// Measures the questions of the page against a database that scripts/fill.mjs filled, and storing beside them:
// `node scripts/measure-reads.mjs --db big.duckdb`. It adds events to the database.
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { amountOf, countOf, existingFile, optionsOf } from './arguments.mjs';
import { percentile, questionsOf, RANGES } from './page-questions.mjs';

const values = optionsOf({ db: undefined, rounds: '20', seconds: '60' });
const file = existingFile('db', values.db);
const rounds = countOf('rounds', values.rounds);
const seconds = amountOf('seconds', values.seconds);

const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages', 'server', 'dist');
const { DuckDbStore } = await import(join(dist, 'store/duckdb/store.js'));

const store = await DuckDbStore.open(file, { memoryLimit: '512MB', threads: 2 });
const { analytics } = store;
/** How often a page that shows a range of a day or more asks again, milliseconds. */
const REFRESH = 30_000;

async function measure(range) {
  console.log(`\n${range}: milliseconds, p50 and p95 of ${rounds}, and of CPU`);
  for (const [name, ask] of Object.entries(questionsOf(store, RANGES[range]))) {
    const times = [];
    await ask();
    const before = process.cpuUsage();
    for (let round = 0; round < rounds; round += 1) {
      const start = performance.now();
      await ask();
      times.push(performance.now() - start);
    }
    const { user, system } = process.cpuUsage(before);
    times.sort((a, b) => a - b);
    console.log(
      name.padEnd(26),
      ...[percentile(times, 0.5), percentile(times, 0.95), (user + system) / 1000 / times.length].map(
        (millis) => millis.toFixed(0).padStart(6),
      ),
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
    errorType: null,
    requestBodySize: null,
    responseBodySize: 120,
    protocolVersion: '1.1',
    syntheticType: null,
    release: null,
    environment: null,
    consumer: null,
    consumerGroup: null,
    consumerLabel: null,
  }));
  return { producer, seq, after: null, events, rejected: 0, receivedAt: Date.now(), bytes: size * 400 };
}

/** Events stored per second by eight senders in frames of 500, while something else is done. */
async function ingest(beside = () => Promise.resolve(), pauseMillis = 0) {
  const start = performance.now();
  const end = start + seconds * 1000;
  const send = async () => {
    let stored = 0;
    for (; performance.now() < end; stored += 500) {
      await store.append(frame(500));
      if (pauseMillis > 0) await setTimeout(pauseMillis);
    }
    return stored;
  };
  const asked = beside(end);
  const counts = await Promise.all(Array.from({ length: 8 }, send));
  const rate = counts.reduce((sum, count) => sum + count, 0) / ((performance.now() - start) / 1000);
  await asked;
  return rate;
}

/** Open pages that show 30 days: each asks all of an overview at once, and again after 30 s. */
function pages(count, times) {
  const { overview, 'endpoints by requests': endpoints, clients } = questionsOf(store, RANGES['30 d']);
  const asks = [overview, endpoints, clients, () => analytics.applications({ limit: 200, first: [] })];
  const page = async (end, delay) => {
    await setTimeout(delay);
    while (performance.now() < end) {
      const start = performance.now();
      await Promise.all(
        asks.map(async (ask) => {
          await ask();
          times.push(performance.now() - start);
        }),
      );
      await setTimeout(Math.min(REFRESH, Math.max(0, end - performance.now())));
    }
  };
  return (end) => Promise.all(Array.from({ length: count }, (_, n) => page(end, (n * REFRESH) / count)));
}

function answersOf(times) {
  times.sort((a, b) => a - b);
  return `answers p50 ${percentile(times, 0.5).toFixed(0)} ms, p95 ${percentile(times, 0.95).toFixed(0)} ms`;
}

/** Each rate beside that before it with nobody asking: a database that grows gets slower by itself. */
async function compare(name, beside) {
  const alone = await ingest();
  const rate = await ingest(beside);
  const ratio = (rate / alone).toFixed(3);
  console.log(`${name}: ${rate.toFixed(0)} stored a second, alone ${alone.toFixed(0)}, ratio ${ratio}`);
}

await store.rollUp();
for (const range of ['30 d', '7 d', '24 h']) await measure(range);
console.log('\nwhile about 2,000 events a second arrive, and a page asks four questions at once');
for (const count of [1, 10]) {
  const times = [];
  const rate = await ingest(pages(count, times), 2000);
  console.log(`${count} pages: ${rate.toFixed(0)} stored a second, ${answersOf(times)}`);
}
console.log('\nas much as can be stored');
for (const count of [1, 10]) {
  const times = [];
  await compare(`${count} pages are open`, pages(count, times));
  console.log(answersOf(times));
}
const everything = Object.values(questionsOf(store, RANGES['30 d']));
await compare('all is asked without a pause', (end) =>
  Promise.all(
    everything.map(async (ask) => {
      while (performance.now() < end) await ask();
    }),
  ),
);
await store.close();
