import { announce } from '@cerberus-otel/exporter-ws/internal';
import { atFirst, CONNECTION } from '../capture/announcements.ts';
import { providerInPlace } from '../sdk/provider-in-place.ts';
import type { SpanProcessorLike } from '../sdk/sdk-types.ts';
import { standAlone } from '../stand-alone/stand-alone.ts';
import { BESIDE, countBeside } from './beside.ts';

/**
 * Counts requests without an SDK from the first connection on or, where somebody else has set one up until then, beside that one.
 *
 * @param say called once at most, with how requests are counted beside another SDK
 * @param isConnected that connection is there
 * @returns what leaves the place of an SDK again
 */
export function captureWithoutSdk(
  processor: SpanProcessorLike,
  say: (message: string) => void,
  isConnected = false,
): () => void {
  announce('withoutSdk', true);
  let stop: (() => void) | undefined;
  let isOver = false;
  const begin = (): void => {
    if (isOver) return;
    const other = providerInPlace();
    if (other === undefined) stop = standAlone(processor);
    else say(BESIDE[countBeside(other, processor, () => false)]);
  };
  if (isConnected) begin();
  else atFirst(CONNECTION, begin);
  return () => {
    isOver = true;
    stop?.();
  };
}
