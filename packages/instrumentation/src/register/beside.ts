import { captureOwnRequests } from '../capture/own-requests.ts';
import type { Environment } from '@cerberus-otel/exporter-ws/internal';
import type { SpanProcessorLike } from '../sdk/sdk-types.ts';
import { joinProvider } from '../setup/joining.ts';

const PAGE = 'docs/coexistence.md, "Another SDK in the process"';

/** How requests are counted beside another SDK, as it is said to the user. */
export const BESIDE: Readonly<Record<'joined' | 'apart', string>> = {
  joined: `Cerberus counts through the OpenTelemetry SDK that is set up in this process beside it, which stays as it is (${PAGE})`,
  apart:
    'tracing in this process is set up by somebody else, and Cerberus cannot join it: it counts requests by itself. Metrics ' +
    `that are set on spans are not seen: use setMetric (${PAGE})`,
};

/** What is said when another SDK came too late to have the place. */
export const SECOND_SDK: string =
  'another HttpInstrumentation was set up after that of `register`. If it belongs to a second OpenTelemetry SDK, the exporters ' +
  `of that one get nothing, for the API keeps the first: preload it before \`register\`, or remove one of them (${PAGE})`;

/** Whether something else is preloaded too, with `--import` or `--require`, on the command line or in NODE_OPTIONS. */
export function hasOtherPreloads(env: Environment): boolean {
  const words = [...process.execArgv, ...(env['NODE_OPTIONS'] ?? '').split(/\s+/)];
  return words.filter((word) => /^(--import|--require|-r)(=|$)/.test(word)).length > 1;
}

/**
 * Counts requests beside the tracing that somebody else has set up: through their SDK where it can be joined and their
 * HTTP instrumentation is at work, or else by itself.
 *
 * @param isOurs whether a function that took the place of one of Node's belongs to us
 */
export function countBeside(
  provider: object,
  processor: SpanProcessorLike,
  isOurs: (replacement: object) => boolean,
): keyof typeof BESIDE {
  if (isHttpInstrumented(isOurs) && joinProvider(provider, processor)) return 'joined';
  captureOwnRequests(processor);
  return 'apart';
}

interface Replacement {
  readonly __wrapped?: boolean;
  readonly __original?: Replacement;
}

/** Whether somebody else's OpenTelemetry instrumentation has patched the servers of `node:http`, by the marks that it leaves. */
export function isHttpInstrumented(isOurs: (replacement: object) => boolean): boolean {
  const servers = process.getBuiltinModule('node:http').Server.prototype as { readonly emit: Replacement };
  let emit: Replacement | undefined = servers.emit;
  while (emit?.__wrapped === true) {
    if (!isOurs(emit)) return true;
    emit = emit.__original;
  }
  return false;
}
