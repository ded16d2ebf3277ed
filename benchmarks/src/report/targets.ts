import type { AddedCpu } from '../life-cycle/part.ts';
import type { AddedToApplication } from '../application/added.ts';
import {
  COPY,
  DUCKDB,
  NOT_ROLLED_UP,
  ONE,
  THREE,
  type ClusterResults,
  type ClusterRound,
} from '../cluster/part.ts';
import type { ExporterResults, ExporterRound } from '../exporter/part.ts';
import type { ExporterName } from '../exporter/names.ts';
import type { Growth } from '../growth/part.ts';
import type { Framework } from '../application/names.ts';
import { ratioOf, spreadOf, type Spread } from '../harness/statistics.ts';
import type { OutageResult } from '../outage/part.ts';
import { loadName, type ServerResults } from '../server/part.ts';
import type { StartUp } from '../start-up/part.ts';
import type { Start } from '../start-up/start.ts';
import type { Way } from '../start-up/names.ts';
import { atMost, type Target } from './target.ts';

const cpu = ({ cpuMicros }: ExporterRound): number => cpuMicros;
const bytes = (round: ExporterRound): number => round.bytes;

/** Ratios of the exporters. */
export function exporterTargets({ exporters, stringifyMicros }: ExporterResults): Target[] {
  const ratio = (a: ExporterName, b: ExporterName, of: (round: ExporterRound) => number): Spread =>
    ratioOf((exporters.get(a) ?? []).map(of), (exporters.get(b) ?? []).map(of));
  return [
    atMost(
      'exporter CPU per span, batch mode ÷ OTLP http/proto',
      0.4,
      ratio('cerberus-batch', 'otlp-proto', cpu),
    ),
    atMost(
      'exporter CPU per event, event mode with acknowledgements ÷ OTLP http/proto',
      0.75,
      ratio('cerberus-event', 'otlp-proto', cpu),
    ),
    {
      what: 'events/s, batch mode ÷ one at a time',
      bound: 'at least',
      limit: 12,
      known: 8.8,
      measured: ratio('cerberus-batch', 'one-at-a-time', ({ eventsPerSecond }) => eventsPerSecond),
    },
    atMost('bytes per event, plain ÷ OTLP http/proto', 0.65, ratio('cerberus-batch', 'otlp-proto', bytes)),
    atMost(
      'bytes per event, gzip ÷ OTLP http/proto gzip',
      1.4,
      ratio('cerberus-batch-gzip', 'otlp-proto-gzip', bytes),
    ),
    atMost(
      'exporter CPU per span, batch mode ÷ JSON.stringify of the event',
      2,
      ratioOf((exporters.get('cerberus-batch') ?? []).map(cpu), stringifyMicros),
      3.3,
    ),
  ];
}

/** By metrics and children: the target, and what is known to be reached, by the quick form where that is worse. */
const LIFE_CYCLE_LIMITS: Readonly<Record<string, readonly [limit: number, known: number]>> = {
  '3/0': [0.25, 0.7],
  '3/20': [0.1, 0.13],
};

/** Ratios of what is added to a request's life. */
export function lifeCycleTargets(results: readonly AddedCpu[]): Target[] {
  return results.flatMap(({ shape, cerberus, otlp }) => {
    const limits = LIFE_CYCLE_LIMITS[`${shape.metrics}/${shape.children}`];
    if (limits === undefined) return [];
    const [limit, known] = limits;
    const what = `life cycle, ${shape.metrics} metrics, ${shape.children} children: added CPU ÷ OTLP http/proto`;
    return [atMost(what, limit, ratioOf(cerberus, otlp), known)];
  });
}

/** Of what OTLP adds, which neither hashes an address nor makes an event for each request. */
export const APPLICATION_LIMITS: Readonly<Record<Framework, number>> = {
  'node:http': 0.7,
  Express: 0.6,
  Fastify: 0.6,
};

/** What Cerberus adds to a request over OpenTelemetry without exporter, per framework. */
export function applicationTargets(added: readonly AddedToApplication[]): Target[] {
  return added.map(({ framework, addedMicros }) => {
    const what = `whole application, ${framework}: CPU per request over OpenTelemetry alone ÷ OTLP http/proto's`;
    return atMost(
      what,
      APPLICATION_LIMITS[framework],
      ratioOf(addedMicros.cerberus, addedMicros['otlp-proto']),
    );
  });
}

/** Last size ÷ first size of what grows. */
export function growthTargets(growths: readonly Growth[], server: ServerResults): Target[] {
  const addresses = growths.find(({ what }) => what === 'distinct addresses')?.points ?? [];
  const stored = (connections: number): number[] =>
    (server.loads.get(loadName(connections)) ?? []).map(({ cpuMicros }) => cpuMicros);
  return [
    {
      what: 'growth: CPU per event at 1,000,000 addresses ÷ at 10',
      bound: 'at most',
      limit: 1.3,
      measured: ratioOf(addresses.at(-1)?.cpuMicros ?? [], addresses[0]?.cpuMicros ?? []),
    },
    {
      what: "growth: server's CPU per event with 64 connections ÷ with 1",
      bound: 'at most',
      limit: 1.3,
      measured: ratioOf(stored(64), stored(1)),
    },
  ];
}

