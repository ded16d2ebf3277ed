import { atProcessEnd, createReporter } from '@cerberus-otel/exporter-ws/internal';
import { listenToFrameworks } from '../routes/listening.ts';
import { isRegistered, markStarted, started } from '../sdk/registered.ts';
import { shutdown } from './leaving.ts';
import { cerberusAlone, type CerberusOptions } from './with-cerberus.ts';
import { captureWithoutSdk } from './without-sdk.ts';

/** Cerberus at work without an SDK. */
export interface RunningCerberus {
  /** Sends what was counted so far, for 7 s at most, and counts nothing more. Never rejects. */
  shutdown(): Promise<void>;
}

/**
 * Counts the requests of an application that has no OpenTelemetry SDK, as `register` does without code: to be called once, before
 * the application is made. Needs no package but this one and `@opentelemetry/api`. Beside an SDK that is set up before the first
 * connection it counts through that one, or by itself, and says which.
 *
 * Never throws, unless `strict` asks for it. Where Cerberus is off nothing is counted. A further call changes nothing, nor does one in
 * a process that `register` has set up; nor does `register` after it.
 *
 * @param options those of `withCerberus`, but for `capture`
 * @throws CerberusConfigError with `strict` only
 * @example startCerberus({ wsUrl, token, clientId, backendUrl });
 */
export function startCerberus(options: Omit<CerberusOptions, 'capture'> = {}): RunningCerberus {
  const before = started() as RunningCerberus | undefined;
  if (before !== undefined) return before;
  if (isRegistered()) return { shutdown };
  const alone = cerberusAlone(options);
  if (alone === undefined) return OFF;
  const { processor, record } = alone;
  const reporter = createReporter('@cerberus-otel/instrumentation');
  const stopListening = listenToFrameworks();
  const stop = captureWithoutSdk(processor, {
    say: (message) => reporter.condition('CERBERUS_OTHER_SDK', message),
    record,
  });
  const running: RunningCerberus = {
    async shutdown() {
      await processor.shutdown();
      stop();
      stopListening();
      forget();
      if (started() === running) markStarted(undefined);
    },
  };
  // So that `shutdown` of the package ends all of it.
  const forget = atProcessEnd({ shutdown: () => running.shutdown() });
  markStarted(running);
  return running;
}

const OFF: RunningCerberus = { shutdown: () => Promise.resolve() };
