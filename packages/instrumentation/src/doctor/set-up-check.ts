import { apiGlobal } from '@cerberus-otel/exporter-ws/internal';
import { isHttpInstrumented } from '../setup/beside.ts';
import { foreignApi } from '../sdk/foreign-api.ts';
import { HTTP } from '../sdk/instrumentations.ts';
import { isRegistered } from '../sdk/registered.ts';
import type { Check } from './check.ts';
import type { SetUp } from './set-up.ts';

/** Whether what the set-up file made is enough for requests to be seen. */
export function* checkSetUp(setUp: SetUp): Generator<Check> {
  yield checkMade(setUp);
  yield checkSdk(setUp);
  yield checkHttp(setUp);
}

function checkMade({ exporter, processor, withoutSdk, instrumentations }: SetUp): Check {
  const what = 'set-up';
  const isWhole = exporter !== undefined && processor !== undefined;
  if (!isWhole && (withoutSdk || instrumentations !== undefined)) {
    const finding =
      'an option cannot work, so Cerberus is off: the warning CERBERUS_CONFIG_INVALID of the file says which';
    return { what, verdict: 'failure', finding };
  }
  if (exporter === undefined && processor === undefined) {
    const finding =
      'the file makes nothing of Cerberus: put withCerberus around the configuration of NodeSDK or call startCerberus, and do not set ' +
      'CERBERUS_DISABLED or OTEL_SDK_DISABLED';
    return { what, verdict: 'failure', finding };
  }
  if (processor === undefined) {
    const finding =
      'an exporter without a CerberusSpanProcessor: events have no client, no outcome and no nested metrics, and requests ' +
      'that are not sampled are missing';
    return { what, verdict: 'warning', finding };
  }
  if (exporter === undefined) {
    return {
      what,
      verdict: 'failure',
      finding: 'a CerberusSpanProcessor, and no CerberusWsExporter to send',
    };
  }
  return { what, verdict: 'ok', finding: 'makes an exporter and a processor' };
}

function checkSdk({ withoutSdk }: SetUp): Check {
  const what = 'OpenTelemetry';
  if (withoutSdk) return { what, verdict: 'ok', finding: 'no SDK is set up here, and none is needed' };
  const foreign = foreignApi();
  if (foreign !== undefined) {
    const finding =
      `the SDK is registered with @opentelemetry/api ${foreign}, and this package resolves another one that does not see ` +
      'it. `npm ls @opentelemetry/api` shows both; make them one';
    return { what, verdict: 'failure', finding };
  }
  const api = apiGlobal();
  // `register` starts its SDK with the first connection.
  if (isRegistered() || (api !== undefined && 'trace' in api && api.trace !== undefined)) {
    return { what, verdict: 'ok', finding: 'set up' };
  }
  return { what, verdict: 'failure', finding: 'no SDK is started: call start() of NodeSDK in the file' };
}

function checkHttp({ httpServer, withoutSdk }: SetUp): Check {
  const what = 'requests';
  if (withoutSdk) return { what, verdict: 'ok', finding: 'are counted without an instrumentation' };
  if (httpServer !== undefined)
    return { what, verdict: 'ok', finding: 'HttpServerInstrumentation is at work' };
  // Patched when it is loaded the next time, by whomever.
  process.getBuiltinModule('node:module').createRequire(process.cwd() + '/')('node:http');
  if (isHttpInstrumented(() => false)) return { what, verdict: 'ok', finding: 'node:http is instrumented' };
  const finding =
    `no request will have a span: add \`new HttpInstrumentation()\` of ${HTTP} to the instrumentations, or ` +
    '`new HttpServerInstrumentation()` of this package';
  return { what, verdict: 'failure', finding };
}
