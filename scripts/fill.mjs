// Fills a database of the server with made-up events, to see how it does: `node scripts/fill.mjs --db big.duckdb`.
// The server must not run on the file. The numbers are of no application; clients, endpoints and latencies are spread as
// those of a busy one: 20 endpoints, 50,000 clients of which few are busy, three metrics, and for half of the requests one of 2,000 consumers
// in 20 groups; a release every three days, in two environments.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { amountOf, countOf, optionsOf, refuse } from './arguments.mjs';

const values = optionsOf({ db: undefined, events: '10000000', days: '30' });
const events = countOf('events', values.events);
const days = amountOf('days', values.days);
if (values.db === undefined || existsSync(values.db)) refuse('--db takes a new file');

const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages', 'server', 'dist');
const { openDatabase } = await import(join(dist, 'store/duckdb/instance.js'));
const { DuckDbStore } = await import(join(dist, 'store/duckdb/store.js'));

const LIMITS = { memoryLimit: '2GB', threads: 2 };
const SLICE = 500_000;
/** The newest one is 1.100. */
const RELEASE_MILLIS = 3 * 86_400_000;

/** Events by number, oldest first, the same in every run. Hashes of two arguments would depend on each other. */
const INSERT = `
  INSERT INTO events (id, received_at, event_time, client_id, source_ip, endpoint, scheme, method, custom_data, "timestamp", status_code,
                      latency_ms, route, outcome, user_id, user_agent, trace_id, span_id, session_id, sample_rate,
                      user_agent_synthetic_type, service_version, deployment_environment, client, error_type, consumer, consumer_group,
                      consumer_label)
  SELECT i + 1, t, t, 'shop', sha256('client ' || floor(50000 * pow(r1, 3))::BIGINT),
         '/things/' || e || '/' || (hash(16 * i + 5) % 1000), true, CASE WHEN e % 4 = 3 THEN 'POST' ELSE 'GET' END,
         json_object('items', (hash(16 * i + 6) % 50)::INTEGER, 'cache_hit', hash(16 * i + 7) % 3 = 0, 'plan', 'plan-' || hash(16 * i + 8) % 5),
         t, CASE WHEN r2 < 0.01 THEN 500 WHEN r2 < 0.05 THEN 404 WHEN e % 4 = 3 THEN 201 ELSE 200 END,
         round(exp(2 + e / 8 + 1.2 * (r3 + r4 + r5 - 1.5)), 3), '/things/' || e || '/:id',
         CASE WHEN r2 < 0.01 THEN 'error' WHEN r2 > 0.995 THEN 'aborted' ELSE 'completed' END,
         NULL, NULL, left(sha256(i::VARCHAR), 32), left(sha256('s' || i), 16), NULL, NULL,
         CASE WHEN hash(16 * i + 10) % 25 = 0 THEN 'bot' END, '1.' || (100 - ($events - 1 - i::HUGEINT) * $span // $events // $release),
         CASE WHEN hash(16 * i + 11) % 30 = 0 THEN 'staging' ELSE 'production' END,
         ('0x' || left(sha256('client ' || floor(50000 * pow(r1, 3))::BIGINT), 16))::UBIGINT,
         CASE WHEN r2 < 0.007 THEN 'TypeError' WHEN r2 < 0.01 THEN 'TimeoutError' WHEN r2 < 0.05 THEN '404' END,
         sha256('consumer ' || c), 'group-' || c % 20, 'Consumer ' || c
  FROM (
    SELECT i, make_timestamp_ms(($start + i::HUGEINT * $span // $events)::BIGINT) AS t, floor(20 * pow(hash(16 * i) / pow(2, 64), 2))::INTEGER AS e,
           hash(16 * i + 1) / pow(2, 64) AS r1, hash(16 * i + 2) / pow(2, 64) AS r2, hash(16 * i + 3) / pow(2, 64) AS r3,
           hash(16 * i + 4) / pow(2, 64) AS r4, hash(16 * i + 9) / pow(2, 64) AS r5,
           CASE WHEN hash(16 * i + 12) % 2 = 0 THEN floor(2000 * pow(hash(16 * i + 13) / pow(2, 64), 2))::INTEGER END AS c
    FROM range($from::BIGINT, $to::BIGINT) AS numbers(i))`;

// As the server opens it: with its tables and its row groups. In the end it makes the aggregates.
const database = await openDatabase(values.db, LIMITS);
const connection = await database.connect();
const span = Math.round(days * 86_400_000);
const start = Date.now() - span;
for (let from = 0; from < events; from += SLICE) {
  const to = Math.min(events, from + SLICE);
  const numbers = { start, span, events, from, to, release: RELEASE_MILLIS };
  await connection.run(INSERT, Object.fromEntries(Object.entries(numbers).map(([k, v]) => [k, BigInt(v)])));
  process.stdout.write(`\r${to} events`);
}
await connection.run(
  `INSERT INTO producers (producer, client_id, last_seq, mode, agent, first_seen, last_seen, events, rejected)
   VALUES ('fill', 'shop', $last, 'batch', NULL, make_timestamp_ms($start::BIGINT), make_timestamp_ms($end::BIGINT), $last, 0)`,
  { last: BigInt(events), start: BigInt(start), end: BigInt(start + span) },
);
// The server's writer counts minutes as it stores events; these it has not seen.
await connection.run('UPDATE meta SET minutes_from = $last', { last: BigInt(events) });
connection.closeSync();
database.release();
const store = await DuckDbStore.open(values.db, LIMITS);
await store.rollUp();
await store.close();
console.log(', aggregated');
