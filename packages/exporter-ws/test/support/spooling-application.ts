// An application in a process of its own, with a small queue and a spool. It numbers its events, and says in a file, in the turn
// in which it exports them, what was accepted: what that file holds survives `kill -9`. Ends as it is told, or is killed.
import { openSync, writeSync } from 'node:fs';
import { CerberusWsExporter, type CerberusWsExporterOptions } from '../../dist/esm/index.js';
import { imbalance } from './exporters.js';
import { numberedSpans } from './spans.js';

/** What the application is told at its start, as JSON in its first argument. */
export interface ApplicationTask {
  readonly logFile: string;
  /** The number of its first event. */
  readonly first: number;
  /** Events each `stepMillis`. */
  readonly perStep: number;
  readonly stepMillis: number;
  readonly options: CerberusWsExporterOptions;
}

/** How it can be told to end. `flush`: after everything is acknowledged. */
export type ApplicationEnding = 'exit' | 'shutdown' | 'flush';

/** A line of its log. */
export interface ApplicationStep {
  /** Milliseconds since its start. */
  readonly at: number;
  /** The number that comes next: all below it were exported. */
  readonly next: number;
  /** Those that were exported since the last line and not accepted. */
  readonly refused: readonly number[];
  /** Zero when the books are balanced. */
  readonly imbalance: number;
  /** Events that were given up after they had been accepted, whatever the reason. */
  readonly dropped: number;
  readonly spooled: number;
  /** Why the latest connection ended. */
  readonly failure: string | null;
}

const { logFile, first, perStep, stepMillis, options } = JSON.parse(process.argv[2] ?? '') as ApplicationTask;
const log = openSync(logFile, 'a');
const exporter = new CerberusWsExporter(options, { env: { CERBERUS_WARNINGS: 'false' } });
let next = first;

function note(refused: readonly number[]): void {
  const stats = exporter.stats();
  const seen: ApplicationStep = {
    at: Math.round(performance.now()),
    next,
    refused,
    imbalance: imbalance(stats),
    dropped: Object.values(stats.dropped).reduce((sum, count) => sum + count, 0),
    spooled: stats.spooled.events,
    failure: stats.lastFailure,
  };
  writeSync(log, `${JSON.stringify(seen)}\n`);
}

function step(): void {
  const refused: number[] = [];
  for (const span of numberedSpans(perStep, next)) {
    const number = next;
    next += 1;
    exporter.export([span], ({ code }) => {
      if (code !== 0) refused.push(number);
    });
  }
  note(refused);
}

step();
// Behind the exporter's own listener, which was added with the first event.
process.on('exit', () => note([]));
const timer = setInterval(step, stepMillis);

process.on('message', async (ending: ApplicationEnding) => {
  clearInterval(timer);
  if (ending === 'exit') process.exit(0);
  if (ending === 'flush') await exporter.forceFlush();
  await exporter.shutdown();
  process.disconnect();
});
