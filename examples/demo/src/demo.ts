import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer, type CerberusServer } from '@cerberus-otel/server';
import { openDatabase, type Database } from './database.ts';
import { DemoError } from './demo-error.ts';
import type { Leftovers } from './leftovers.ts';
import type { DemoOptions } from './options.ts';
import { compareWithStore, type DemoResult } from './results/demo-result.ts';
import { ReadApi } from './results/read-api.ts';
import { LiveCounts } from './screen/live-counts.ts';
import type { Screen } from './screen/screen.ts';
import { table } from './screen/table.ts';
import { ShopProcess } from './shop-process.ts';
import { Traffic } from './traffic/traffic.ts';

const VISITORS = 250;
const REQUESTS_PER_SECOND = 150;
const GENTLE_REQUESTS_PER_SECOND = 10;

/** What the demo works with. */
export interface Surroundings {
  readonly screen: Screen;
  /** Aborts when the user wants the end. */
  readonly interrupted: AbortSignal;
  readonly leftovers: Leftovers;
}

interface Stage extends Surroundings {
  readonly options: DemoOptions;
  readonly server: CerberusServer;
  readonly database: Database;
  readonly shop: ShopProcess;
  /** Names this run in the events: a database that is kept may hold others. */
  readonly clientId: string;
}

/**
 * Runs the demo from its start to the comparison.
 *
 * @returns undefined when it was interrupted before there was anything to compare
 * @throws DemoError
 */
export async function runDemo(
  options: DemoOptions,
  surroundings: Surroundings,
): Promise<DemoResult | undefined> {
  surroundings.screen.print(surroundings.screen.paint.bold('Cerberus for OpenTelemetry: the demo'));
  const database = openDatabase(options.db, surroundings.leftovers);
  try {
    const server = await openServer(options, database);
    try {
      return await runShop(options, surroundings, server, database);
    } finally {
      await server.close();
    }
  } finally {
    database.remove();
  }
}

async function openServer({ serverPort, keep }: DemoOptions, { file }: Database): Promise<CerberusServer> {
  try {
    // With `--keep` there is a page to look at, and it is for whoever sits at this machine.
    return await startServer({ host: '127.0.0.1', port: serverPort, db: file, signIn: !keep });
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    if (code === 'PORT_IN_USE') {
      throw new DemoError(
        `port ${serverPort} is in use; choose another one for the server with --server-port`,
        { cause: error },
      );
    }
    throw new DemoError(`the server does not start: ${String(message)}`, { cause: error });
  }
}

async function runShop(
  options: DemoOptions,
  surroundings: Surroundings,
  server: CerberusServer,
  database: Database,
): Promise<DemoResult | undefined> {
  if (surroundings.interrupted.aborted) return undefined;
  const clientId = `demo-${randomBytes(4).toString('hex')}`;
  const { wsUrl, url: backendUrl, token } = server;
  const shop = new ShopProcess({ port: options.port, wsUrl, backendUrl, token, clientId });
  const forget = surroundings.leftovers.add(() => shop.kill());
  try {
    return await runTraffic({ ...surroundings, options, server, database, shop, clientId });
  } finally {
    // Already gone, unless something went wrong.
    shop.kill();
    await shop.ended;
    forget();
  }
}

async function runTraffic(stage: Stage): Promise<DemoResult | undefined> {
  const { shop, server, screen, interrupted } = stage;
  const origin = await Promise.race([shop.listening, aborted(interrupted)]);
  if (origin === undefined) return undefined;
  introduce(stage, origin);
  const reads = new ReadApi(server.url, server.token, stage.clientId);
  const traffic = new Traffic({ origin, visitors: VISITORS, requestsPerSecond: REQUESTS_PER_SECOND });
  const live = new LiveCounts(screen, {
    requests: () => shop.requests,
    summary: () => reads.summary(),
  });
  try {
    await Promise.race([lastUntilTheEnd(stage, traffic), brokenOff(shop)]);
  } finally {
    await Promise.all([traffic.stop(), live.end()]);
  }
  const counts = await shop.stop();
  return compareWithStore(counts, reads);
}

/** Resolves when the time is over, with `--keep` when the user ends it. */
async function lastUntilTheEnd({ options, screen, interrupted }: Stage, traffic: Traffic): Promise<void> {
  // Without `ref`: an end that comes earlier must not wait for this one.
  await Promise.race([sleep(options.seconds * 1000, undefined, { ref: false }), aborted(interrupted)]);
  if (!options.keep || interrupted.aborted) return;
  traffic.setRate(GENTLE_REQUESTS_PER_SECOND);
  screen.print('Going on gently. Ctrl-C ends the demo and shows the summary.');
  await aborted(interrupted);
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

async function brokenOff(shop: ShopProcess): Promise<never> {
  await shop.ended;
  throw new DemoError('the shop ended unexpectedly');
}

function introduce({ options, server, database, screen }: Stage, shopUrl: string): void {
  const length = options.keep ? `${options.seconds} s, then gently until Ctrl-C` : `${options.seconds} s`;
  const rows = [
    ...(options.keep ? [['page', `${server.url}/?range=15m`, 'open it in a browser']] : []),
    ['server', server.url, database.temporary ? 'with a temporary database' : database.file],
    ['shop', shopUrl, 'an API on Express, in its own process'],
    ['traffic', `${REQUESTS_PER_SECOND} requests/s`, `of ${VISITORS} visitors, for ${length}`],
  ];
  for (const line of table(rows, ['left', 'left', 'left'])) screen.print(`  ${line}`);
  screen.print();
}
