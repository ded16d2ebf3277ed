import type { Announcement } from '../capture/announcements.ts';
import { captureOwnRequests } from '../capture/own-requests.ts';
import { isHttpServerAtWork } from '../http-server/at-work.ts';
import { isCounted } from '../sdk/provider-in-place.ts';
import type { SpanProcessorLike } from '../sdk/sdk-types.ts';
import type { Recorded } from './cerberus-sampler.ts';
import { joinProvider } from './joining.ts';

export const PAGE: string = 'docs/coexistence.md, "Another SDK in the process"';

/** How requests are counted beside another SDK, as it is said to the user. */
export const BESIDE: Readonly<Record<'joined' | 'apart' | 'left', string>> = {
  joined: `Cerberus counts through the OpenTelemetry SDK that is set up in this process beside it, which stays as it is (${PAGE})`,
  left: `Cerberus is set up twice in this process: the set-up with an OpenTelemetry SDK counts alone, by its own options (${PAGE})`,
  apart:
    'tracing in this process is set up by somebody else, and Cerberus cannot join it: it counts requests by itself. Metrics ' +
    `that are set on spans are not seen: use setMetric (${PAGE})`,
};

/** How requests are counted beside another SDK. */
export interface Beside {
  readonly how: keyof typeof BESIDE;
  /** Looks at no further requests; through an SDK none is looked at any more once the processor is shut down. */
  readonly stop: () => void;
}

/** What is known of the process, and wanted in it. */
export interface Circumstances {
  /** Whether a function that took the place of one of Node's belongs to us. */
  readonly isOurs: (replacement: object) => boolean;
  /** As in the options of `CerberusSampler`. */
  readonly record: Recorded;
  /** What Node is saying at this moment, if anything. */
  readonly first?: Announcement | undefined;
}

function nothingToStop(): void {
  // The SDK goes on.
}

/**
 * Counts requests beside the tracing that somebody else has set up: through their SDK where it can be joined and their
 * HTTP instrumentation is at work, or else by itself. Where a processor of this package is part of that SDK it counts already, and
 * `processor` is shut down.
 */
export function countBeside(
  provider: object,
  processor: SpanProcessorLike,
  { isOurs, record, first }: Circumstances,
): Beside {
  if (isHttpInstrumented(isOurs) || isHttpServerAtWork()) {
    if (isCounted(provider)) {
      void processor.shutdown();
      return { how: 'left', stop: nothingToStop };
    }
    if (joinProvider(provider, processor, record)) return { how: 'joined', stop: nothingToStop };
  }
  return { how: 'apart', stop: captureOwnRequests(processor, first) };
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