export function serverTargets({ loads, appenderMicros }: ServerResults): Target[] {
  const stored = (loads.get(loadName(8)) ?? []).map(({ cpuMicros }) => cpuMicros);
  return [
    {
      what: 'server: CPU per durably stored event ÷ JSON.parse and DuckDB appender of the same rows alone',
      bound: 'at most',
      limit: 1.6,
      measured: ratioOf(stored, appenderMicros),
    },
  ];
}

const cost = ({ nodeMicros, databaseMicros }: ClusterRound): number => nodeMicros + databaseMicros;
const connections = ({ connectionMicros }: ClusterRound): number => connectionMicros;
const rate = ({ eventsPerSecond }: ClusterRound): number => eventsPerSecond;

/** Ratios of servers that share a PostgreSQL database. */
export function clusterTargets({ rounds, replicated }: ClusterResults): Target[] {
  const of = (name: string, value: (round: ClusterRound) => number): number[] =>
    (rounds.get(name) ?? []).map(value);
  const one = of(ONE, cost);
  return [
    atMost(
      'PostgreSQL: CPU per event in all aggregates ÷ JSON.parse and COPY of the same rows alone',
      2.5,
      ratioOf(one, of(COPY, cost)),
    ),
    atMost('PostgreSQL: the same ÷ the DuckDB server', 1.2, ratioOf(one, of(DUCKDB, cost))),
    atMost('PostgreSQL: CPU per event, three servers ÷ one', 1.2, ratioOf(of(THREE, cost), one)),
    atMost(
      'PostgreSQL: CPU of its connections per event without roll-ups ÷ COPY alone',
      1.3,
      ratioOf(of(NOT_ROLLED_UP, connections), of(COPY, connections)),
    ),
    {
      what: 'PostgreSQL: acknowledged events/s, three servers ÷ the DuckDB server',
      bound: 'at least',
      limit: 1.5,
      measured: ratioOf(of(THREE, rate), of(DUCKDB, rate)),
    },
    ...Object.entries(replicated.steady).map(([eventsPerSecond, each]) =>
      atMost(
        `PostgreSQL: acknowledgement at ${eventsPerSecond} events/s, p99 in ms`,
        100,
        spreadOf(each.map(({ p99Millis }) => p99Millis)),
      ),
    ),
    ...Object.entries(replicated.promotions).map(([how, times]) =>
      atMost(
        `PostgreSQL: the worst time without acknowledgements after a promotion, ${how}, in ms`,
        2000,
        spreadOf([Math.max(...times.map(({ firstMillis }) => firstMillis))]),
      ),
    ),
  ];
}

const DEFAULT_QUEUE_BYTES = 8 * 2 ** 20;

/** One outage has no rounds: its spread is what it is in the second half, which shows whether it is flat. */
export function outageTargets(results: readonly OutageResult[]): Target[] {
  const ours = results.find(({ pipeline }) => pipeline === 'cerberus');
  const [first = NaN, ...later] = ours?.rssBytes ?? [];
  const growth = later.slice(Math.floor(later.length / 2)).map((rss) => (rss - first) / DEFAULT_QUEUE_BYTES);
  const sorted = growth.toSorted((a, b) => a - b);
  const last = sorted.at(-1) ?? NaN;
  return [
    {
      what: 'outage: greatest growth of RSS ÷ `maxQueueBytes`',
      bound: 'at most',
      limit: 6,
      measured: { median: last, q1: last, q3: last },
    },
  ];
}

/** Until it listens. */
export const millis = ({ millis: value }: Start): number => value;
const cpuMillis = ({ cpuMillis: value }: Start): number => value;

/**
 * What `register` adds to a start with an SDK ÷ what OpenTelemetry's own `register` with all of its instrumentations adds, and without an
 * SDK ÷ with one.
 */
export function startUpTargets(results: readonly StartUp[]): Target[] {
  return [
    ...results.flatMap((result) => [
      registerTarget(result, 'time', millis),
      registerTarget(result, 'CPU', cpuMillis),
    ]),
    ...standAloneStartTargets(results),
  ];
}

/** What `register` adds to a start without an SDK ÷ with one. */
export function standAloneStartTargets(results: readonly StartUp[]): Target[] {
  const measured = results.filter(({ starts }) => starts.has('stand-alone'));
  return measured.flatMap((result) =>
    (
      [
        ['time', millis],
        ['CPU', cpuMillis],
      ] as const
    ).map(([what, of]) =>
      atMost(
        `start of ${result.application}: ${what} added by \`register\` without an SDK ÷ with one`,
        0.25,
        ratioOf(addedToStart(result, 'stand-alone', of), addedToStart(result, 'register', of)),
      ),
    ),
  );
}

function registerTarget(result: StartUp, what: string, of: (start: Start) => number): Target {
  return atMost(
    `start of ${result.application}: ${what} added by \`register\` ÷ by auto-instrumentations`,
    1,
    ratioOf(addedToStart(result, 'register', of), addedToStart(result, 'auto-instrumentations', of)),
    1.25,
  );
}

/** What a way to start adds to each start of the application alone. */
export function addedToStart({ starts }: StartUp, way: Way, of: (start: Start) => number): number[] {
  return (starts.get(way) ?? []).map((start, round) => of(start) - of(starts.get('bare')?.[round] ?? start));
}
