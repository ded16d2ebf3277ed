// Measures the questions of the page over many events, in DuckDB and in PostgreSQL, and prints a table in Markdown: `npm run measure-questions`.
// It fills a DuckDB file (`scripts/fill.mjs`), moves the events into a PostgreSQL of its own, as `cerberus-server migrate` does, and asks both
// the same. With `--db` and `--store` it takes what is there, and leaves it there. The machine should have nothing else to do.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { amountOf, countOf, existingFile, optionsOf } from './arguments.mjs';
import { percentile, questionsOf, RANGES } from './page-questions.mjs';
import { endGroupsWithThisProcess, ProcessGroup } from './process-group.mjs';

const values = optionsOf({
  events: '10000000',
  days: '30',
  rounds: '20',
  only: '',
  db: undefined,
  store: undefined,
});
countOf('events', values.events);
amountOf('days', values.days);
const rounds = countOf('rounds', values.rounds);
if (values.db !== undefined) existingFile('db', values.db);

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const server = join(root, 'packages', 'server');
const { DuckDbStore } = await import(join(server, 'dist/store/duckdb/store.js'));
const { PostgresStore } = await import(join(server, 'dist/store/postgres/store.js'));
const { parseStoreUrl } = await import(join(server, 'dist/store/store-address.js'));
const { compactStep } = await import(join(server, 'dist/store/postgres/aggregates/compact.js'));
const { indexClosedDay } = await import(join(server, 'dist/store/postgres/upkeep/closed-days.js'));
const { Engine, postgresBinaries } = await import(
  join(server, 'test-dist/support/databases/postgres-engine.js')
);
const { Client } = createRequire(join(server, 'package.json'))('pg');

const LIMITS = { memoryLimit: '512MB', threads: 2, maxQuestions: 64, questionTimeoutMillis: 60_000 };
const SECRETS = { token: 'measured', secretKey: 'measured' };
const PAGE = 10_000;
const DAY = 86_400_000;
/** The kernel counts processor time in hundredths of a second. */
const MILLIS_PER_TICK = 10;

/** Moves the events of a DuckDB file, aggregates them, puts the aggregates together, and makes the indexes of days that are over, as time does elsewhere. */
async function move(source, target, url) {
  let moved = 0;
  await target.import(
    'filled',
    { producers: [], releases: [] },
    (after) => source.eventsAfter(after, PAGE),
    (events) => process.stderr.write(`\r${(moved += events)} events moved`),
  );
  await target.rollUp();
  const client = new Client({ connectionString: url });
  await client.connect();
  while (await compactStep(client, Date.now() + DAY + 3_600_000));
  while (await indexClosedDay(client, Math.floor(Date.now() / DAY)));
  await client.query('VACUUM ANALYZE');
  await client.end();
  process.stderr.write(', aggregated\n');
}

/** Processor time of a process and its children until now, milliseconds: of those that have ended, too. */
function familyMillis(pid) {
  let ticks = 0;
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    let stat;
    try {
      stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    } catch {
      continue;
    }
    // Behind the name, which may have anything in it: state, parent; user and system time are the 12th and 13th, those of children follow.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number);
    if (Number(name) === pid) ticks += user + system + childUser + childSystem;
    else if (Number(fields[1]) === pid) ticks += user + system;
  }
  return ticks * MILLIS_PER_TICK;
}

/** Processor time of this process until now, milliseconds. */
function ownMillis() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds of one question: p50 and p95 of all rounds, and the mean processor time of who answers. */
async function measure(ask, cpuMillis) {
  await ask();
  const times = [];
  const before = cpuMillis();
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    await ask();
    times.push(performance.now() - start);
  }
  const cpu = (cpuMillis() - before) / rounds;
  times.sort((a, b) => a - b);
  return [percentile(times, 0.5), percentile(times, 0.95), cpu];
}

async function measureAll(subjects) {
  for (const [range, length] of Object.entries(RANGES)) {
    const titles = subjects.flatMap(({ name }) => [`${name}: p50`, 'p95', 'CPU']);
    console.log(`\n| last ${range}, ms | ${titles.join(' | ')} |\n| --- |${' --: |'.repeat(titles.length)}`);
    for (const question of Object.keys(questionsOf(subjects[0].store, length))) {
      if (!`${question}, ${range}`.includes(values.only)) continue;
      const cells = [];
      for (const { store, cpuMillis } of subjects)
        cells.push(...(await measure(questionsOf(store, length)[question], cpuMillis)));
      console.log(`| ${question} | ${cells.map((millis) => millis.toFixed(0)).join(' | ')} |`);
    }
  }
}

/** Fills a new file, in a process of its own. */
async function fill(file) {
  const size = ['--events', values.events, '--days', values.days];
  const script = join(root, 'scripts/fill.mjs');
  const filling = new ProcessGroup(process.execPath, [script, '--db', file, ...size], { stdio: 'inherit' });
  const status = await filling.ended();
  if (status !== 0) throw new Error(`scripts/fill.mjs ended with ${status}`);
}

const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'cerberus-questions-'));
/** Ten million events are gigabytes, of memory where that is /dev/shm. */
function removeFolder() {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}
endGroupsWithThisProcess(removeFolder);
let engine;
try {
  const file = values.db ?? join(folder, 'filled.duckdb');
  if (values.db === undefined) await fill(file);
  const duckDb = await DuckDbStore.open(file, LIMITS);
  const subjects = [{ name: 'DuckDB', store: duckDb, cpuMillis: ownMillis }];
  const binaries = postgresBinaries();
  if (values.store === undefined && binaries !== undefined) {
    const settings = ["shared_buffers = '512MB'", "max_wal_size = '4GB'"];
    engine = await Engine.start({ binaries, settings });
  }
  const url = values.store ?? engine?.urlOf('postgres');
  if (url !== undefined) {
    const postgres = await PostgresStore.open(parseStoreUrl(url), LIMITS, SECRETS);
    if (values.store === undefined) await move(duckDb, postgres, url);
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query(
      `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::integer AS pid`,
    );
    await client.end();
    subjects.push({ name: 'PostgreSQL', store: postgres, cpuMillis: () => familyMillis(rows[0].pid) });
  }
  await measureAll(subjects);
  for (const { store } of subjects) await store.close();
} finally {
  await engine?.remove();
  removeFolder();
}
