import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from '../harness/child.ts';
import type { Usage } from '../harness/meter.ts';
import { interleave } from '../harness/rounds.ts';
import { FRAME_EVENTS } from '../server/frames.ts';
import { Database } from './database.ts';
import { measureReplicated, type ReplicatedPlan, type ReplicatedResults } from './replicated.ts';

/** How much is measured. */
export interface ClusterPlan {
  readonly rounds: number;
  readonly framesPerRound: number;
  readonly replicated: ReplicatedPlan;
}

/** One round, per event that was stored and is in all aggregates. */
export interface ClusterRound {
  /** CPU microseconds of the servers, or of the process that copies. */
  readonly nodeMicros: number;
  /** CPU microseconds of PostgreSQL. */
  readonly databaseMicros: number;
  /** Of that, what the connections to the database have used. */
  readonly connectionMicros: number;
  /** Until the last was acknowledged. */
  readonly eventsPerSecond: number;
}

/** Rounds by subject. */
export interface ClusterResults {
  readonly rounds: ReadonlyMap<string, readonly ClusterRound[]>;
  /** Bytes per event in the tables of events, and in those of aggregates, after all rounds of one server. */
  readonly eventBytes: number;
  readonly aggregateBytes: number;
  readonly replicated: ReplicatedResults;
}

export const COPY = 'JSON.parse and COPY alone';
export const DUCKDB = 'DuckDB, one server';
export const ONE = 'PostgreSQL, one server';
export const NOT_ROLLED_UP = 'PostgreSQL, one server, without roll-ups';
export const THREE = 'PostgreSQL, three servers';

/** Batches of this time are never old enough to be aggregated. */
const NO_ROLL_UPS = `ALTER TABLE pending ALTER stored_at SET DEFAULT 'infinity'`;

/** Of all servers together. */
const CONNECTIONS = 9;

/** Part `cluster`: what it costs to store events in a PostgreSQL database that several servers share, with all aggregates. */
export async function measureCluster({ replicated, ...plan }: ClusterPlan): Promise<ClusterResults> {
  return { ...(await measureCosts(plan)), replicated: await measureReplicated(replicated) };
}

async function measureCosts({
  rounds,
  framesPerRound,
}: Omit<ClusterPlan, 'replicated'>): Promise<Omit<ClusterResults, 'replicated'>> {
  const database = await Database.start();
  if (database === undefined) throw new Error('PostgreSQL is not installed');
  const children: Child[] = [];
  const start = async (script: string, args: readonly string[]): Promise<Child> => {
    const child = await Child.start(script, args);
    children.push(child);
    return child;
  };
  try {
    for (const name of ['copied', 'one', 'bare', 'three'])
      await database.ask('postgres', `CREATE DATABASE ${name}`);
    const copy = await start('cluster/copy-process.js', [database.urlOf('copied')]);
    const duckDb = await start('server/process.js', []);
    const one = [await start('cluster/node-process.js', [database.urlOf('one')])];
    const bare = [await start('cluster/node-process.js', [database.urlOf('bare')])];
    await database.ask('bare', NO_ROLL_UPS);
    const three: Child[] = [];
    for (let index = 0; index < 3; index += 1)
      three.push(await start('cluster/node-process.js', [database.urlOf('three')]));
    const loadOf = async (node: Child): Promise<Child> => {
      const { wsUrl } = await node.call<{ wsUrl: string }>('address');
      return start('server/load-process.js', [wsUrl]);
    };
    const loads = new Map<Child, Child>();
    for (const node of [duckDb, ...one, ...bare, ...three]) loads.set(node, await loadOf(node));
    const stored =
      (nodes: readonly Child[], name: string | undefined, isRolledUp = true) =>
      (): Promise<ClusterRound> =>
        measureStoring({ nodes, loads, framesPerRound, database, name, isRolledUp });
    const measured = await interleave<ClusterRound>(
      [
        { name: COPY, measure: () => measureCopying(copy, database, framesPerRound) },
        { name: DUCKDB, measure: stored([duckDb], undefined) },
        { name: ONE, measure: stored(one, 'one') },
        { name: NOT_ROLLED_UP, measure: stored(bare, 'bare', false) },
        { name: THREE, measure: stored(three, 'three') },
      ],
      // The first of each warms up.
      rounds + 1,
    );
    for (const each of measured.values()) each.shift();
    return { rounds: measured, ...(await bytesOf(database, (rounds + 1) * framesPerRound * FRAME_EVENTS)) };
  } finally {
    await Promise.all(children.map((child) => child.stop()));
    await database.remove();
  }
}

