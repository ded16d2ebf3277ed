// `npm run soak -- --minutes N`: the real exporter and the real server through hours of bad weather in minutes, then
// two outages for the memory, applications with a spool that are killed, and an hour of outage on disk. `--cluster --minutes N --seed S`
// is about several servers on PostgreSQL instead. Prints a report; exits 1 when a promise was broken.
import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FaultProxy } from '../../../packages/exporter-ws/test-dist/support/fault-proxy.js';
import { growth, runOutage } from '../../../packages/exporter-ws/test-dist/support/outage.js';
import { acceptance, RawServer } from '../../../packages/exporter-ws/test-dist/support/raw-server.js';
import { readEvents } from '../support/reads.js';
import { ServerProcess } from '../support/server-process.js';
import { clusterStorm } from './cluster-storm.js';
import {
  keptThroughHour,
  keptThroughSpoolStorm,
  print,
  printHour,
  printOutage,
  printSpoolStorm,
} from './report.js';
import { spoolStorm } from './spool-storm.js';
import { spooledHour } from './spooled-hour.js';
import { storm, type StormReport } from './storm.js';

const TOKEN = 'soak-token';
const SPANS_PER_SECOND = 2_000;
const CLUSTER_EVENTS_PER_SECOND = 1_000;
const KILLS = 20;
const MAX_MINUTES = 180;
const SPOOLING_SPANS_PER_SECOND = 500;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    'spans-per-second': { type: 'string' },
    cluster: { type: 'boolean', default: false },
    seed: { type: 'string' },
    'outage-seconds': { type: 'string', default: '60' },
    'spooled-events': { type: 'string', default: '3600000' },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0 && minutes <= MAX_MINUTES))
  throw new Error(`--minutes must be above 0 and at most ${MAX_MINUTES}`);

async function stormPhase(folder: string): Promise<StormReport & { stored: number; duplicates: number }> {
  const server = await ServerProcess.start(join(folder, 'soak.duckdb'), TOKEN);
  const proxy = await FaultProxy.start(() => server.port);
  const exporter = new CerberusWsExporter({
    wsUrl: `ws://127.0.0.1:${proxy.port}/ws/events`,
    token: TOKEN,
    clientId: 'soak',
    protocol: 'batch',
    maxQueueEvents: 50_000,
    maxQueueBytes: 64 * 1024 * 1024,
    ackTimeoutMillis: 2_000,
    connectTimeoutMillis: 2_000,
    initialBackoffMillis: 50,
    maxBackoffMillis: 500,
    forceFlushTimeoutMillis: 60_000,
  });
  try {
    const report = await storm(exporter, server, proxy, {
      seconds: minutes * 60,
      spansPerSecond: Number(values['spans-per-second'] ?? SPANS_PER_SECOND),
      faultEveryMillis: 3_000,
      kills: KILLS,
    });
    const stored = (await readEvents(server.url, TOKEN)).map((event) => String(event['endpoint']));
    const distinct = new Set(stored).size;
    return { ...report, stored: distinct, duplicates: stored.length - distinct };
  } finally {
    await exporter.shutdown();
    await proxy.stop();
    await server.kill();
  }
}

function printStorm(report: Awaited<ReturnType<typeof stormPhase>>): void {
  const { rssMiB, healMillis } = report;
  // The first fifth is warm-up: the heap grows to its working size.
  const warm = rssMiB.slice(Math.floor(rssMiB.length / 5));
  print('accepted', report.accepted);
  print('stored', report.stored);
  print('lost', report.accepted - report.stored);
  print('duplicates', report.duplicates);
  print('refused (queue full, counted)', report.refused);
  print(
    'faults',
    Object.entries(report.faults)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', '),
  );
  print('worst time to heal', `${Math.max(...healMillis)} ms`);
  print(
    'resident memory',
    `${warm[0] ?? 0} MiB, then ${growth(warm) >= 0 ? '+' : ''}${growth(warm).toFixed(1)} MiB over the run`,
  );
  print('sockets between faults, at most', report.sockets);
  print('books balanced at every sample', report.balanced);
}

/** One server, and what the exporter does by itself. @returns whether every promise was kept */
async function oneServer(folder: string): Promise<boolean> {
  process.stdout.write(
    `Storm: ${values['spans-per-second'] ?? SPANS_PER_SECOND} spans/s, a fault every 3 s\n`,
  );
  const report = await stormPhase(folder);
  printStorm(report);

  const seconds = Number(values['outage-seconds']);
  process.stdout.write(`\nOutages of ${seconds} s at 5000 spans/s\n`);
  const deaf = await RawServer.start((socket, head) => {
    socket.write(acceptance(head));
    socket.pause();
  });
  const stalled = await runOutage(deaf.url, seconds);
  await deaf.stop();
  printOutage('backend that never reads', stalled);
  const down = await runOutage('ws://127.0.0.1:1/', seconds);
  printOutage('backend that is down', down);

  process.stdout.write(
    `\nSpool: two applications at ${SPOOLING_SPANS_PER_SECOND} spans/s each with one folder, killed, in outages longer than their queue\n`,
  );
  let isSpoolKept = true;
  for (const mode of ['batch', 'event'] as const) {
    const spooling = await spoolStorm(
      join(folder, mode),
      mode,
      (minutes * 60) / 2,
      SPOOLING_SPANS_PER_SECOND,
    );
    printSpoolStorm(spooling);
    isSpoolKept &&= keptThroughSpoolStorm(spooling);
  }

  const spooledEvents = Number(values['spooled-events']);
  process.stdout.write(`\nOutage of ${spooledEvents} events on disk, as fast as they are accepted\n`);
  const hour = await spooledHour(join(folder, 'hour'), spooledEvents);
  printHour(hour);

  return (
    isSpoolKept &&
    keptThroughHour(hour) &&
    report.stored === report.accepted &&
    report.acked === report.accepted &&
    report.duplicates === 0 &&
    report.balanced &&
    growth(stalled.usedMiB) < 8 &&
    growth(down.usedMiB) < 8
  );
}

function cluster(): Promise<boolean> {
  return clusterStorm({
    minutes,
    eventsPerSecond: Number(values['spans-per-second'] ?? CLUSTER_EVENTS_PER_SECOND),
    seed: Number(values.seed ?? randomInt(2 ** 31)),
  });
}

const folder = await mkdtemp(join(tmpdir(), 'cerberus-soak-'));
try {
  process.stdout.write(
    `Soak of ${minutes} minutes, ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB\n\n`,
  );
  const kept = await (values.cluster ? cluster() : oneServer(folder));
  process.stdout.write(kept ? '\nEvery promise was kept.\n' : '\nA promise was broken.\n');
  process.exitCode = kept ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
