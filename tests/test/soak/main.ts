// `npm run soak -- --minutes N`: real exporters and the real server through hours of bad weather in minutes, then
// two outages for the memory, applications with a spool that are killed, and an hour of outage on disk. Prints a report; exits 1
// when a promise was broken. `--cluster` is about several servers on PostgreSQL instead. `--seed` repeats the faults of a report in their order, `--write` puts the report into docs/guarantees.md.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { growth, runOutage } from '../../../packages/exporter-ws/test-dist/support/outage.js';
import { acceptance, RawServer } from '../../../packages/exporter-ws/test-dist/support/raw-server.js';
import { clusterStorm } from './cluster-storm.js';
import { say, writeDocument } from './output.js';
import {
  keptThroughHour,
  keptThroughSpoolStorm,
  keptThroughStorm,
  printHour,
  printOutage,
  printSpoolStorm,
  printStorm,
} from './report.js';
import { spoolStorm } from './spool-storm.js';
import { spooledHour } from './spooled-hour.js';
import { stormPhase } from './storm-phase.js';

const FAULT_EVERY_MILLIS = 3_000;
const SPANS_PER_SECOND = 2_000;
const CLUSTER_EVENTS_PER_SECOND = 1_000;
const MAX_MINUTES = 180;
const SPOOLING_SPANS_PER_SECOND = 500;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    cluster: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Date.now() % 1e9) },
    'spans-per-second': { type: 'string' },
    'outage-seconds': { type: 'string', default: '60' },
    write: { type: 'boolean', default: false },
    'spooled-events': { type: 'string', default: '3600000' },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0 && minutes <= MAX_MINUTES))
  throw new Error(`--minutes must be above 0 and at most ${MAX_MINUTES}`);
if (values.write && values.cluster) throw new Error('--write is for the report on one server');

/** One server, and what the exporter does by itself. @returns whether every promise was kept */
async function oneServer(folder: string): Promise<boolean> {
  const spansPerSecond = Number(values['spans-per-second'] ?? SPANS_PER_SECOND);
  say(
    `Storm: ${spansPerSecond} spans/s, a fault every 3 s or when the last has healed, --seed ${values.seed}\n`,
  );
  const stormSettings = {
    minutes,
    spansPerSecond,
    faultEveryMillis: FAULT_EVERY_MILLIS,
    seed: Number(values.seed),
  };
  const outcome = await stormPhase({ folder, ...stormSettings });
  printStorm(outcome);

  const seconds = Number(values['outage-seconds']);
  say(`\nOutages of ${seconds} s at 5000 spans/s\n`);
  const deaf = await RawServer.start((socket, head) => {
    socket.write(acceptance(head));
    socket.pause();
  });
  const stalled = await runOutage(deaf.url, seconds);
  await deaf.stop();
  printOutage('backend that never reads', stalled);
  const down = await runOutage('ws://127.0.0.1:1/', seconds);
  printOutage('backend that is down', down);

  say(
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
  say(`\nOutage of ${spooledEvents} events on disk, as fast as they are accepted\n`);
  const hour = await spooledHour(join(folder, 'hour'), spooledEvents);
  printHour(hour);

  return (
    isSpoolKept &&
    keptThroughHour(hour) &&
    keptThroughStorm(outcome) &&
    growth(stalled.usedMiB) < 8 &&
    growth(down.usedMiB) < 8
  );
}

/** Several servers on PostgreSQL. @returns whether every promise was kept */
function severalServers(): Promise<boolean> {
  return clusterStorm({
    minutes,
    eventsPerSecond: Number(values['spans-per-second'] ?? CLUSTER_EVENTS_PER_SECOND),
    seed: Number(values.seed),
  });
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const folder = await mkdtemp(join(tmpdir(), 'cerberus-soak-'));
try {
  say(
    `Soak of ${minutes} minutes, ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB\n\n`,
  );
  const kept = await (values.cluster ? severalServers() : oneServer(folder));
  say(kept ? '\nEvery promise was kept.\n' : '\nA promise was broken.\n');
  process.exitCode = kept ? 0 : 1;
  if (values.write) await writeDocument();
} finally {
  await rm(folder, { recursive: true, force: true });
}
