import { atFirst, CONNECTION } from '../capture/announcements.ts';
import { providerInPlace } from '../sdk/provider-in-place.ts';
import type { SpanProcessorLike } from '../sdk/sdk-types.ts';
import { standAlone } from '../stand-alone/stand-alone.ts';
import { BESIDE, countBeside } from './beside.ts';

/**
 * Counts requests without an SDK from the first connection on or, where somebody else has set one up until then, beside that one.
 *
 * @param say called once at most, with how requests are counted beside another SDK
 */
export function captureWithoutSdk(processor: SpanProcessorLike, say: (message: string) => void): void {
  atFirst(CONNECTION, () => {
    const other = providerInPlace();
    if (other === undefined) standAlone(processor);
    else say(BESIDE[countBeside(other, processor, () => false)]);
  });
}
