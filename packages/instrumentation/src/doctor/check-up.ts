import { CerberusWsExporter } from '@cerberus-otel/exporter-ws';
import {
  CerberusConfigError,
  METRIC_PREFIX,
  readOptions,
  resolveConfig,
  withoutTracing,
  type Environment,
  type FinishedSpan,
} from '@cerberus-otel/exporter-ws/internal';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyBackendOf, readProcessorOptions } from '../config.ts';
import { isShortKey, RECOMMENDED_KEY_BYTES, secretKeyOf } from '../enrich/ip-hasher.ts';
import { secretKeyFetch } from '../key/secret-key-fetch.ts';
import { nameOf } from '../observe/hook-failures.ts';
import type { SetUpBy } from '../observe/route-advice.ts';
import { wantsSdk } from '../register/choice.ts';
import { isRegistered } from '../sdk/registered.ts';
import { CAPTURE_OPTION } from '../setup/capture-option.ts';
import { RECORD_OPTION } from '../setup/cerberus-sampler.ts';
import type { Check } from './check.ts';
import { installedPackages } from './installed-packages.ts';
import { checkRoutes } from './routes.ts';
import type { SetUp } from './set-up.ts';
import { checkSetUp } from './set-up-check.ts';
import { checkSwitches } from './switches.ts';
import { checkVariables } from './variables.ts';

/** The path of the event that the check-up sends. */
export const TEST_ENDPOINT = '/cerberus-doctor';
/** Marks it, so that our server acknowledges it and leaves it out of all figures (PROTOCOL.md, "A test event"). */
const TEST_METRIC = `${METRIC_PREFIX}cerberus_test`;

const KEY_TIMEOUT_MILLIS = 5_000;
const ACKNOWLEDGEMENT_TIMEOUT_MILLIS = 15_000;
/** What was not acknowledged by then is known to have failed. */
const SHUTDOWN_TIMEOUT_MILLIS = 100;
const POLL_MILLIS = 20;
const IN_CODE =
  '. If the application sets its options in code, say where: cerberus-otel doctor --import ./instrumentation.mjs';

/**
 * Looks at everything that has to be right before an application is started, one after the other: packages, what names
 * routes, options, the key endpoint, and the backend with one test event that has to be acknowledged.
 *
 * @param env where the options come from that no code sets
 * @param places where packages are looked up from, as in `loadSdk`, and the application's package.json
 * @param setUp what the application's own set-up has made in this process; undefined where none was loaded
 */
export async function* checkUp(
  env: Environment,
  places: readonly string[],
  setUp?: SetUp,
): AsyncGenerator<Check> {
  const by = setUpBy(env, places, setUp);
  yield* checkSwitches(env);
  yield* checkVariables(env);
  if (setUp === undefined) yield* installedPackages(places, by !== 'nobody');
  else yield* checkSetUp(setUp);
  yield* checkRoutes(env, places, by, setUp);
  const quiet = { ...env, CERBERUS_WARNINGS: 'false' };
  const options = checkOptions(quiet, setUp);
  yield options.check;
  if (options.exporter === undefined) return;
  yield await checkKey(quiet, setUp);
  yield await checkBackend(options.exporter, options.proxy);
}

/** Without a set-up file, what `register` would do: code may do otherwise, and says so. */
function setUpBy(env: Environment, places: readonly string[], setUp?: SetUp): SetUpBy {
  if (setUp === undefined) return wantsSdk(env, places) ? 'register' : 'nobody';
  if (setUp.withoutSdk) return 'nobody';
  return isRegistered() ? 'register' : 'code';
}

interface CheckedOptions {
  readonly check: Check;
  readonly exporter?: CerberusWsExporter;
  /** The proxy that leads to the backend. */
  readonly proxy?: URL | undefined;
}

function checkOptions(env: Environment, setUp?: SetUp): CheckedOptions {
  const what = 'options';
  try {
    readOptions({ record: RECORD_OPTION }, setUp?.sampler ?? {}, env);
    readOptions({ capture: CAPTURE_OPTION }, {}, env);
    keyBackendOf(readProcessorOptions(setUp?.processor ?? {}, env));
    const given = { ...setUp?.exporter, shutdownTimeoutMillis: SHUTDOWN_TIMEOUT_MILLIS };
    const proxy = resolveConfig(given, env).proxy.server?.url;
    // What other processes have left is not the doctor's to send, and the test event nobody's to keep.
    const alone = { env: { ...env, CERBERUS_SPOOL_DIR: '' } };
    const exporter = new CerberusWsExporter({ ...given, spoolDir: undefined }, alone);
    const source = setUp === undefined ? 'the environment has' : 'code and environment have';
    return { exporter, proxy, check: { what, verdict: 'ok', finding: `${source} all that is required` } };
  } catch (error) {
    const isKnown = error instanceof CerberusConfigError;
    const elsewhere = isKnown && error.code === 'OPTION_MISSING' && setUp === undefined ? IN_CODE : '';
    const finding = isKnown ? `${error.message}${elsewhere}` : `unexpected ${nameOf(error)}`;
    return { check: { what, verdict: 'failure', finding } };
  }
}

