import { AGENT_TITLES } from '../application/names.ts';
import type { AddedToApplication } from '../application/added.ts';
import type { ApplicationResult } from '../application/part.ts';
import { EXPORTER_TITLES } from '../exporter/names.ts';
import type { ClusterResults } from '../cluster/part.ts';
import type { ExporterResults } from '../exporter/part.ts';
import type { Growth } from '../growth/part.ts';
import type { AddedCpu } from '../life-cycle/part.ts';
import { shapeName } from '../life-cycle/shapes.ts';
import type { OutageResult } from '../outage/part.ts';
import type { ServerResults } from '../server/part.ts';
import type { StartUp } from '../start-up/part.ts';
import { WAYS } from '../start-up/names.ts';
import { cell, number, spreadCell, table } from './markdown.ts';
import { verdictOf, type Target } from './target.ts';

const MEBI = 2 ** 20;

export function targetsTable(targets: readonly Target[]): string {
  const rows = targets.map((target) => [
    target.what,
    `${target.bound === 'at most' ? '≤' : '≥'} ${target.limit}`,
    spreadCell(target.measured, 2),
    verdictOf(target),
  ]);
  return table(['ratio', 'target', 'median (quartiles)', ''], rows);
}

export function exportersTable({ exporters, stringifyMicros }: ExporterResults): string {
  const rows = [...exporters].map(([name, rounds]) => [
    EXPORTER_TITLES[name],
    cell(rounds.map(({ cpuMicros }) => cpuMicros)),
    cell(rounds.map(({ mainMicros }) => mainMicros)),
    cell(
      rounds.map(({ eventsPerSecond }) => eventsPerSecond),
      0,
    ),
    cell(
      rounds.map(({ bytes }) => bytes),
      0,
    ),
  ]);
  return table(
    ['exporter', 'CPU µs/span', 'of it main thread', 'events/s', 'bytes/event'],
    [...rows, ['`JSON.stringify` of the event alone', cell(stringifyMicros), '', '', '']],
  );
}

export function lifeCycleTable(results: readonly AddedCpu[]): string {
  return table(
    ['request', 'no-op processor, CPU µs', '+ Cerberus', '+ BatchSpanProcessor and OTLP'],
    results.map(({ shape, base, cerberus, otlp }) => [
      shapeName(shape),
      cell(base),
      cell(cerberus),
      cell(otlp),
    ]),
  );
}

export function applicationsTable(results: readonly ApplicationResult[]): string {
  return table(
    ['application', 'requests/s', 'CPU µs/request', 'p50 ms', 'p99 ms', 'RSS MiB', 'delivered'],
    results.map(({ framework, agent, rounds, delivered }) => [
      `${framework}, ${AGENT_TITLES[agent]}`,
      cell(
        rounds.map(({ requestsPerSecond }) => requestsPerSecond),
        0,
      ),
      cell(
        rounds.map(({ cpuMicros }) => cpuMicros),
        0,
      ),
      cell(rounds.map(({ p50Millis }) => p50Millis)),
      cell(rounds.map(({ p99Millis }) => p99Millis)),
      cell(
        rounds.map(({ rssBytes }) => rssBytes / MEBI),
        0,
      ),
      delivered === undefined ? '' : `${number(delivered * 100)} %`,
    ]),
  );
}

export function addedTable(added: readonly AddedToApplication[]): string {
  return table(
    ['one process', 'no-op processor, CPU µs/request', '+ Cerberus', '+ BatchSpanProcessor and OTLP'],
    added.map(({ framework, baseMicros, addedMicros }) => [
      framework,
      cell(baseMicros),
      cell(addedMicros.cerberus),
      cell(addedMicros['otlp-proto']),
    ]),
  );
}

export function growthTable(growth: readonly Growth[]): string {
  return table(
    ['what grows', 'size', 'CPU µs/event'],
    growth.flatMap(({ what, points }) =>
      points.map(({ size, cpuMicros }) => [what, number(size, 0), cell(cpuMicros)]),
    ),
  );
}

