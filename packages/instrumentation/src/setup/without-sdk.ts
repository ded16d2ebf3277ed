import { announce } from '@cerberus-otel/exporter-ws/internal';
import { atFirstClient, type Announcement } from '../capture/announcements.ts';
import { providerInPlace } from '../sdk/provider-in-place.ts';
import type { SpanProcessorLike } from '../sdk/sdk-types.ts';
import { standAlone } from '../stand-alone/stand-alone.ts';
import { BESIDE, countBeside } from './beside.ts';

/**
 * Counts requests without an SDK from the first client on or, where somebody else has set one up until then, beside that one.
 *
 * @param say called once at most, with how requests are counted beside another SDK
 * @param client that is there
 * @returns what leaves the place of an SDK again
 */
export function captureWithoutSdk(
  processor: SpanProcessorLike,
  say: (message: string) => void,
  client?: Announcement,
): () => void {
  announce('withoutSdk', true);
  let stop: (() => void) | undefined;
  let isOver = false;
  const begin = (first: Announcement): void => {
    if (isOver) return;
    const other = providerInPlace();
    if (other === undefined) stop = standAlone(processor, first);
    else say(BESIDE[countBeside(other, processor, () => false, first)]);
  };
  if (client === undefined) atFirstClient(begin);
  else begin(client);
  return () => {
    isOver = true;
    stop?.();
  };
}
