import type { Backend, Link } from './backend.js';
import { LeavingApp, type Ending, type Start } from './leaving-app.js';

/** One life of the application. */
export interface Round extends Pick<Start, 'setUp' | 'node' | 'script' | 'wrapper' | 'flags'> {
  readonly link?: Link;
  /** What the application does with SIGTERM; see `apps/leaving/app.mjs`. */
  readonly handler: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Ends it, when six requests have been served since it connected, or the sixth is being served. */
  end(app: LeavingApp): unknown;
  /** Whether the sixth is to be answered before it ends; by default it is being answered then. */
  readonly answered?: boolean;
  /** Requests that `end` makes. */
  readonly more?: number;
  /** Processes that serve, in turn; one by default. */
  readonly workers?: number;
}

/** What became of it. */
export interface Outcome extends Ending {
  readonly stored: number;
  readonly served: number;
  readonly output: string;
}

/** Longer than any round: what is not sent for another reason is left to the end. */
const WAITING = { CERBERUS_FLUSH_INTERVAL_MILLIS: '60000' };

let rounds = 0;

/** Starts the application, lets each process that serves connect with a first request, makes six more and ends it. */
export async function runRound(backend: Backend, round: Round): Promise<Outcome> {
  const { link = 'loopback', handler, env, end, answered = false, more = 0, workers = 1 } = round;
  rounds += 1;
  const client = `round-${rounds}`;
  const app = await LeavingApp.start({
    ...round,
    env: { ...backend.env(link, client), HANDLER: handler, ...WAITING, ...env },
  });
  try {
    await app.listens(workers);
    for (let worker = 0; worker < workers; worker += 1) await app.ask('/first');
    if ((await backend.stored(client, workers, 15_000)) !== workers)
      throw new Error(`it does not deliver: ${app.output}`);
    for (let index = 1; index < 6; index += 1) await app.ask(`/${index}`);
    const last = app.ask('/slow');
    await app.said('slow');
    if (answered) await last;
    await end(app);
    await last;
    const ending = await app.ended;
    const served = workers + 6 + more;
    return { ...ending, served, stored: await backend.stored(client, served), output: app.output };
  } finally {
    app.kill('SIGKILL');
  }
}
