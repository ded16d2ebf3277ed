import { constants } from 'node:os';
import { atProcessEnd, hurryAll, leaveAll } from '@cerberus-otel/exporter-ws/internal';
import { atFirstRequest } from '../capture/announcements.ts';
import { flush, flushWithin, shutdown } from '../setup/leaving.ts';

/** What is needed of NodeSDK to end it. */
export interface ShutdownLike {
  shutdown(): Promise<void>;
}

/**
 * `process.kill` returns when a signal was delivered. Whoever lives on this much later is the first process of a
 * container, which the kernel spares a signal that has no handler.
 */
const SPARED_MILLIS = 100;
/**
 * How long a process without a handler of its own serves and counts on while it sends. Then it counts no more, and takes what a shutdown
 * may: PM2 kills 1.6 s after the signal, and a spool is written a second after a shutdown began.
 */
const COUNTING_ON_MILLIS = 400;
/** What ends a process that has no handler, when a person or a supervisor asks it to. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const;
/** Those that mean the end where the application handles them too; SIGHUP may mean to read a configuration again. */
const FINAL: ReadonlySet<NodeJS.Signals> = new Set(['SIGTERM', 'SIGINT']);

/**
 * Sends what is left before the process ends: when it has nothing more to do, and on the signals that end it.
 *
 * There is no handler for a signal before the first request: with one, a program that is busy without pause
 * cannot be interrupted, and most programs that inherit `NODE_OPTIONS` serve nothing.
 *
 * @param sdk what is to be shut down beside Cerberus
 * @param hasExports whether it has something to send as well, so that it has to be shut down before a signal ends the process
 */
export function flushAtTheEnd(sdk?: ShutdownLike, hasExports = false): void {
  if (sdk !== undefined) atProcessEnd({ shutdown: () => sdk.shutdown() });
  process.once('beforeExit', () => void shutdown());
  atFirstRequest(() => {
    for (const signal of SIGNALS) handle(signal, hasExports);
  });
}

/**
 * With a handler of the application, it decides what a signal means, and may serve on: events are only sent, from then on
 * without delay. Without one the process ends, by the signal as its parent expects, once the events are out.
 */
function handle(signal: NodeJS.Signals, hasExports: boolean): void {
  let ending = false;
  const listener = (): void => {
    const isAlone = process.listenerCount(signal) === 1;
    if (ending || !isAlone) process.off(signal, listener);
    if (ending) {
      // A second signal does what it would have done without us. What is not delivered leaves as at `exit`.
      if (isAlone) {
        leaveAll();
        end(signal);
      }
    } else if (isAlone) {
      // Ours stays until the events are out: a handler that hides, as that of the command `tsx`, ends the process when it
      // sees none beside it.
      ending = true;
      void sendAll(hasExports).then((isCounting) => {
        process.off(signal, listener);
        // What was answered since. The first process of a container goes on for a moment, and comes to an `exit`.
        if (isCounting && process.listenerCount(signal) === 0 && process.pid !== 1) leaveAll();
        end(signal);
      });
    } else {
      // Taken away first, so that libraries which end the process if theirs is the only handler see that it is. They
      // may do so in this turn.
      if (FINAL.has(signal)) hurryAll(true);
      void flush();
    }
  };
  process.prependListener(signal, listener);
}

/**
 * Sends what was counted. Nobody has closed the servers of the application: it answers requests until the process ends, and they count.
 *
 * @param hasExports whether an SDK is to be shut down, in which case counting ends with it
 * @returns whether counting goes on
 */
async function sendAll(hasExports: boolean): Promise<boolean> {
  // In no hurry: over TLS the last write could not be made behind one that is under way.
  if (!hasExports && (await flushWithin(COUNTING_ON_MILLIS))) return true;
  await shutdown();
  return false;
}

/** Ends the process by the signal, unless the application has meanwhile said what else it means. */
function end(signal: NodeJS.Signals): void {
  const isOurs = process.listenerCount(signal) === 0;
  process.kill(process.pid, signal);
  if (isOurs) setTimeout(() => process.exit(128 + constants.signals[signal]), SPARED_MILLIS);
}
