import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eachEvent } from '../support/reads.js';
import { ServerProcess } from '../support/server-process.js';
import { Application, journalOf, type LifeSettings } from './lives.js';

const TOKEN = 'soak-token';
const MAX_QUEUE_EVENTS = 500;
/** The last second of what went to the disk may be in memory (docs/guarantees.md), and one more on a busy machine. */
const UNWRITTEN_MILLIS = 2_000;
/** In which a connection settles more than is in flight on it. */
const SERVER_LIFE_MILLIS = 3_000;
/** In which one process sends what is left. It looks for folders once a minute. */
const DRAIN_MILLIS = 150_000;

/** What is left of applications that were killed and of their backend's outages. */
export interface SpoolStormReport {
  readonly outages: number;
  readonly kills: number;
  readonly exported: number;
  readonly refused: number;
  readonly stored: number;
  readonly duplicates: number;
  /** Events that were exported by lives that were killed, and are not stored. */
  readonly lostByKills: number;
  /** Of one life at most, and how many its memory could hold then. */
  readonly worst: { readonly lost: number; readonly bound: number };
  /** Lives that lost more than their memory could hold, and those that were not killed and lost anything. */
  readonly brokenLives: readonly string[];
  /** Events on disk that could not be read. */
  readonly unreadable: number;
  readonly mostSpooled: number;
  readonly filesLeft: number;
  readonly rssMiB: number;
  readonly balanced: boolean;
  readonly mode: 'batch' | 'event';
}

/** Two applications with one folder and client id; the backend is away for longer than their queue holds, and they are killed. */
export async function spoolStorm(
  folder: string,
  mode: 'batch' | 'event',
  seconds: number,
  spansPerSecond: number,
): Promise<SpoolStormReport> {
  await mkdir(folder, { recursive: true });
  const server = await ServerProcess.start(join(folder, 'spool.duckdb'), TOKEN);
  process.once('exit', () => void server.kill());
  const spoolDir = join(folder, 'spool');
  const settings = {
    wsUrl: `ws://127.0.0.1:${server.port}/ws/events`,
    token: TOKEN,
    clientId: 'spooling',
    protocol: mode,
    spoolDir,
    maxQueueEvents: MAX_QUEUE_EVENTS,
    spansPerSecond,
  };
  const applications = ['a', 'b'].map((name) => new Application({ ...settings, name }, folder));
  const killed = new Set<string>();
  let outages = 0;
  const kill = async (application: Application): Promise<void> => {
    const { name } = application.lives.at(-1) as LifeSettings;
    if ((await application.end('SIGKILL')) === 'SIGKILL') killed.add(name);
    application.start();
  };
  try {
    for (const application of applications) application.start();
    const end = performance.now() + seconds * 1e3;
    while (performance.now() < end) {
      outages += 1;
      await server.kill();
      // At least twice as long as the queue holds.
      await sleep((2 + Math.random() * 2) * ((MAX_QUEUE_EVENTS / spansPerSecond) * 1e3));
      for (const application of applications) if (Math.random() < 0.5) await kill(application);
      await sleep(Math.random() * 1_500);
      await server.restart();
      // Often in the middle of what is sent from disk. Shorter lives of the server would look like an event that ends connections: frames
      // are taken apart then, and a process that is killed just then has theirs stored twice (docs/guarantees.md).
      await sleep(SERVER_LIFE_MILLIS + Math.random() * 3_000);
      for (const application of applications) if (Math.random() < 0.3) await kill(application);
      await sleep(Math.random() * 1_000);
    }
    // The last ones find what earlier lives have left.
    for (const application of applications) await kill(application);
    await Promise.all(applications.map((application) => application.isRunning()));
    const ends = await Promise.all(applications.map((application) => application.end('SIGTERM')));
    // One that ended before it had taken over what others left leaves that to the next.
    const heir = new Application({ ...settings, name: 'heir', spansPerSecond: 0 }, folder);
    applications.push(heir);
    heir.start();
    await isDrained(spoolDir);
    await heir.isRunning();
    ends.push(await heir.end('SIGTERM'));
    const filesLeft = await filesIn(spoolDir);
    const paths = new Map<string, number>();
    for await (const { endpoint } of eachEvent(server.url, TOKEN)) {
      const path = String(endpoint).replace('/orders/', '');
      paths.set(path, (paths.get(path) ?? 0) + 1);
    }
    const lives = applications.flatMap((application) => application.lives);
    const report = judged(lives, killed, paths);
    if (ends.some((code) => code !== 0)) throw new Error(`an application ended with ${ends.join(', ')}`);
    return { ...report, outages, kills: killed.size, filesLeft, mode };
  } finally {
    await Promise.all(applications.map((application) => application.end('SIGKILL')));
    await server.kill();
  }
}

async function filesIn(spoolDir: string): Promise<number> {
  const files = await readdir(spoolDir, { recursive: true }).catch(() => []);
  return files.filter((name) => name.endsWith('.seg')).length;
}

async function isDrained(spoolDir: string): Promise<void> {
  const deadline = performance.now() + DRAIN_MILLIS;
  while ((await filesIn(spoolDir)) > 0 && performance.now() < deadline) await sleep(100);
}

function judged(
  lives: readonly LifeSettings[],
  killed: ReadonlySet<string>,
  paths: ReadonlyMap<string, number>,
): Omit<SpoolStormReport, 'outages' | 'kills' | 'filesLeft' | 'mode'> {
  const brokenLives: string[] = [];
  const total = { exported: 0, refused: 0, lostByKills: 0, unreadable: 0, mostSpooled: 0, rssMiB: 0 };
  let worst = { lost: 0, bound: 0 };
  let balanced = true;
  for (const life of lives) {
    const lines = journalOf(life);
    const last = lines.at(-1);
    if (last === undefined) continue;
    const before = lines.findLast(({ at }) => at <= last.at - UNWRITTEN_MILLIS)?.exported ?? 0;
    const bound = killed.has(life.name) ? life.maxQueueEvents + last.exported - before : 0;
    let stored = 0;
    for (let index = 0; index < last.exported; index += 1)
      if (paths.has(`${life.name}-${index}`)) stored += 1;
    const lost = last.exported - last.failed - stored;
    if (lost > bound) brokenLives.push(`${life.name}: ${lost} of at most ${bound}`);
    if (lost > worst.lost) worst = { lost, bound };
    balanced &&= lines.every(({ imbalance }) => imbalance === 0);
    total.exported += last.exported;
    total.refused += last.failed;
    total.lostByKills += Math.max(0, lost);
    total.unreadable += last.lost;
    total.mostSpooled = Math.max(total.mostSpooled, ...lines.map(({ spooled }) => spooled));
    total.rssMiB = Math.max(total.rssMiB, ...lines.map(({ rssMiB }) => rssMiB));
  }
  const arrivals = [...paths.values()].reduce((sum, count) => sum + count, 0);
  return { ...total, worst, brokenLives, balanced, stored: paths.size, duplicates: arrivals - paths.size };
}