async function measureCopying(copy: Child, database: Database, frames: number): Promise<ClusterRound> {
  const events = frames * FRAME_EVENTS;
  const before = database.cpuMicros();
  const connectionsBefore = database.connectionMicros('copied');
  const usage = await copy.call<Usage>('run', frames);
  return {
    nodeMicros: usage.cpuMicros / events,
    databaseMicros: (database.cpuMicros() - before) / events,
    connectionMicros: (database.connectionMicros('copied') - connectionsBefore) / events,
    eventsPerSecond: (events / usage.wallMicros) * 1e6,
  };
}

interface Storing {
  readonly nodes: readonly Child[];
  readonly loads: ReadonlyMap<Child, Child>;
  readonly framesPerRound: number;
  readonly database: Database;
  /** Of the database; `undefined` for a server that has its own. */
  readonly name: string | undefined;
  readonly isRolledUp: boolean;
}

async function measureStoring({
  nodes,
  loads,
  framesPerRound,
  database,
  name,
  isRolledUp,
}: Storing): Promise<ClusterRound> {
  const events = framesPerRound * FRAME_EVENTS;
  await Promise.all(nodes.map((node) => node.call('start')));
  const before = database.cpuMicros();
  const connectionsBefore = name === undefined ? 0 : database.connectionMicros(name);
  const begin = performance.now();
  await Promise.all(
    nodes.flatMap((node) => {
      const load = loads.get(node);
      const share = { connections: CONNECTIONS / nodes.length, frames: framesPerRound / nodes.length };
      return load === undefined ? [] : [load.call('send', share)];
    }),
  );
  const seconds = (performance.now() - begin) / 1000;
  if (name !== undefined && isRolledUp) await aggregated(database, name);
  const usages = await Promise.all(nodes.map((node) => node.call<Usage | { usage: Usage }>('stop')));
  const cpu = usages.map((each) => ('usage' in each ? each.usage : each).cpuMicros);
  return {
    nodeMicros: cpu.reduce((sum, micros) => sum + micros, 0) / events,
    databaseMicros: name === undefined ? 0 : (database.cpuMicros() - before) / events,
    connectionMicros: name === undefined ? 0 : (database.connectionMicros(name) - connectionsBefore) / events,
    eventsPerSecond: events / seconds,
  };
}

/** Waits until no batch is pending: only then is what the aggregates cost part of what was measured. */
async function aggregated(database: Database, name: string): Promise<void> {
  for (;;) {
    const [row] = await database.ask(name, 'SELECT count(*)::integer AS count FROM pending');
    if (row?.['count'] === 0) return;
    await sleep(200);
  }
}

async function bytesOf(
  database: Database,
  events: number,
): Promise<Pick<ClusterResults, 'eventBytes' | 'aggregateBytes'>> {
  const [row] = await database.ask(
    'one',
    `SELECT sum(pg_total_relation_size(oid)) FILTER (WHERE relname ~ '^events_')::float8 AS events,
            sum(pg_total_relation_size(oid)) FILTER (WHERE relname !~ '^events_')::float8 AS aggregates
     FROM pg_class WHERE relkind = 'r' AND relname ~ '_[0-9]{8}$'`,
  );
  return {
    eventBytes: Number(row?.['events'] ?? 0) / events,
    aggregateBytes: Number(row?.['aggregates'] ?? 0) / events,
  };
}