async function checkKey(env: Environment, setUp?: SetUp): Promise<Check> {
  const what = 'secret key';
  const config = readProcessorOptions(setUp?.processor ?? {}, env);
  const backend = keyBackendOf(config);
  if (backend === undefined) return checkGivenKey(config.secretKey, config.sourceIp);
  const fetchKey = secretKeyFetch(backend);
  // Unlike in an application, the wait holds the process.
  const hold = setTimeout(() => undefined, KEY_TIMEOUT_MILLIS);
  const answer = await fetchKey(AbortSignal.timeout(KEY_TIMEOUT_MILLIS));
  clearTimeout(hold);
  if (answer.outcome === 'key') return judgeKey(answer.secretKey, 'the backend gives it out');
  return { what, verdict: 'failure', finding: `the backend does not give it out: ${answer.reason}` };
}

function checkGivenKey(secretKey: string | undefined, sourceIp: 'hash' | 'raw' | 'omit'): Check {
  const what = 'secret key';
  if (secretKey !== undefined) return judgeKey(secretKey, 'given');
  if (sourceIp !== 'hash') return { what, verdict: 'ok', finding: 'not needed' };
  const finding =
    'neither CERBERUS_SECRET_KEY nor CERBERUS_BACKEND_URL is set: events carry no client address';
  return { what, verdict: 'failure', finding };
}

function judgeKey(secretKey: string, source: string): Check {
  const what = 'secret key';
  if (!isShortKey(secretKeyOf(secretKey))) return { what, verdict: 'ok', finding: source };
  const finding = `${source}, but it has fewer than ${RECOMMENDED_KEY_BYTES} bytes and could be guessed`;
  return { what, verdict: 'warning', finding };
}

async function checkBackend(exporter: CerberusWsExporter, proxy: URL | undefined): Promise<Check> {
  const what = 'backend';
  withoutTracing(() => exporter.export([testSpan()], () => undefined));
  await answered(exporter);
  const { acked, rejected, mode, lastFailure, state } = exporter.stats();
  await exporter.shutdown();
  const way = proxy === undefined ? '' : `, through the proxy ${proxy.origin}`;
  if (acked === 1) return { what, verdict: 'ok', finding: `acknowledged a test event in ${mode} mode${way}` };
  if (rejected === 1) return { what, verdict: 'failure', finding: `refused a test event${way}` };
  const why = lastFailure ?? `no acknowledgement came (the connection is ${state})`;
  return { what, verdict: 'failure', finding: `${why}${way}` };
}

/**
 * Until the event is settled or the first connection has failed: an operator wants to know, not to wait. A backend that says
 * goodbye is left at once, but why is known only when the connection has ended.
 */
async function answered(exporter: CerberusWsExporter): Promise<void> {
  const end = performance.now() + ACKNOWLEDGEMENT_TIMEOUT_MILLIS;
  while (performance.now() < end) {
    const { acked, rejected, lastFailure, state } = exporter.stats();
    const isGivenUp = (state === 'backoff' || state === 'suspended') && lastFailure !== null;
    if (acked + rejected > 0 || isGivenUp) return;
    await sleep(POLL_MILLIS);
  }
}

function testSpan(): FinishedSpan {
  const traceId = randomBytes(16).toString('hex');
  const spanId = randomBytes(8).toString('hex');
  return {
    kind: 1,
    attributes: {
      'http.request.method': 'GET',
      'url.path': TEST_ENDPOINT,
      'http.response.status_code': 200,
      'cerberus.outcome': 'completed',
      [TEST_METRIC]: true,
    },
    startTime: [Math.floor(Date.now() / 1e3), 0],
    duration: [0, 1_000_000],
    status: { code: 0 },
    spanContext: () => ({ traceId, spanId, traceFlags: 0 }),
  };
}
