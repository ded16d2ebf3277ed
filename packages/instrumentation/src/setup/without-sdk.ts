import { atFirstAnswer, atFirstClient, type Announcement } from '../capture/announcements.ts';
import { captureOwnRequests } from '../capture/own-requests.ts';
import { providerInPlace } from '../sdk/provider-in-place.ts';
import type { SpanProcessorLike } from '../sdk/sdk-types.ts';
import { standAlone } from '../stand-alone/stand-alone.ts';
import { BESIDE, countBeside } from './beside.ts';
import type { Recorded } from './cerberus-sampler.ts';

/** How requests are counted without an SDK. */
export interface WithoutSdk {
  /** Called once at most, with how requests are counted beside another SDK. */
  readonly say: (message: string) => void;
  /** Which unsampled spans are recorded in the SDK of somebody else. */
  readonly record: Recorded;
  /** Somebody's that is there. */
  readonly client?: Announcement | undefined;
  /** Whether the place of an SDK is left free until the first answer, with requests counted meanwhile; asked at the first client. */
  readonly waits?: () => boolean;
}

/**
 * Counts requests without an SDK from the first client on or, where somebody else has set one up until then, beside that one.
 *
 * @returns what leaves the place of an SDK again
 */
export function captureWithoutSdk(processor: SpanProcessorLike, how: WithoutSdk): () => void {
  let stop: (() => void) | undefined;
  let isOver = false;
  const decide = (first?: Announcement): void => {
    if (isOver) return;
    const other = providerInPlace();
    if (other === undefined) {
      stop = standAlone(processor, first);
      return;
    }
    const beside = countBeside(other, processor, { isOurs: () => false, record: how.record, first });
    stop = beside.stop;
    how.say(BESIDE[beside.how]);
  };
  const begin = (first: Announcement): void => {
    if (isOver || providerInPlace() !== undefined || how.waits?.() !== true) return decide(first);
    stop = captureOwnRequests(processor, first);
    atFirstAnswer(() => {
      stop?.();
      decide();
    });
  };
  if (how.client === undefined) stop = atFirstClient(begin);
  else begin(how.client);
  return () => {
    isOver = true;
    stop?.();
  };
}
