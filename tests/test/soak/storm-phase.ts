import type { CerberusWsExporterOptions } from '@cerberus-otel/exporter-ws';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultProxy } from '../../../packages/exporter-ws/test-dist/support/fault-proxy.js';
import { SlowLine } from '../../../packages/exporter-ws/test-dist/support/slow-line.js';
import { seededRandom } from '../../../packages/server/test-dist/support/events/random-events.js';
import { smallDisk } from '../../../packages/server/test-dist/support/databases/small-disk.js';
import { ServerProcess } from '../support/server-process.js';
import type { Fault } from './faults/fault.js';
import { FullDisk } from './faults/full-disk.js';
import { KILL, LINK_FAULTS } from './faults/link.js';
import { QuestionFlood } from './faults/question-flood.js';
import { SlowLink } from './faults/slow-link.js';
import { WrongClock } from './faults/wrong-clock.js';
import { Producer } from './producer.js';
import { aggregated, stored, type Stored } from './server-figures.js';
import { Storm, type Place } from './storm.js';

const TOKEN = 'soak-token';
const SPOOLING_SPANS_PER_SECOND = 200;
const WRONG_CLOCK_SPANS_PER_SECOND = 20;
/** What clocks say that are wrong, milliseconds since 1970. */
const WRONG_TIMES = [0, Date.UTC(2262, 0, 1)] as const;
/** MiB: of the empty disk, and for a minute at 2,000 spans/s. */
const DISK = { least: 192, perMinute: 48 };

export interface StormPhaseSettings {
  readonly folder: string;
  readonly minutes: number;
  readonly spansPerSecond: number;
  readonly faultEveryMillis: number;
  readonly seed: number;
}

/** What became of a storm. */
export interface StormOutcome {
  readonly storm: Storm;
  readonly broken: readonly string[];
  /** Names and values of what the faults saw. */
  readonly findings: readonly (readonly [string, string])[];
  /** Why a kind of faults was left out. */
  readonly skipped: readonly string[];
  readonly stored: Stored;
}

/** The weather of months: a server, producers of several kinds, and all that can go wrong between and around them. */
export async function stormPhase(settings: StormPhaseSettings): Promise<StormOutcome> {
  const { folder, minutes, spansPerSecond } = settings;
  const disk = smallDisk(DISK.least + Math.ceil(DISK.perMinute * minutes * (spansPerSecond / 2_000)));
  const skipped =
    disk === undefined ? ['full disk (to mount one takes a right that this process has not)'] : [];
  const faults: Fault[] = [...LINK_FAULTS, KILL, new SlowLink(), new WrongClock(), new QuestionFlood()];
  if (disk !== undefined) faults.push(new FullDisk(disk));
  const server = await ServerProcess.start(join(disk?.folder ?? folder, 'soak.duckdb'), TOKEN);
  const takeAway = (): void => {
    void server.kill();
    for (const fault of faults) fault.end?.();
  };
  // Also when this process is told to end.
  process.once('exit', takeAway);
  const line = await SlowLine.start(() => server.port, Infinity);
  const proxy = await FaultProxy.start(() => line.port);
  const place: Place = { server, token: TOKEN, proxy, line, random: seededRandom(settings.seed) };
  const options = optionsFor(`ws://127.0.0.1:${proxy.port}/ws/events`);
  const spoolDir = join(folder, 'storm-spool');
  await mkdir(spoolDir);
  const producers = producersOf(options, spoolDir, spansPerSecond);
  const newcomer = (number: number): Producer =>
    new Producer({
      name: `newcomer${number}`,
      spansPerSecond: 0,
      options: { ...options, clientId: 'newcomer' },
    });
  try {
    const storm = new Storm(place, { ...settings, seconds: minutes * 60, faults, producers, newcomer });
    await storm.run();
    const exported = new Map(storm.producers.map(({ name, exported: count }) => [name, count]));
    const found = await stored(server.url, TOKEN, exported);
    const broken = [...storm.broken, ...(await differences(server.url, found))];
    const findings = faults.flatMap((fault) => fault.findings?.() ?? []);
    return { storm, broken, findings, skipped, stored: found };
  } finally {
    await Promise.all(producers.map((producer) => producer.retire()));
    await proxy.stop();
    await line.stop();
    await server.kill();
    takeAway();
  }
}

function optionsFor(wsUrl: string): CerberusWsExporterOptions {
  return {
    wsUrl,
    token: TOKEN,
    ackTimeoutMillis: 2_000,
    connectTimeoutMillis: 2_000,
    initialBackoffMillis: 50,
    maxBackoffMillis: 500,
  };
}

/** One with a large queue, one with a spool, and one whose clock is wrong. */
function producersOf(
  options: CerberusWsExporterOptions,
  spoolDir: string,
  spansPerSecond: number,
): readonly Producer[] {
  const steady = { ...options, clientId: 'steady', maxQueueEvents: 50_000, maxQueueBytes: 64 * 1024 * 1024 };
  return [
    new Producer({ name: 'steady', spansPerSecond, options: steady }),
    new Producer({
      name: 'spooling',
      spansPerSecond: SPOOLING_SPANS_PER_SECOND,
      options: { ...options, clientId: 'spooling', spoolDir, maxQueueEvents: 500 },
    }),
    new Producer({
      name: 'wrongclock',
      spansPerSecond: WRONG_CLOCK_SPANS_PER_SECOND,
      options: { ...options, clientId: 'wrongclock' },
      clock: (index) => WRONG_TIMES[index % WRONG_TIMES.length] ?? 0,
    }),
  ];
}

/** Where the aggregates are not what the events are. */
async function differences(url: string, { byClient }: Stored): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const [clientId, events] of byClient) {
    const sums = await aggregated(url, TOKEN, clientId);
    if (sums.requests !== events.requests || sums.errors !== events.errors)
      broken.push(
        `${clientId}: ${events.requests} events with ${events.errors} errors are counted as ${sums.requests} with ${sums.errors}`,
      );
  }
  return broken;
}