export function serverTable({ loads, appenderMicros }: ServerResults): string {
  const rows = [...loads].map(([name, rounds]) => [
    name,
    cell(
      rounds.map(({ eventsPerSecond }) => eventsPerSecond),
      0,
    ),
    cell(rounds.map(({ cpuMicros }) => cpuMicros)),
    cell(
      rounds.map(({ ackP50Millis }) => ackP50Millis),
      0,
    ),
    cell(
      rounds.map(({ ackP99Millis }) => ackP99Millis),
      0,
    ),
    cell(
      rounds.map(({ rssBytes }) => rssBytes / MEBI),
      0,
    ),
  ]);
  return table(
    ['load', 'stored events/s', 'CPU µs/event', 'acknowledged after, p50 ms', 'p99 ms', 'RSS MiB'],
    [...rows, ['JSON.parse and DuckDB appender alone', '', cell(appenderMicros), '', '', '']],
  );
}

export function clusterTable({ rounds, eventBytes, aggregateBytes, replicated }: ClusterResults): string {
  const rows = [...rounds].map(([name, each]) => [
    name,
    cell(each.map(({ nodeMicros }) => nodeMicros)),
    cell(each.map(({ databaseMicros }) => databaseMicros)),
    cell(each.map(({ connectionMicros }) => connectionMicros)),
    cell(
      each.map(({ eventsPerSecond }) => eventsPerSecond),
      0,
    ),
  ]);
  const costs = table(
    [
      'what',
      'server, CPU µs/event',
      'PostgreSQL, CPU µs/event',
      'of that, connections',
      'acknowledged events/s',
    ],
    rows,
  );
  const steady = table(
    ['three servers, a synchronous standby', 'p50, ms', 'p99, ms', 'the slowest, ms'],
    Object.entries(replicated.steady).map(([eventsPerSecond, each]) => [
      `acknowledged at ${number(Number(eventsPerSecond), 0)} events/s, after`,
      ...(['p50Millis', 'p99Millis', 'mostMillis'] as const).map((key) =>
        cell(each.map((round) => round[key])),
      ),
    ]),
  );
  const promotions = table(
    ['the standby is promoted', 'first acknowledgement, ms', 'worst', 'all exporters, ms', 'worst'],
    Object.entries(replicated.promotions).map(([how, times]) => [
      how,
      ...(['firstMillis', 'allMillis'] as const).flatMap((key) => {
        const millis = times.map((time) => time[key]);
        return [cell(millis, 0), number(Math.max(...millis), 0)];
      }),
    ]),
  );
  return `${costs}\n\n${steady}\n\n${promotions}\n\nOn disk: ${eventBytes.toFixed(0)} bytes an event with its indexes, ${aggregateBytes.toFixed(0)} of aggregates that are not put together yet.`;
}

const PIPELINE_TITLES = {
  'no-op': 'no-op processor',
  cerberus: 'Cerberus',
  'otlp-proto': 'BatchSpanProcessor and OTLP http/protobuf',
} as const;

export function outageTable(results: readonly OutageResult[]): string {
  return table(
    ['pipeline', 'RSS before, MiB', 'most', 'at the end', 'spans made', 'delivered in the end'],
    results.map(({ pipeline, rssBytes, made, delivered }) => [
      PIPELINE_TITLES[pipeline],
      number((rssBytes[0] ?? NaN) / MEBI, 0),
      number(Math.max(...rssBytes) / MEBI, 0),
      number((rssBytes.at(-1) ?? NaN) / MEBI, 0),
      number(made, 0),
      pipeline === 'no-op' ? '' : `${number(delivered, 0)} (${number((delivered / made) * 100)} %)`,
    ]),
  );
}

export function startUpTable(results: readonly StartUp[]): string {
  return table(
    ['application', 'started with', 'ms until it listens', 'CPU ms until then'],
    results.flatMap(({ application, starts }) =>
      [...starts].map(([way, rounds]) => [
        application,
        WAYS[way].title,
        cell(
          rounds.map(({ millis }) => millis),
          0,
        ),
        cell(
          rounds.map(({ cpuMillis }) => cpuMillis),
          0,
        ),
      ]),
    ),
  );
}
