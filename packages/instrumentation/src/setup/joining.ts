import type { Reporter } from '@cerberus-otel/exporter-ws/internal';
import { atFirstClient } from '../capture/announcements.ts';
import { feeds, insideOf, providerInPlace } from '../sdk/provider-in-place.ts';
import type { SamplerLike, SpanProcessorLike } from '../sdk/sdk-types.ts';
import { CerberusSampler, type Recorded } from './cerberus-sampler.ts';
import { bystander } from './bystander.ts';
import { SeparateProcessor } from './separate-processor.ts';

/**
 * Adds `processor` to a tracer provider that is set up already, as `withCerberus` adds it to one that is to be: it is asked
 * first, every SERVER span is recorded, and the provider's own processors see what they saw before, attributes included.
 *
 * SDK 2 and 3 have no method for it (`addSpanProcessor` went with SDK 1), so it is done inside of the provider.
 *
 * @param record as in the options of `CerberusSampler`
 * @returns false for a provider of another kind; it is then as it was
 */
export function joinProvider(provider: object, processor: SpanProcessorLike, record: Recorded): boolean {
  const inside = insideOf(provider);
  if (inside === undefined) return false;
  const { processors, options, tracers } = inside;
  const others = processors._spanProcessors.map((other) => bystander(other, processor));
  const undo: (() => void)[] = [];
  try {
    const sampler = new CerberusSampler(options.sampler, { record });
    undo.push(replaced(options, 'sampler', sampler));
    for (const tracer of tracers.values()) undo.push(replaced(tracer, '_sampler', sampler));
    processors._spanProcessors = [new SeparateProcessor(processor), ...others];
    return true;
  } catch {
    // Something of it cannot be changed.
    for (const each of undo) each();
    return false;
  }
}

/** @returns what puts back what was there */
function replaced<Name extends string>(
  owner: Record<Name, SamplerLike>,
  name: Name,
  sampler: SamplerLike,
): () => void {
  const before = owner[name];
  owner[name] = sampler;
  return () => void (owner[name] = before);
}

/**
 * Looks, when the first request arrives, whether the processor was added to the SDK that is at work, and adds it where that
 * is another one: `startNodeSdk` with a configuration file takes no processors, and an SDK that was registered first keeps
 * its place.
 */
export function joinWhereLeftOut(processor: SpanProcessorLike, record: Recorded, reporter: Reporter): void {
  atFirstClient(() => {
    const provider = providerInPlace();
    if (provider !== undefined && (feeds(provider, processor) || joinProvider(provider, processor, record)))
      return;
    reporter.condition(
      'CERBERUS_OTHER_SDK',
      provider === undefined
        ? 'no OpenTelemetry SDK is registered although one was configured with Cerberus: nothing is counted. ' +
            'Has it been started, and is its configuration file valid?'
        : 'another OpenTelemetry SDK was registered before the one with Cerberus, and is of a kind that it cannot join: ' +
            'requests may not be counted (docs/coexistence.md, "Another SDK in the process")',
    );
  });
}
