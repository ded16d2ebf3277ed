// Says what became of the events, from outside: by SQL, which knows nothing of the server's code, and as every server tells it.
import type { EnginePair } from './engines.js';
import type { Books } from './load.js';
import type { ServerNode } from './nodes.js';

const DAY_MILLIS = 86_400_000;

/** All of one life of a cluster. */
export interface Verdict {
  readonly accepted: number;
  readonly stored: number;
  /** Accepted and finally acknowledged, and not stored. */
  readonly missing: number;
  /** Stored more than once. */
  readonly doubled: number;
  /** Stored, and never accepted. */
  readonly foreign: number;
  /** What is wrong beside that: each count of a server or of a table that is not that of the events. */
  readonly wrong: readonly string[];
}

interface StoredOf extends Record<string, unknown> {
  readonly exporter: string;
  readonly stored: number;
  readonly distinct: number;
  readonly last: string;
}

/** By the halves of the span id: the exporter, and the number of its event, from 1 without a gap. */
const STORED = `
  SELECT encode(substr(span_id, 1, 4), 'hex') AS exporter, count(*)::int AS stored,
         count(DISTINCT span_id)::int AS distinct, max(encode(substr(span_id, 5, 4), 'hex')) AS last
  FROM events GROUP BY 1`;

/** Judges what is there now: nothing may be on its way. @param books - of every exporter that ever sent */
export async function judge(
  engines: Pick<EnginePair, 'ask'>,
  nodes: readonly ServerNode[],
  books: readonly Books[],
): Promise<Verdict> {
  const rows = await engines.ask<StoredOf>(STORED);
  const stored = new Map(rows.map((row) => [Number.parseInt(row.exporter, 16), row]));
  const sum = { accepted: 0, stored: 0, missing: 0, doubled: 0, foreign: 0 };
  for (const { exporter, accepted } of books) {
    const row = stored.get(exporter) ?? { stored: 0, distinct: 0, last: '0' };
    const foreign = Math.max(0, Number.parseInt(row.last, 16) - accepted);
    sum.accepted += accepted;
    sum.stored += row.stored;
    sum.foreign += foreign;
    sum.missing += Math.max(0, accepted - (row.distinct - foreign));
    sum.doubled += row.stored - row.distinct;
    stored.delete(exporter);
  }
  for (const row of stored.values()) sum.foreign += row.stored;
  const wrong = [
    ...wrongBooks(books),
    ...(await wrongTables(engines, sum.stored)),
    ...(await Promise.all(nodes.map((node) => wrongAnswers(node, sum.stored)))).flat(),
  ];
  return { ...sum, wrong };
}

function wrongBooks(books: readonly Books[]): readonly string[] {
  return books
    .filter(({ accepted, acked, lost }) => acked !== accepted || lost > 0)
    .map((each) => `exporter ${each.exporter}: ${JSON.stringify(each)}`);
}

async function wrongTables(engines: Pick<EnginePair, 'ask'>, events: number): Promise<readonly string[]> {
  const [producers] = await engines.ask<{ n: number }>(
    'SELECT coalesce(sum(events), 0)::int AS n FROM producers',
  );
  return producers?.n === events ? [] : [`producers: ${producers?.n} events of ${events}`];
}

interface Requests {
  readonly requests: number;
}

interface Overview {
  readonly totals: Requests;
  readonly series: readonly Requests[];
}

/** A day is answered from the events, more from the aggregates; the summary has a way of its own. */
async function wrongAnswers(node: ServerNode, events: number): Promise<readonly string[]> {
  if (!node.isRunning) return [`${node.name} does not run`];
  // The clock of the servers may have gone over a midnight.
  const until = Date.now() + 3 * DAY_MILLIS;
  const range = (days: number): string =>
    `since=${new Date(Date.now() - days * DAY_MILLIS).toISOString()}&until=${new Date(until).toISOString()}`;
  const day = `since=${new Date(Date.now() - DAY_MILLIS / 2).toISOString()}&until=${new Date(Date.now() + DAY_MILLIS / 2).toISOString()}`;
  const wrong: string[] = [];
  const compare = (what: string, count: number | string): void => {
    if (count !== events) wrong.push(`${node.name}, ${what}: ${count} of ${events}`);
  };
  for (const [what, query] of [
    ['overview of a day', day],
    ['overview of many days', range(20)],
  ] as const) {
    const overview = await json<Overview>(node, `/api/overview?${query}`);
    compare(what, typeof overview === 'string' ? overview : overview.totals.requests);
    compare(`series of the ${what}`, typeof overview === 'string' ? overview : sumOf(overview.series));
  }
  const summary = await json<Requests>(node, `/api/summary?${range(20)}`);
  compare('summary', typeof summary === 'string' ? summary : summary.requests);
  return wrong;
}

function sumOf(rows: readonly Requests[]): number {
  return rows.reduce((sum, { requests }) => sum + requests, 0);
}

/** @returns a text when it does not answer with success */
async function json<T extends object>(node: ServerNode, path: string): Promise<T | string> {
  const answer = await node.ask(path, 30_000);
  if (answer === undefined) return 'no answer';
  return answer.ok ? (JSON.parse(answer.text) as T) : answer.text;
}
