import type { ProducerRow } from '../questions/producer.ts';
import {
  searchedText,
  type ApplicationRow,
  type Listed,
  type SourceQuery,
} from '../questions/source-list.ts';
import { finder } from '../filter/search.ts';
import { groupBy } from '../../nested-maps.ts';
import { compare } from './figures.ts';

/** Lists producers. */
export function listProducers(all: Iterable<ProducerRow>, query: SourceQuery): Listed<ProducerRow> {
  const found = newestFirst([...all].filter((row) => isOf(row, query) && isFound(row, query)));
  return cut(
    found.map((row) => [row.producer, row] as const),
    query,
  );
}

/** Lists client ids with the figures of all their producers; one that is found finds its application. */
export function listApplications(all: Iterable<ProducerRow>, query: SourceQuery): Listed<ApplicationRow> {
  const groups = [
    ...groupBy(
      [...all].filter((row) => isOf(row, query)),
      (row) => row.clientId,
    ),
  ]
    .filter(([, group]) => group.some((row) => isFound(row, query)))
    .map(([clientId, group]) => [clientId, applicationOf(clientId, newestFirst(group))] as const)
    .sort(([, a], [, b]) => b.lastSeen - a.lastSeen || compare(a.clientId, b.clientId));
  return cut(groups, query);
}

function applicationOf(clientId: string, newest: readonly ProducerRow[]): ApplicationRow {
  const sum = (valueOf: (row: ProducerRow) => number): number =>
    newest.reduce((total, row) => total + valueOf(row), 0);
  return {
    clientId,
    producers: newest.length,
    modes: [...new Set(newest.map((row) => row.mode))].sort(compare),
    agent: newest[0]?.agent ?? null,
    service: newest[0]?.service ?? { version: null, environment: null, instanceId: null },
    firstSeen: newest.map((row) => row.firstSeen).reduce((a, b) => Math.min(a, b)),
    lastSeen: newest[0]?.lastSeen ?? 0,
    events: sum((row) => row.events),
    rejected: sum((row) => row.rejected),
  };
}

function newestFirst(rows: readonly ProducerRow[]): readonly ProducerRow[] {
  return [...rows].sort((a, b) => b.lastSeen - a.lastSeen || compare(a.producer, b.producer));
}

function isOf(row: ProducerRow, { clientId }: SourceQuery): boolean {
  return clientId === undefined || row.clientId === clientId;
}

function isFound(row: ProducerRow, { search }: SourceQuery): boolean {
  return finder(search)(searchedText(row));
}

function cut<T>(found: readonly (readonly [string, T])[], { first, limit }: SourceQuery): Listed<T> {
  const wanted = new Set(first);
  const ordered = [...found.filter(([key]) => wanted.has(key)), ...found.filter(([key]) => !wanted.has(key))];
  return { rows: ordered.slice(0, limit).map(([, row]) => row), total: found.length };
}
